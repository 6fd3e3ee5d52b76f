# SPDX-License-Identifier: Apache-2.0
"""workspan report: one HTML page of a run, or of several."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from workspan.cli.arguments import A_FILE, A_RESULT, PathType
from workspan.support.errors import Exit, UsageError
from workspan.support.text import plain

if TYPE_CHECKING:
    from workspan.page.content import Picture

MOST_FILES: Final = 6  # columns of numbers that a page has room for
Runs = Annotated[
    list[Path],
    typer.Argument(metavar="RUN...", click_type=A_RESULT, help="Result files (JSON), or runs."),
]
Out = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="FILE", click_type=A_FILE, help="The page, an .html file."),
]
Traces = Annotated[
    list[Path] | None,
    typer.Option(
        "--trace",
        metavar="FILE",
        click_type=PathType("a trace"),
        help="A trace of bench --trace, drawn as a timeline; may be repeated.",
    ),
]


def report(runs: Runs, out: Out, trace: Traces = None) -> int:
    """Write one HTML page, which needs no network: headline, charts, tables, trust, machine."""
    from workspan.page.page import page
    from workspan.page.sources import read_source
    from workspan.resultfile.find import result_file
    from workspan.support.atomic_write import check_writable, write_atomically

    if len(runs) > MOST_FILES:
        raise UsageError(f"{len(runs)} results; a page has room for {MOST_FILES}")
    files = [result_file(run) for run in runs]
    _check_output(out, [*files, *(trace or [])])
    check_writable(out, "--out")
    text = page([read_source(file) for file in files], _timelines(trace or []))
    write_atomically(out, text.encode())
    typer.echo(f"Report: {plain(str(out))}")
    return int(Exit.GOOD)


def _check_output(out: Path, inputs: Sequence[Path]) -> None:
    """Raises UsageError before anything is read or drawn."""
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--out {out}: the name must end in .html")
    if any(out.exists() and one.exists() and out.samefile(one) for one in inputs):
        raise UsageError(f"{out} is one of the inputs; --out must name another file")


def _timelines(traces: Sequence[Path]) -> "list[Picture]":
    if not traces:
        return []
    from workspan.page.charts import timeline
    from workspan.plot.traces.trace import read_traces

    return [timeline(k, read_traces(file)) for k, file in enumerate(traces, 1)]
