# SPDX-License-Identifier: Apache-2.0
"""The rules of a trace file: lanes, spans, tasks and arrows, each broken once."""

from collections.abc import Callable

import pytest
from made_up_traces import (
    CHAIN_ISSUES,
    SITUATIONS,
    chain,
    encoded_trace,
    four_orders,
    interleaved,
    meta,
    one_case,
    span_event,
)

from workspan.plot.traces.trace_file import decode_trace
from workspan.plot.traces.trace_rules import violation


def found(trace: dict) -> str:
    """The place and the rule of the first violation; "" if there is none."""
    return ": ".join(violation(decode_trace(encoded_trace(trace), "FILE")) or ())


@pytest.mark.parametrize("name", SITUATIONS)
def test_made_up_traces_keep_the_rules(name: str) -> None:
    assert found(SITUATIONS[name]()) == ""


def spans_of(trace: dict, pid: int, tid: int) -> list[dict]:
    return [e for e in trace["traceEvents"] if (e["ph"], e["pid"], e["tid"]) == ("X", pid, tid)]


def set_case(**fields: object) -> Callable[[dict], None]:
    return lambda trace: trace["otherData"]["workspan"]["cases"][0].update(fields)


def set_span(pid: int, tid: int, index: int, **fields: object) -> Callable[[dict], None]:
    return lambda trace: spans_of(trace, pid, tid)[index].update(fields)


def without(chosen: Callable[[dict], bool]) -> Callable[[dict], None]:
    def change(trace: dict) -> None:
        trace["traceEvents"] = [e for e in trace["traceEvents"] if not chosen(e)]

    return change


def with_event(event: dict) -> Callable[[dict], None]:
    return lambda trace: trace["traceEvents"].append(event)


def set_arrow(phase: str, **fields: object) -> Callable[[dict], None]:
    return lambda trace: next(e for e in trace["traceEvents"] if e["ph"] == phase).update(fields)


TASKS, CPUS, WORKERS = 1, 2, 3
ARGS = {"task": 0, "cpu": 0, "worker": 0}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (set_case(n=4), "cases[0].name: does not agree with workload, variant, n, keys"),
        (set_case(keys={"cpus": "1"}), "cases[0].name: does not agree"),
        (set_case(threads=2), "cases[0].name: does not agree"),
        (set_case(tasks=2), "cases[0].written: is 3, more than all 2 tasks"),
        (set_case(pid_workers=4), "is not followed by pid_cpus and pid_workers"),
        (set_case(seconds=0.03635), "the run does not last from 0 to 0.03635 s, its `seconds`"),
        (set_case(seconds=1.0), "the run does not last from 0 to 1.0 s, its `seconds`"),
        (set_case(tasks=4, written=4), "task 3 of busy/threads/n:3/threads:1 is missing"),
        (without(lambda e: e["ph"] == "X" and e["tid"] == 2), "task 1 of busy/threads/n:3"),
        (without(lambda e: e["name"] == "process_name"), "the tasks of busy/threads/n:3"),
        (without(lambda e: e["name"] == "thread_name" and e["tid"] == 2), "lane 2 of pid 1 lacks"),
        (without(lambda e: e["ph"] == "X" and e["tid"] == 0), "lane 0 of pid 1 holds 0 spans"),
        (with_event(meta("thread_name", 9, 1, name="x")), "pid: 9 does not belong to any case"),
        (with_event({"name": "thread_name", "ph": "M", "pid": 1, "args": {}}), "without `tid`"),
        (with_event(span_event("x", TASKS, 0, 0, 1, ARGS)), "lane 0 holds the whole run of"),
        (set_span(TASKS, 0, 0, ts=1.0), "the run does not last from 0 to"),
        (set_span(TASKS, 1, 1, ts=3996.999), "overlaps an earlier span of its lane"),
        (set_span(WORKERS, 1, 1, ts=3000.0), "overlaps an earlier span of its lane"),
        (set_span(TASKS, 1, 0, cat="issue"), "cat: a span computes (run) or waits (wait)"),
        (set_span(CPUS, 1, 0, cat="wait"), "the lanes of cpus show what runs, not what waits"),
        (set_span(TASKS, 1, 0, args={}), "does not name one of the 3 written tasks"),
        (set_span(TASKS, 1, 0, args={**ARGS, "task": 3}), "does not name one of the 3"),
        (set_span(TASKS, 1, 0, args={**ARGS, "task": 2}), "tid: is 1, but the span is of task 2"),
        (set_span(TASKS, 3, 0, args=ARGS), "tid: is 3, but the span is of task 0"),
        (set_span(CPUS, 1, 0, args={**ARGS, "cpu": 1}), "tid: is 1, but the span is of cpu 1"),
        (set_span(WORKERS, 1, 0, args={**ARGS, "worker": 2}), "the span is of worker 2"),
        (set_span(TASKS, 3, 2, dur=1e6), "ends after the run"),
    ],
)
def test_each_rule_is_checked(change: Callable[[dict], None], rule: str) -> None:
    trace = one_case(interleaved())
    change(trace)
    assert rule in found(trace)


def test_spans_of_workers_may_be_nested_and_those_of_tasks_not() -> None:
    inner = {"begin": 1_000_000, "end": 2_000_000, "args": ARGS}
    trace = one_case(interleaved())
    trace["traceEvents"].append(span_event("task 0", WORKERS, 1, **inner))
    assert found(trace) == ""
    trace["traceEvents"].append(span_event("task 0", TASKS, 1, **inner))
    assert "overlaps an earlier span of its lane" in found(trace)


def test_a_task_that_only_waits_is_missing() -> None:
    assert "task 1 of busy/threads/n:3/threads:1 is missing" in found(
        one_case([[(0, 5, 0)], [(0, 5)]])
    )


def test_touching_spans_do_not_overlap() -> None:
    trace = one_case([[(0, 5, 0), (5, 9, 1), (9, 9, 0), (9, 12)]])
    assert found(trace) == ""


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (without(lambda e: e["ph"] == "f"), "the arrow 1 lacks its other end, the start"),
        (without(lambda e: e["ph"] == "s"), "the arrow 1 lacks its other end, the issue"),
        (set_arrow("s", id=2), "a second event of phase s with the id 2"),
        (set_arrow("s", cat="run"), "cat: an arrow is an issue"),
        (set_arrow("s", ts=40_000.0), "a task issues another outside its own spans"),
        (set_arrow("s", tid=0), "a task issues another outside its own spans"),
        (set_arrow("s", ts=1000.5), "a task starts before it is issued"),
        (set_arrow("f", ts=1000.5), "an arrow does not end where its task starts"),
        (set_arrow("f", tid=0), "an arrow does not end where its task starts"),
        (set_arrow("f", pid=CPUS), "pid: an arrow belongs to the lanes of the tasks"),
    ],
)
def test_arrows_go_from_a_span_to_the_start_of_a_task(
    change: Callable[[dict], None], rule: str
) -> None:
    trace = one_case(chain(), CHAIN_ISSUES)
    change(trace)
    assert rule in found(trace)


def test_cases_do_not_share_lanes() -> None:
    trace = four_orders()
    cases = trace["otherData"]["workspan"]["cases"]
    cases[1].update(pid_tasks=3, pid_cpus=4, pid_workers=5)
    assert "cases[1]: shares a process of lanes (pid) with an earlier case" in found(trace)
