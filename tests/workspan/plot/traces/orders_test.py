# SPDX-License-Identifier: Apache-2.0
"""Sequential, overlapping, interleaved, parallel: each order, and the borders between them."""

import pytest
from made_up_traces import (
    Spans,
    chain,
    cooperative,
    interleaved,
    overlapping,
    parallel,
    parallel_in_slices,
    sequential,
    waiting_in_turn,
)

from workspan.plot.traces.orders import (
    Order,
    Times,
    classify,
    is_chain,
    lifetime,
    order_of_ends,
    tasks_at_a_time,
    times_of,
    waits_after,
)
from workspan.plot.traces.trace import Issue, Span


def tasks_of(spans: Spans) -> list[list[Span]]:
    return [
        [Span(begin, end, waits=not cpu, cpu=cpu[0] if cpu else -1) for begin, end, *cpu in task]
        for task in spans
    ]


@pytest.mark.parametrize(
    ("spans", "order"),
    [
        (sequential(), Order.SEQUENTIAL),
        (waiting_in_turn(), Order.SEQUENTIAL),
        (sequential(1), Order.SEQUENTIAL),
        (overlapping(), Order.OVERLAPPING),
        (overlapping(1000), Order.OVERLAPPING),
        (chain(), Order.OVERLAPPING),
        (interleaved(), Order.INTERLEAVED),
        (cooperative(), Order.INTERLEAVED),
        (parallel(), Order.PARALLEL),
        (parallel_in_slices(), Order.PARALLEL),
    ],
)
def test_the_situations_are_told_apart(spans: Spans, order: Order) -> None:
    assert classify(tasks_of(spans)) is order


def test_touching_tasks_are_sequential_also_if_they_share_an_instant() -> None:
    assert classify(tasks_of([[(0, 100, 0)], [(100, 200, 1)]])) is Order.SEQUENTIAL
    assert classify(tasks_of([[(0, 100, 0)], [(100, 100, 1)], [(100, 200, 0)]])) is Order.SEQUENTIAL


def test_up_to_a_twentieth_of_a_task_is_no_overlap() -> None:
    assert classify(tasks_of([[(0, 100, 0)], [(95, 195, 1)]])) is Order.SEQUENTIAL
    assert classify(tasks_of([[(0, 100, 0)], [(94, 194, 1)]])) is Order.PARALLEL


def test_a_short_task_within_a_long_one_is_one_that_overlaps() -> None:
    long, short = [(0, 500, 0), (510, 1000, 0)], [(500, 510, 0)]
    assert classify(tasks_of([long, short])) is Order.INTERLEAVED


def test_a_tenth_of_the_tasks_may_overlap_by_chance() -> None:
    in_turn = [[(k * 100, (k + 1) * 100, 0)] for k in range(19)]
    assert classify(tasks_of([*in_turn, [(1820, 1840, 1)]])) is Order.SEQUENTIAL  # 2 of 20
    assert classify(tasks_of([*in_turn, [(1790, 1810, 1)]])) is Order.PARALLEL  # 3 of 20


def test_one_computes_while_the_other_waits() -> None:
    tasks = [[(0, 60, 0), (60, 100), (100, 101, 0)], [(60, 100, 0), (100, 120)]]
    assert classify(tasks_of(tasks)) is Order.OVERLAPPING


def test_waits_decide_only_if_they_last_longer_than_everything_else() -> None:
    def two(waits: int) -> list[list[Span]]:
        task = [(0, 100, 0), (100, 100 + waits)]
        return tasks_of([task, [(b, e, 1) if cpu else (b, e) for b, e, *cpu in task]])

    assert classify(two(100)) is Order.PARALLEL
    assert classify(two(101)) is Order.OVERLAPPING


def test_the_time_of_tasks_is_run_wait_or_ready() -> None:
    tasks = tasks_of([[(0, 10, 0), (10, 30), (35, 40, 0)], [(40, 50, 0)]])
    assert times_of(tasks) == Times(running=25, waiting=20, ready=5)
    assert [lifetime(task) for task in tasks] == [(0, 40), (40, 50)]


@pytest.mark.parametrize(
    ("spans", "most"),
    [
        (sequential(), 1),
        (interleaved(), 1),
        (parallel(), 2),
        (parallel_in_slices(), 2),
        ([[(0, 100, 0)], [(96, 200, 1)]], 1),  # 4 of 200
        ([[(0, 100, 0)], [(0, 100, 1)], [(95, 200, 2)]], 2),  # 5 of 200 for three
        ([[(0, 100, 0)], [(0, 100, 1)], [(80, 200, 2)]], 3),
        ([[(0, 0, 0)]], 1),
    ],
)
def test_tasks_at_a_time_leave_out_moments(spans: Spans, most: int) -> None:
    assert tasks_at_a_time(tasks_of(spans)) == most


def test_a_chain_is_done_in_reverse() -> None:
    assert order_of_ends(tasks_of(chain())) == [2, 1, 0]
    assert order_of_ends(tasks_of(sequential())) == [0, 1, 2]


def test_a_chain_has_each_task_issue_the_next() -> None:
    chained = [Issue(0, 1, 5, 5), Issue(1, 2, 6, 6)]
    assert is_chain(chained, 3)
    assert not is_chain(chained, 4)
    assert not is_chain([Issue(0, 1, 5, 5), Issue(0, 2, 6, 6)], 3)
    assert not is_chain([], 1)


def test_a_task_waits_after_its_issue_or_before() -> None:
    tasks = tasks_of([[(0, 10, 0), (10, 20), (20, 30, 0)], [(15, 16, 0)]])
    assert waits_after(Issue(0, 1, 10, 15), tasks)
    assert not waits_after(Issue(0, 1, 11, 15), tasks)
