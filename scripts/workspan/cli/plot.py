# SPDX-License-Identifier: Apache-2.0
"""workspan plot: figures for papers and pages."""

from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from workspan.cli.arguments import PathType, choice_of
from workspan.cli.failures import exit_code
from workspan.support.errors import Exit, NothingError, UsageError
from workspan.support.suggest import choose, did_you_mean
from workspan.support.text import plain, quantity, valid_utf8

if TYPE_CHECKING:
    from workspan.plot.kinds import Picture, Run
    from workspan.plot.traces.trace import Trace

TIMELINE, ALL = "timeline", "all"
HELP: Final = {  # in the order of the figures; plot.kinds makes them
    "speedup": "how many times as fast as one CPU",
    "why": "share of the ceiling, and speedup = machine x code",
    "breakeven": "where the GPU overtakes the fastest host code",
    "sizes": "rate against size, with the caches",
    "scaling": "speedup against threads, with the machine's own and the law",
    "roofline": "rate against arithmetic intensity, under the measured ceilings",
    "compare": "changes between two runs",
    "samples": "the samples of the cases that vary most, in order",
    "matrix": "speedups of all variants as a table",
    "concurrency": "what execution models gain by waiting and by computing",
    TIMELINE: "of traces: what each task did, and when",
    ALL: "all for which there is data, into a folder",
}
KINDS: Final = tuple(HELP)
AS_TEXT: Final = ("speedup", "why", "breakeven", "compare", "concurrency")  # charts of rows
FORMATS: Final = (".svg", ".png", ".pdf")
MOST_PANELS: Final = 12


class Width(str, Enum):
    """Widths of figures in millimetres: one column, two columns."""

    ONE_COLUMN = "85"
    TWO_COLUMNS = "180"


Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND", help="; ".join(f"{kind}: {text}" for kind, text in HELP.items()) + "."
    ),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN...",
        click_type=PathType("a run or a trace"),
        help="Result files or runs: two for compare, one or several for all. For timeline: traces"
        " of bench --trace FILE.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        click_type=PathType("a file or a folder"),
        help="The figure; the name ends in .svg, .png or .pdf. For all: a folder. Required, "
        "unless --terminal is given.",
    ),
]
Terminal = Annotated[
    bool,
    typer.Option("--terminal", help=f"Show the chart as text: of {', '.join(AS_TEXT)}."),
]
WidthOption = Annotated[
    Width,
    typer.Option("--width", click_type=choice_of(list(Width)), help="Width of the figure in mm."),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv",
        click_type=PathType("a file"),
        help="Write the data of the figure to this file, too.",
    ),
]
Case = Annotated[
    str | None,
    typer.Option(
        "--case", metavar="REGEX", help="Only cases whose name matches; or the name of one."
    ),
]
Title = Annotated[
    str | None,
    typer.Option(help="Title of a timeline. Default: what its panels show, if there are several."),
]


def plot(
    kind: Kind,
    files: Files,
    out: Out = None,
    width: WidthOption = Width.TWO_COLUMNS,
    csv: Csv = None,
    case: Case = None,
    title: Title = None,
    terminal: Terminal = False,
) -> int:
    """Draw a figure of a run, of two runs, or of traces; or all of them into a folder."""
    if kind not in KINDS:
        near = did_you_mean(kind, KINDS, otherwise=choose(KINDS))
        raise UsageError(f"unknown kind of figure '{kind}'; {near}")
    if title is not None and kind != TIMELINE:
        raise UsageError(f"--title: the title of {kind} is what it shows; leave --title out")
    if terminal:
        return _show(kind, files, out or csv, case)
    if out is None:
        raise UsageError("--out is missing; workspan plot --help describes it")
    if kind == ALL:
        return _all(files, out, width, csv, case)
    _check_outputs(files, out, csv)
    if kind == TIMELINE:
        return _timeline(files, out, width, csv, case, title)
    from workspan.plot.kinds import picture

    runs = _runs(files, case)
    found = picture(kind, runs, _chosen_cases(case))
    _write(found, out, width)
    if csv:
        _write_table(found, csv)
    typer.echo(f"{plain(str(out))}: {kind}: {found.title}")
    return exit_code(runs)


def _show(kind: str, files: Sequence[Path], output: Path | None, case: str | None) -> int:
    """The chart as text, as wide as the terminal."""
    if kind not in AS_TEXT:
        raise UsageError(f"--terminal: {kind} needs a file, --out; as text: {', '.join(AS_TEXT)}")
    if output:
        raise UsageError("--terminal writes no file: leave out --out and --csv, or --terminal")
    from shutil import get_terminal_size

    from workspan.plot.kinds import picture
    from workspan.plot.terminal import rows_as_text

    runs = _runs(files, case)
    found = picture(kind, runs, _chosen_cases(case))
    rows = found.rows() if found.rows else []
    typer.echo(found.title)
    if rows:
        typer.echo(rows_as_text(rows, found.tick, get_terminal_size((100, 24)).columns))
    return exit_code(runs)


def _all(files: Sequence[Path], out: Path, width: Width, csv: Path | None, case: str | None) -> int:
    """Every figure of each run for which there is data, as SVG; a line for each, also for those
    left out.
    """
    from workspan.plot.kinds import pictures

    if out.suffix.lower() in FORMATS:
        raise UsageError(f"--out {out}: all figures need a folder; name one, such as figures/")
    if csv:
        raise UsageError("--csv: all writes the data of each figure beside it; leave --csv out")
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out}: is not a folder")
    runs = _runs(files, case)
    found, left_out = pictures(runs, _chosen_cases(case))
    if not found:
        raise NothingError("; ".join(f"{name}: {why}" for name, why in left_out.items()))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be made: {error.strerror}") from None
    for name, picture in found.items():
        _write(picture, out / f"{name}.svg", width)
        _write_table(picture, out / f"{name}.csv")
        typer.echo(f"{plain(str(out / name))}.svg: {picture.title}")
    for name, why in left_out.items():
        typer.echo(f"{name}: left out: {plain(why)}")
    return exit_code(runs)


def _write(picture: "Picture", out: Path, width: Width) -> None:
    from workspan.plot.style import rendered
    from workspan.support.atomic_write import write_atomically

    figure = picture.draw(float(width.value))
    write_atomically(out, rendered(figure, out.suffix.lower()[1:]))


def _write_table(picture: "Picture", csv: Path) -> None:
    from workspan.plot.sheet import table_as_csv
    from workspan.support.atomic_write import write_atomically

    write_atomically(csv, table_as_csv(picture.table()))


def _runs(files: Sequence[Path], case: str | None) -> "list[Run]":
    """The runs. Raises NothingError if none of them has a chosen case."""
    from workspan.plot.kinds import Run
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_result

    wanted = _chosen_cases(case)
    runs = [Run(valid_utf8(str(file)), read_result(result_file(file))) for file in files]
    if not any(wanted(one.name) for run in runs for one in run.file.workspan.cases):
        raise _none_matches(case)
    return runs


def _none_matches(case: str | None) -> NothingError:
    if case is None:
        return NothingError("no case in any of the files")
    return NothingError(f"no case matches --case '{case}'; --case '.' matches all")


def _chosen_cases(case: str | None) -> Callable[[str], bool]:
    from workspan.plot.traces.trace import case_filter

    return case_filter(case)


def _check_outputs(files: Sequence[Path], out: Path, csv: Path | None) -> None:
    """Raises UsageError before anything is read or drawn."""
    from workspan.support.atomic_write import check_writable

    if out.suffix.lower() not in FORMATS:
        raise UsageError(f"--out {out}: the name must end in .svg, .png or .pdf")
    for option, path in (("--out", out), ("--csv", csv)):
        if path is None:
            continue
        check_writable(path, option, files)
    if csv and csv.resolve() == out.resolve():
        raise UsageError(f"--csv {csv}: is the file of --out; name another one")


def _timeline(
    files: Sequence[Path],
    out: Path,
    width: Width,
    csv: Path | None,
    case: str | None,
    title: str | None,
) -> int:
    traces = _chosen(files, case)

    from workspan.plot.style import rendered
    from workspan.plot.timeline import draw_timeline
    from workspan.plot.traces.span_table import spans_as_csv
    from workspan.support.atomic_write import write_atomically

    data = rendered(draw_timeline(traces, int(width.value), title), out.suffix.lower()[1:])
    if csv:
        write_atomically(csv, spans_as_csv(traces))
    write_atomically(out, data)
    typer.echo(f"{plain(str(out))}: {TIMELINE}, {quantity(len(traces), 'panel')}")
    return int(Exit.GOOD)


def _chosen(files: Sequence[Path], case: str | None) -> "list[Trace]":
    from workspan.plot.traces.trace import case_filter, read_traces

    wanted = case_filter(case)
    traces = [trace for file in files for trace in read_traces(file) if wanted(trace.case.name)]
    if not traces:
        raise _none_matches(case)
    if len(traces) > MOST_PANELS:
        raise UsageError(
            f"{len(traces)} cases; a figure has at most {MOST_PANELS} panels: choose with --case"
        )
    return traces
