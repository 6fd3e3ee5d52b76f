# SPDX-License-Identifier: Apache-2.0
"""workspan report: one HTML page of a run, or of several."""

from pathlib import Path
from typing import Annotated, Final

import typer

from workspan.cli.arguments import A_FILE, A_RESULT, PathType
from workspan.cli.failures import exit_code, failures
from workspan.support.errors import NothingError, UsageError
from workspan.support.text import plain

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
    """Write one HTML page, which needs no network: the answer, charts, tables, trust, machine.

    Of several results: the first is compared with each of the others.
    """
    from workspan.resultfile.find import result_file
    from workspan.support.atomic_write import check_writable
    from workspan.support.collector import collector_at_rest

    if len(runs) > MOST_FILES:
        raise UsageError(f"{len(runs)} results; a page has room for {MOST_FILES}")
    traces = trace or []
    files = [result_file(run) for run in runs]
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"--out {out}: the name must end in .html")
    check_writable(out, "--out", [*files, *traces])
    with collector_at_rest():
        return _report(files, out, traces)


def _report(files: list[Path], out: Path, traces: list[Path]) -> int:
    from workspan.page.page import write_page  # matplotlib, not before all is known to be there
    from workspan.page.sources import read_source

    sources = [read_source(file) for file in files]
    for file, source in zip(files, sources, strict=True):
        if not any(case.time for case in source.content.workspan.cases):
            said = [f"no time of a case in {file}", failures(source.content)]
            raise NothingError("; ".join(filter(None, said)))
    write_page(sources, out, traces)
    typer.echo(f"Report: {plain(str(out))}")
    return exit_code([(source.name, source.content) for source in sources])
