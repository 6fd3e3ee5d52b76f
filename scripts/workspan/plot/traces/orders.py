# SPDX-License-Identifier: Apache-2.0
"""In what order tasks were completed: sequential, overlapping, interleaved or parallel.

A task lives from the begin of its first span to the end of its last one. Two thresholds keep
scheduling jitter from deciding: up to 5 % of a task's time beside another one do not count as an
overlap, and what holds for at most 10 % of the tasks does not hold for the run.

A run is parallel if, on several CPUs, several tasks compute at the same instant for at least a
third of its computing time, that is of the time in which any task computes: three equal tasks on
two CPUs do so for half of it. Less is enough, from 5 % on, if it is longer than tasks wait or are
ready: then the tasks have hardly anything else in common.
"""

import enum
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.plot.traces.trace import Issue, Span, Task

Interval = tuple[int, int]  # begin and end, in nanoseconds

NEGLIGIBLE: Final = 0.05  # of a task's own time: touching, or the jitter of a switch
FEW: Final = 0.1  # of the tasks
ENOUGH: Final = 1 / 3  # of the computing time


class Order(enum.Enum):
    """How the tasks of one run were completed."""

    SEQUENTIAL = "sequential"  # one begins when the other has ended
    OVERLAPPING = "overlapping"  # a task waits while others wait or compute
    INTERLEAVED = "interleaved"  # begun tasks take turns; one computes at a time
    PARALLEL = "parallel"  # several compute at the same instant


@dataclass(frozen=True)
class Times:
    """Where the tasks' time went, in nanoseconds, summed over the tasks."""

    running: int
    waiting: int
    ready: int  # begun, not waiting, and not running either


def runs(task: Task) -> list[Span]:
    """The spans in which a task computes."""
    return [span for span in task if not span.waits]


def lifetime(task: Task) -> Interval:
    """From the first begin to the last end."""
    return task[0].begin, max(span.end for span in task)


def times_of(tasks: Sequence[Task]) -> Times:
    """Where the time of these tasks went."""
    running = sum(span.end - span.begin for task in tasks for span in runs(task))
    waiting = sum(span.end - span.begin for task in tasks for span in task if span.waits)
    living = sum(end - begin for begin, end in map(lifetime, tasks))
    return Times(running, waiting, living - running - waiting)


def classify(tasks: Sequence[Task]) -> Order:
    """The order of completion of these tasks."""
    if not _most_of_them_meet([[lifetime(task)] for task in tasks]):
        return Order.SEQUENTIAL
    times = times_of(tasks)
    if times.waiting > times.running + times.ready:
        return Order.OVERLAPPING
    if _is_parallel(tasks, times):
        return Order.PARALLEL
    if times.ready == times.waiting == 0:
        return Order.SEQUENTIAL
    return Order.INTERLEAVED if times.ready > times.waiting else Order.OVERLAPPING


def _is_parallel(tasks: Sequence[Task], times: Times) -> bool:
    changes = _computing(tasks)
    computing = sum(length for _, length in changes)
    several = sum(length for active, length in changes if active > 1)
    if several <= NEGLIGIBLE * computing or len(cpus_of(tasks)) == 1:
        return False
    return several >= ENOUGH * computing or several > times.waiting + times.ready


def cpus_of(tasks: Sequence[Task]) -> set[int]:
    """The CPUs on which tasks computed; empty if they are not all known."""
    cpus = {span.cpu for task in tasks for span in runs(task)}
    return set() if -1 in cpus else cpus


def tasks_at_a_time(tasks: Sequence[Task]) -> int:
    """The most tasks that compute at one instant, for more than 5 % of the computing time."""
    changes = _computing(tasks)
    computing = sum(length for _, length in changes)
    reached = 1
    for most in sorted({active for active, _ in changes}):
        if sum(length for active, length in changes if active >= most) > NEGLIGIBLE * computing:
            reached = max(reached, most)
    return reached


def order_of_ends(tasks: Sequence[Task]) -> list[int]:
    """The tasks, the one that was done first in front."""
    return sorted(range(len(tasks)), key=lambda task: lifetime(tasks[task])[1])


def is_chain(issues: Sequence[Issue], tasks: int) -> bool:
    """Whether each task but the last issues the next one."""
    return tasks > 1 and [(one.issuer, one.issued) for one in issues] == [
        (task, task + 1) for task in range(tasks - 1)
    ]


def waits_after(issue: Issue, tasks: Sequence[Task]) -> bool:
    """Whether the issuer goes on with a wait of its own wish."""
    return any(span.waits and span.begin >= issue.time for span in tasks[issue.issuer])


def awaits(issue: Issue, tasks: Sequence[Task]) -> Span | None:
    """The wait of the issuer that ends once the issued task has ended: it takes its result."""
    _, end = lifetime(tasks[issue.issued])
    for span in tasks[issue.issuer]:
        late = span.end - end
        if span.waits and span.begin <= end and 0 <= late <= NEGLIGIBLE * (span.end - span.begin):
            return span
    return None


def _computing(tasks: Sequence[Task]) -> list[tuple[int, int]]:
    """How many tasks compute, and for how long."""
    return _changes((span.begin, span.end) for task in tasks for span in runs(task))


def _steps(intervals: Iterable[Interval], task: int = 0) -> Iterator[tuple[int, int, int]]:
    """Time, change of the number of open intervals, task. Empty intervals are left out."""
    for begin, end in intervals:
        if begin < end:
            yield begin, 1, task
            yield end, -1, task


def _changes(intervals: Iterable[Interval]) -> list[tuple[int, int]]:
    """How many intervals are open, and for how long; only while any is."""
    steps = sorted(_steps(intervals))
    active, found = 0, []
    for (time, change, _), (following, _, _) in itertools.pairwise(steps):
        active += change
        if active and following > time:
            found.append((active, following - time))
    return found


def _most_of_them_meet(of_tasks: Sequence[Sequence[Interval]]) -> bool:
    """Whether more than a few tasks share more than a negligible part of their time."""
    shared = [
        together > NEGLIGIBLE * sum(end - begin for begin, end in intervals)
        for intervals, together in zip(of_tasks, _shared(of_tasks), strict=True)
    ]
    return sum(shared) > FEW * len(shared)


def _shared(of_tasks: Sequence[Sequence[Interval]]) -> list[int]:
    """For each task, the time of its intervals within those of others."""
    steps = sorted(
        step for task, intervals in enumerate(of_tasks) for step in _steps(intervals, task)
    )
    shared, open_ones = [0] * len(of_tasks), set[int]()
    for (time, change, task), (following, _, _) in itertools.pairwise(steps):
        if change > 0:
            open_ones.add(task)
        else:
            open_ones.discard(task)
        if len(open_ones) > 1 and following > time:
            for one in open_ones:
                shared[one] += following - time
    return shared
