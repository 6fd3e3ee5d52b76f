# SPDX-License-Identifier: Apache-2.0
"""A result file with hostile texts, and what `workspan info` shows of a file."""

import io
import re

from rich.console import Console
from sample_results import case, changed, record, result, without_times

from workspan.report.run_info import print_info
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import AnyFile

HOSTILE = "\x1b[31m\u202e[bold]=1+1|`\n\x00\ufffe\U000e0001"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\U000e0001]")


def hostile() -> ResultFile:
    cases = [
        case(
            "copy/seq/n:1024/threads:1",
            [1e-6, 1e-6],
            warnings=[{"code": "of_tomorrow", "detail": HOSTILE}],
            counters={HOSTILE: 1.0},
        ),
        without_times("copy/omp/n:1024/threads:2", "failed", HOSTILE),
        without_times("copy/cuda/n:1024/threads:1", "crashed", " =cmd()" + "x" * 60000),
    ]
    file = result(cases)
    bad = record(
        number=2, status=Status.CRASHED, reason=HOSTILE, stderr=HOSTILE, disturbed=[HOSTILE]
    )
    return changed(file, invocations=[record(), bad])


def shown(file: AnyFile, columns: int, terminal: bool) -> str:
    out = io.StringIO()
    print_info(
        file,
        Console(
            file=out,
            width=columns,
            force_terminal=terminal,
            color_system=None,
            highlight=False,
            markup=False,
        ),
    )
    return out.getvalue()
