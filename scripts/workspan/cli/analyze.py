# SPDX-License-Identifier: Apache-2.0
"""workspan analyze: what a run says, in sentences."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import A_RESULT, ANALYSIS_FORMATS, Format, choice_of
from workspan.cli.failures import exit_code, failures
from workspan.support.errors import NothingError, UsageError

if TYPE_CHECKING:
    from workspan.resultfile.model import ResultFile

Runs = Annotated[
    list[Path],
    typer.Argument(
        click_type=A_RESULT,
        metavar="RUN...",
        help="A result file (JSON) or a run; several files of single invocations are merged.",
    ),
]
AnalysisFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="FORMAT",
        click_type=choice_of(ANALYSIS_FORMATS),
        help="Output format: text, json, markdown.",
    ),
]


def analyze(runs: Runs, form: AnalysisFormat = Format.TEXT, output: options.Output = None) -> int:
    """Say how much faster the machine gets, why not more, and how far the numbers can be trusted.

    With break-even sizes of the GPU, laws of scaling and measured ceilings.
    """
    from workspan.support.collector import collector_at_rest

    with collector_at_rest():
        return _analyze(runs, form, output)


def _analyze(runs: list[Path], form: Format, output: Path | None) -> int:
    from workspan.analysis.merge_files import merge_files
    from workspan.report.answer.analysis_report import render
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_result
    from workspan.support.atomic_write import check_writable, write_atomically

    if output:
        check_writable(output, "--output", runs)
    files = [(str(path), read_result(result_file(path))) for path in runs]
    _refuse_whole_runs(files)
    file = files[0][1] if len(files) == 1 else merge_files(files)
    if nothing := _why_nothing(file, runs[0]):
        raise NothingError("; ".join(filter(None, [nothing, failures(file)])))
    text = render(file, form.value)
    if output:
        write_atomically(output, text.encode())
    else:
        sys.stdout.write(text)
    return exit_code([(str(runs[0]), file)])


def _refuse_whole_runs(files: "Sequence[tuple[str, ResultFile]]") -> None:
    """Raises UsageError if one of several files has all processes of a run."""
    from workspan.analysis.merge_files import is_merged

    whole = next((name for name, file in files if is_merged(file)), "")
    if whole and len(files) > 1:
        raise UsageError(
            f"{whole}: is a whole run, and analyze takes one, or the files of its single"
            f" invocations; to compare: workspan compare {files[0][0]} {files[1][0]}"
        )


def _why_nothing(file: "ResultFile", run: Path) -> str:
    """Why there is nothing to analyse; empty if there is something."""
    from workspan.analysis.ratios.model_cases import is_about_concurrency

    timed = [case for case in file.workspan.cases if case.time]
    if not all(map(is_about_concurrency, timed)):
        return ""
    advice = f"; workspan concurrency {run} shows its models" if timed else ""
    return f"no time of a computing workload in {run}{advice}"
