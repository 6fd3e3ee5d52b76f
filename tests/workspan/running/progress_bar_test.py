# SPDX-License-Identifier: Apache-2.0
"""The progress bar of a run."""

import io

from rich.console import Console

from workspan.running.bench_progress import BenchProgress
from workspan.running.progress_bar import RunProgress
from workspan.running.schedule import Step


def bar(step: Step) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=True, width=200, color_system=None, _environ={"TERM": "xterm"}
    )
    with RunProgress(console, 3, lambda: 0) as progress:
        case = "copy/seq/n:8/threads:1"
        progress.show(step, BenchProgress(case=case, position=1, cases=2, left=2.0))
    return out.getvalue()


def test_a_repeated_invocation_shows_its_attempt() -> None:
    assert "3 of 3  attempt 2 at copy 3  2 s left" in bar(Step("copy", 3, 2, (), 5.0))
    assert "attempt" not in bar(Step("copy", 3, 1, (), 5.0))
