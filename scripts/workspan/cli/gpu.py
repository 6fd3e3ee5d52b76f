# SPDX-License-Identifier: Apache-2.0
"""workspan gpu: the table of scripts/gpu-check."""

from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import A_FILE, A_RESULT
from workspan.support.errors import Exit, NothingError

Result = Annotated[
    Path, typer.Argument(click_type=A_RESULT, help="A result file (JSON), or a run.")
]
Verified = Annotated[
    Path | None,
    typer.Option(click_type=A_FILE, help="GoogleTest's JSON report of kernels_test."),
]
Sanitized = Annotated[
    Path | None,
    typer.Option(click_type=A_FILE, help="Verdicts of the compute-sanitizer tools, one per line."),
]


def gpu(result: Result, verified: Verified = None, sanitized: Sanitized = None) -> int:
    """Show the throughput of each CUDA kernel relative to its ceiling, a library and the host."""
    from rich.console import Console

    from workspan.analysis.verdicts.gpu_kernels import is_ours
    from workspan.report import gpu_table as report
    from workspan.resultfile.find import result_file
    from workspan.resultfile.model import Status
    from workspan.resultfile.read import read_bytes, read_result

    file = read_result(result_file(result))
    tests = report.verdicts_of_tests(read_bytes(verified), str(verified)) if verified else {}
    sanitizer = (
        report.verdict_of_sanitizer(read_bytes(sanitized).decode(errors="replace"), str(sanitized))
        if sanitized
        else "not run"
    )
    if not report.gpu_rows(file, tests):
        why = report.why_none(file)
        raise NothingError(f"no CUDA kernel in {result}{f': {why}' if why else ''}")
    report.print_gpu(file, tests, sanitizer, Console())
    cases = [c for c in file.workspan.cases if is_ours(c)]
    if (
        any(c.status not in (Status.OK, Status.SKIPPED, Status.PLANNED) for c in cases)
        or "FAILED" in tests.values()
    ):
        return int(Exit.FAILED)
    return int(Exit.GOOD)
