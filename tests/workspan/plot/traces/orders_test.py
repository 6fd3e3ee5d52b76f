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
    awaits,
    classify,
    cpus_of,
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


def test_up_to_a_twentieth_of_the_time_is_no_overlap() -> None:
    assert classify(tasks_of([[(0, 100, 0)], [(95, 195, 1)]])) is Order.SEQUENTIAL
    assert classify(tasks_of([[(0, 100, 0)], [(91, 191, 1)]])) is Order.SEQUENTIAL
    assert classify(tasks_of([[(0, 100, 0)], [(90, 190, 1)]])) is Order.PARALLEL


def handed_over(gap: int, cpus: tuple[int, int] = (0, 1)) -> Spans:
    """Items that queue between two stages, which overlap while one item is in each."""
    first, second = cpus
    return [
        [(k * 100, k * 100 + 60, first), (k * 100 + gap, k * 100 + gap + 60, second)]
        for k in range(30)
    ]


def test_stages_that_overlap_for_less_than_a_third_of_their_time_take_turns() -> None:
    tasks = tasks_of(handed_over(850))  # the other stage begins 10 before this one ends
    assert classify(tasks) is Order.INTERLEAVED
    assert tasks_at_a_time(tasks) == 2, "for a while"
    assert classify(tasks_of(handed_over(860))) is Order.INTERLEAVED  # the same the other way
    assert classify(tasks_of(handed_over(805))) is Order.PARALLEL


@pytest.mark.parametrize(
    ("cpus", "order"),
    [((3, 3), Order.INTERLEAVED), ((-1, 0), Order.PARALLEL), ((-1, -1), Order.PARALLEL)],
)
def test_on_one_cpu_nothing_is_parallel(cpus: tuple[int, int], order: Order) -> None:
    assert classify(tasks_of(handed_over(805, cpus))) is order
    assert cpus_of(tasks_of(handed_over(805, cpus))) == ({3} if cpus == (3, 3) else set())


def test_a_run_that_is_called_parallel_has_several_tasks_at_a_time() -> None:
    for more in range(0, 100, 5):  # by which every eighth task overlaps the next one
        length = [100 + (0 if k % 8 else more) for k in range(24)]
        tasks = tasks_of([[(k * 100, k * 100 + length[k], k % 2)] for k in range(24)])
        assert tasks_at_a_time(tasks) == 2 or classify(tasks) is Order.SEQUENTIAL, more


def test_a_short_task_within_a_long_one_is_one_that_overlaps() -> None:
    long, short = [(0, 500, 0), (510, 1000, 0)], [(500, 510, 0)]
    assert classify(tasks_of([long, short])) is Order.INTERLEAVED


def test_a_tenth_of_the_tasks_may_overlap_by_chance() -> None:
    in_turn = [[(k * 100, (k + 1) * 100, 0)] for k in range(19)]
    two, three = ([(b, b + 5, 1), (b + 15, b + 20, 1)] for b in (1820, 1790))
    assert classify(tasks_of([*in_turn, two])) is Order.SEQUENTIAL  # 2 of 20
    assert classify(tasks_of([*in_turn, three])) is Order.INTERLEAVED  # 3 of 20


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


@pytest.mark.parametrize(
    ("begin", "end", "waits"),
    [(10, 110, True), (10, 115, True), (10, 116, False), (10, 109, False), (111, 112, False)],
)
def test_the_issuer_waits_for_a_task_that_ends_as_its_wait_does(
    begin: int, end: int, waits: bool
) -> None:
    tasks = tasks_of([[(0, 10, 0), (begin, end), (120, 130, 0)], [(10, 20, 0), (20, 110)]])
    assert awaits(Issue(0, 1, 10, 10), tasks) == (tasks[0][1] if waits else None)


def test_a_task_waits_after_its_issue_or_before() -> None:
    tasks = tasks_of([[(0, 10, 0), (10, 20), (20, 30, 0)], [(15, 16, 0)]])
    assert waits_after(Issue(0, 1, 10, 15), tasks)
    assert not waits_after(Issue(0, 1, 11, 15), tasks)
