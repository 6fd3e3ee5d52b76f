# SPDX-License-Identifier: Apache-2.0
"""The progress bar of a run, and its lines without a terminal."""

import io

from rich.console import Console
from sample_results import case, journal

from workspan.resultfile.model import Journal, Status
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


def lines(*journals: Journal, terminal: bool = False) -> str:
    """The lines of these invocations, out of three, as printed without a terminal."""
    out = io.StringIO()
    console = Console(
        file=out,
        force_terminal=terminal,
        width=200,
        color_system=None,
        _environ={"TERM": "xterm"},
    )
    with RunProgress(console, 3, lambda: 2) as progress:
        for one in journals:
            progress.report(one)
    return out.getvalue()


def test_each_invocation_is_a_line() -> None:
    good = journal([case("copy/seq/n:8/threads:1", [1e-6])], "copy", 1, seconds=2.34)
    assert lines(good) == "[1/3] copy 1: ok, 1 case in 2.3 s\n"
    dead = journal(
        None,
        "copy",
        2,
        2,
        status=Status.CRASHED,
        reason="SIGSEGV",
        case="copy/seq/n:8/threads:1",
        disturbed=["noise"],
    )
    assert lines(dead) == (
        "[1/3] copy 2 (attempt 2): crashed; copy/seq/n:8/threads:1: SIGSEGV; disturbed: noise\n"
    )


def test_on_a_terminal_only_those_that_went_wrong() -> None:
    good = journal([case("copy/seq/n:8/threads:1", [1e-6])], "copy", 1)
    bad = journal(None, "copy", 1, status=Status.TIMEOUT, reason="did not end within 1 s")
    assert "copy 1" not in lines(good, terminal=True)
    assert "copy 1: timeout; did not end within 1 s" in lines(bad, terminal=True)


def test_a_closed_terminal_does_no_harm() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    with RunProgress(Console(file=Closed()), 1, lambda: 1) as progress:
        progress.announce("an estimate")
        progress.report(journal(None, status=Status.CRASHED, reason="x"))
