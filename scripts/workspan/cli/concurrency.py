# SPDX-License-Identifier: Apache-2.0
"""workspan concurrency: the table of execution models."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import A_RESULT, MODEL_FORMATS, Format, choice_of
from workspan.support.errors import Exit, NothingError

if TYPE_CHECKING:
    from workspan.report.concurrency.concurrency_table import ConcurrencyReport

Result = Annotated[
    Path, typer.Argument(click_type=A_RESULT, help="A result file (JSON), or a run.")
]
ModelFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="FORMAT",
        click_type=choice_of(MODEL_FORMATS),
        help="Output format: table, markdown, json.",
    ),
]


def concurrency(
    result: Result, form: ModelFormat = Format.TABLE, output: options.Output = None
) -> int:
    """Show what each execution model costs, and what it gains for tasks, I/O and pipelines."""
    from workspan.analysis.ratios.model_cases import is_about_concurrency
    from workspan.report.concurrency.concurrency_table import concurrency_report
    from workspan.resultfile.find import result_file
    from workspan.resultfile.model import FAILURES, Status
    from workspan.resultfile.read import read_result
    from workspan.support.atomic_write import check_writable

    if output:
        check_writable(output, "--output", [result])
    file = read_result(result_file(result))
    cases = [case for case in file.workspan.cases if is_about_concurrency(case)]
    if not {case.status for case in cases} & {Status.OK, *FAILURES}:
        why = f": {cases[0].reason or 'not measured yet'}" if cases else ""
        raise NothingError(
            f"no time of a workload about concurrency in {result}{why};"
            " measure them with: workspan run --preset concurrency"
        )
    _show(concurrency_report(file), form, output)
    return int(Exit.FAILED if any(case.status in FAILURES for case in cases) else Exit.GOOD)


def _show(report: "ConcurrencyReport", form: Format, output: Path | None) -> None:
    """Writes it to the file, whole or not at all, or to stdout."""
    from rich.console import Console

    from workspan.report.concurrency.concurrency_table import print_concurrency, render
    from workspan.support.atomic_write import write_atomically

    if output:
        write_atomically(output, render(report, form.value).encode())
    elif form is Format.TABLE:
        print_concurrency(report, Console())
    else:
        sys.stdout.write(render(report, form.value))
