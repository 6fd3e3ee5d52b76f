# SPDX-License-Identifier: Apache-2.0
"""Traces as they are drawn, of made-up files and of the real binary (BENCH)."""

import os
import subprocess
from pathlib import Path

import pytest
from made_up_traces import (
    CHAIN_ISSUES,
    MS,
    chain,
    encoded_trace,
    four_orders,
    one_case,
    several_cases,
)

from workspan.plot.traces.findings import title_of
from workspan.plot.traces.trace import Issue, Span, case_filter, decode_traces, read_traces
from workspan.support.errors import InputError, UsageError


def test_spans_and_issues_are_those_of_the_file() -> None:
    (trace,) = decode_traces(encoded_trace(one_case(chain(), CHAIN_ISSUES)), "FILE")
    assert trace.duration == 32 * MS + 320_000
    assert list(trace.tasks[1]) == [
        Span(MS, 2 * MS, cpu=0, worker=1),
        Span(2 * MS, 22 * MS, waits=True, cpu=-1, worker=1),
        Span(22 * MS, 22 * MS + 20_000, cpu=0, worker=1),
    ]
    assert list(trace.issues) == [Issue(0, 1, MS, MS), Issue(1, 2, 2 * MS, 2 * MS)]


def test_spans_are_in_order_of_time_wherever_they_are_in_the_file() -> None:
    trace = one_case(chain(), CHAIN_ISSUES)
    (expected,) = decode_traces(encoded_trace(trace), "FILE")
    trace["traceEvents"].reverse()
    assert decode_traces(encoded_trace(trace), "FILE") == [expected]


def test_cases_are_in_the_order_of_the_file() -> None:
    names = [trace.case.variant for trace in decode_traces(encoded_trace(four_orders()), "FILE")]
    assert names == ["seq", "coroutines", "threads", "threads"]


def test_a_broken_rule_is_one_line_with_the_file_and_the_place(tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_bytes(encoded_trace(one_case(chain(), tasks=4, written=4)))
    with pytest.raises(InputError) as caught:
        read_traces(file)
    expected = "$.traceEvents: task 3 of busy/threads/n:3/threads:1 is missing: it never runs"
    assert str(caught.value) == f"{file}: {expected}"


@pytest.mark.parametrize(("cancel", "accepted"), [("50", True), ("0", False)])
def test_a_task_may_wait_only_if_it_was_cancelled(cancel: str, accepted: bool) -> None:
    name = f"futures/pool/n:2/cancel:{cancel}/threads:2"
    file = encoded_trace(several_cases([(name, [[(0, MS, 0)], [(0, 2 * MS)]])]))
    if accepted:
        assert len(decode_traces(file, "FILE")) == 1
        return
    with pytest.raises(InputError, match=r"task 1 of .* is missing: it never runs"):
        decode_traces(file, "FILE")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        (None, True),
        ("threads", True),
        ("^busy/.*n:3", True),
        ("waiters", False),
        ("busy/threads/n:3/threads:1", True),
        ("^threads", False),
    ],
)
def test_a_case_is_chosen_by_its_name_or_an_expression(text: str | None, matches: bool) -> None:
    assert case_filter(text)("busy/threads/n:3/threads:1") is matches


def test_a_wrong_expression_is_named() -> None:
    with pytest.raises(UsageError, match=r"--case '\(' is not a regular expression: missing \)"):
        case_filter("(")


def test_the_binary_writes_traces_that_keep_the_rules(tmp_path: Path) -> None:
    bench = os.environ.get("BENCH", "")
    if not bench:
        pytest.skip("BENCH names the binary")
    file = tmp_path / "trace.json"
    chosen = ["--workload", "dispatch,waiters,futures", "--sizes", "32"]
    short = ["--budget", "0.2s", "--benchmark_min_time=0.0005", "--out", str(tmp_path / "r.json")]
    done = subprocess.run(
        [bench, *chosen, *short, "--trace", str(file)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    traces = read_traces(file)
    assert {"dispatch", "waiters", "futures"} <= {trace.case.workload for trace in traces}
    assert all(trace.case.tasks == len(trace.tasks) == 32 for trace in traces)
    assert all(title_of(trace) for trace in traces)
