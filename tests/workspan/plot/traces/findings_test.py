# SPDX-License-Identifier: Apache-2.0
"""The titles: what each made-up trace shows, in one sentence."""

import pytest
from made_up_traces import (
    CHAIN_ISSUES,
    MS,
    SITUATIONS,
    chain,
    encoded_trace,
    four_orders,
    one_case,
    overlapping,
    parallel,
    sequential,
    several_cases,
)

from workspan.plot.traces.findings import number, time_in_words, title_of, title_of_all
from workspan.plot.traces.trace import Trace, decode_traces


def traces_of(trace: dict) -> list[Trace]:
    return decode_traces(encoded_trace(trace), "FILE")


TITLES = {
    "sequential": "Sequential: three tasks one after the other on one CPU; "
    "36 ms of work takes 36.3 ms",
    "in_turn": "Sequential: three waits of 10.1 ms, one after the other, take 30.5 ms",
    "overlapping": "Overlapping: three waits of 10 ms take 10.4 ms on one CPU",
    "interleaved": "Interleaved: three tasks take turns on one CPU; 36 ms of work takes 36.3 ms",
    "cooperative": "Interleaved: three tasks take turns on one CPU; 35.9 ms of work takes 36.3 ms",
    "parallel": "Parallel: two of three tasks at a time on two CPUs; 35.9 ms of work takes 24.3 ms",
    "parallel_in_slices": "Parallel: two of four tasks at a time on two CPUs; "
    "64 ms of work takes 32.3 ms",
    "chain": "Asynchronous: each task issues the next, then waits; done in the order 3, 2, 1",
    "many": "Overlapping: 100 waits of 10 ms take 15.3 ms on one CPU",
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_is_the_finding(name: str) -> None:
    (trace,) = traces_of(SITUATIONS[name]())
    assert title_of(trace) == TITLES[name]


CANCELLED = "futures/pool/n:3/cancel:50/threads:2"  # whose tasks may never run


@pytest.mark.parametrize(
    ("spans", "title"),
    [
        (
            [*sequential(2), [(MS, 20 * MS)]],
            "Sequential: two tasks one after the other on one CPU; 24 ms of work takes 24 ms; "
            "one cancelled before",
        ),
        ([[(0, MS)], [(0, 2 * MS)]], "No task ran; two cancelled before"),
        (sequential(1), "One task: 12 ms of work takes 12.3 ms"),
    ],
)
def test_tasks_that_were_cancelled_before_they_ran_are_counted_apart(
    spans: list, title: str
) -> None:
    name = CANCELLED.replace("n:3", f"n:{len(spans)}")
    traces = traces_of(several_cases([(name, spans)]))
    assert title_of(traces[0]) == title
    assert title_of_all(traces) == ""


@pytest.mark.parametrize(
    ("spans", "title"),
    [
        (sequential(1), "One task: 12 ms of work takes 12.3 ms"),
        (
            [[(0, 12 * MS, 0)], [(0, 12 * MS, 5)]],
            "Parallel: two tasks at the same time on two CPUs; 24 ms of work takes 12.3 ms",
        ),
        (
            [[(0, 12 * MS, -1)], [(0, 12 * MS, 0)]],
            "Parallel: two tasks at the same time; 24 ms of work takes 12.3 ms",
        ),
        (
            [[(0, 6 * MS, 0), (6 * MS, 10 * MS)], [(6 * MS, 10 * MS, 0), (10 * MS, 11 * MS)]],
            "Overlapping: one of two tasks computes while others wait on one CPU; "
            "10 ms of work takes 11.3 ms",
        ),
    ],
)
def test_titles_of_other_situations(spans: list, title: str) -> None:
    (trace,) = traces_of(one_case(spans))
    assert title_of(trace) == title


def test_a_pipeline_has_items() -> None:
    names = [(f"pipeline/{model}/n:3/threads:2", parallel()) for model in ("tbb", "threads")]
    two = traces_of(several_cases([*names, ("pipeline/seq/n:3/threads:1", sequential())]))
    assert title_of(two[0]).startswith("Parallel: two of three items at a time on two CPUs;")
    assert title_of_all(two) == "Two orders of three items"
    mixed = traces_of(several_cases([names[0], ("busy/seq/n:3/threads:1", sequential())]))
    assert title_of_all(mixed) == "Two orders of three tasks"
    (one,) = traces_of(one_case(sequential(1), name="pipeline/tbb/n:1/threads:2"))
    assert title_of(one).startswith("One item: ")


def test_the_work_of_the_first_tasks_is_held_against_their_own_time() -> None:
    (trace,) = traces_of(one_case(sequential(3), tasks=9, seconds=0.108))
    assert title_of(trace).endswith("36 ms of work takes 36 ms")


def test_a_chain_without_waits_does_not_wait() -> None:
    (trace,) = traces_of(
        one_case([[(0, 5 * MS, 0)], [(5 * MS, 9 * MS, 0)]], issues=[(0, 1, 4 * MS)])
    )
    assert title_of(trace) == "Asynchronous: each task issues the next; done in the order 1, 2"


def test_other_arrows_are_not_a_chain() -> None:
    (trace,) = traces_of(one_case(chain(), [(0, 1, MS), (0, 2, MS)]))
    assert title_of(trace).startswith("Asynchronous: task 1 issues two others, then waits; done")
    (trace,) = traces_of(one_case([*chain(), chain()[2]], [*CHAIN_ISSUES, (1, 3, 2 * MS)]))
    assert title_of(trace).startswith("Asynchronous: two tasks issue others, then wait; done")


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([1, 2, 3, 4, 5, 6, 7], "done in the order in which they were issued"),
        ([7, 6, 5, 4, 3, 2, 1], "done in reverse order"),
        ([7, 1, 2, 3, 6, 5, 4], "task 1 is done last"),
    ],
)
def test_the_order_of_many_is_not_spelled_out(ends: list[int], words: str) -> None:
    spans = [[(k, k + 1, 0), (k + 1, 100 * end)] for k, end in enumerate(ends)]
    (trace,) = traces_of(one_case(spans, [(k, k + 1, k + 1) for k in range(6)]))
    assert title_of(trace).endswith(f"then waits; {words}")


def test_four_orders_are_named_only_if_they_are_all_there() -> None:
    traces = traces_of(four_orders())
    assert title_of_all(traces) == "Four orders of three tasks"
    assert title_of_all(traces[:3]) == "Three orders of three tasks"
    assert title_of_all([traces[0], traces[0]]) == ""
    assert title_of_all([*traces, *traces]) == "Four orders of three tasks"


def test_different_numbers_of_tasks_are_not_named() -> None:
    names = [("busy/seq/n:9/threads:1", sequential(4)), ("busy/omp/n:9/threads:2", parallel())]
    assert title_of_all(traces_of(several_cases(names))) == "Two orders of tasks"
    assert title_of_all(traces_of(one_case(overlapping()))) == ""


def test_numbers_and_times_in_words() -> None:
    assert [number(n) for n in (1, 12, 13)] == ["one", "twelve", "13"]
    words = [time_in_words(ns) for ns in (36e6, 10.34e6, 100e6, 1.01e9, 5_300, 20e9)]
    assert words == ["36 ms", "10.3 ms", "100 ms", "1.01 s", "5.3 us", "20 s"]
