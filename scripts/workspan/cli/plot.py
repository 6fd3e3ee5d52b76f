# SPDX-License-Identifier: Apache-2.0
"""workspan plot: figures for papers and pages."""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from workspan.cli.arguments import A_FILE, PathType, choice_of
from workspan.support.errors import Exit, NothingError, UsageError
from workspan.support.suggest import choose, did_you_mean
from workspan.support.text import plain, quantity

if TYPE_CHECKING:
    from workspan.plot.trace import Trace

KINDS: Final = ("timeline",)
FORMATS: Final = (".svg", ".png", ".pdf")
MOST_PANELS: Final = 12


class Width(str, Enum):
    """Widths of figures in millimetres: one column, two columns."""

    ONE_COLUMN = "85"
    TWO_COLUMNS = "180"


Kind = Annotated[
    str,
    typer.Argument(metavar="KIND", help="timeline: what each task did, and when."),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        click_type=PathType("a trace"), help="Traces, as bench --trace FILE writes them."
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out", "-o", click_type=A_FILE, help="The figure; the name ends in .svg, .png or .pdf."
    ),
]
WidthOption = Annotated[
    Width,
    typer.Option("--width", click_type=choice_of(list(Width)), help="Width of the figure in mm."),
]
Csv = Annotated[
    Path | None,
    typer.Option("--csv", click_type=A_FILE, help="Write the data of the figure to this file."),
]
Case = Annotated[
    str | None,
    typer.Option(
        "--case", metavar="REGEX", help="Only cases whose name matches; or the name of one."
    ),
]
Title = Annotated[
    str | None,
    typer.Option(help="Title of the figure. Default: what its panels show, if there are several."),
]


def plot(
    kind: Kind,
    files: Files,
    out: Out,
    width: WidthOption = Width.TWO_COLUMNS,
    csv: Csv = None,
    case: Case = None,
    title: Title = None,
) -> int:
    """Draw a figure: timeline, the tasks of traced cases as they ran."""
    from workspan.plot.span_table import spans_as_csv
    from workspan.support.atomic_write import write_atomically

    if kind not in KINDS:
        near = did_you_mean(kind, KINDS, otherwise=choose(KINDS))
        raise UsageError(f"unknown kind of figure '{kind}'; {near}")
    _check_outputs(files, out, csv)
    traces = _chosen(files, case)
    data = _timeline(traces, out, width, title)
    if csv:
        write_atomically(csv, spans_as_csv(traces))
    write_atomically(out, data)
    typer.echo(f"{plain(str(out))}: {kind}, {quantity(len(traces), 'panel')}")
    return int(Exit.GOOD)


def _check_outputs(files: Sequence[Path], out: Path, csv: Path | None) -> None:
    """Raises UsageError before anything is read or drawn."""
    from workspan.support.atomic_write import check_writable

    if out.suffix.lower() not in FORMATS:
        raise UsageError(f"--out {out}: the name must end in .svg, .png or .pdf")
    for option, path in (("--out", out), ("--csv", csv)):
        if path is None:
            continue
        if any(path.exists() and one.exists() and path.samefile(one) for one in files):
            raise UsageError(f"{path} is one of the traces; {option} must name another file")
        check_writable(path, option)
    if csv and csv.resolve() == out.resolve():
        raise UsageError(f"--csv {csv}: is the file of --out; name another one")


def _chosen(files: Sequence[Path], case: str | None) -> "list[Trace]":
    from workspan.plot.trace import case_filter, read_traces

    wanted = case_filter(case)
    traces = [trace for file in files for trace in read_traces(file) if wanted(trace.case.name)]
    if not traces:
        raise NothingError(f"no case matches --case '{case}'; --case '.' matches all")
    if len(traces) > MOST_PANELS:
        raise UsageError(
            f"{len(traces)} cases; a figure has at most {MOST_PANELS} panels: choose with --case"
        )
    return traces


def _timeline(traces: "Sequence[Trace]", out: Path, width: Width, title: str | None) -> bytes:
    from workspan.plot.style import rendered
    from workspan.plot.timeline import draw_timeline

    return rendered(draw_timeline(traces, int(width.value), title), out.suffix.lower()[1:])
