# SPDX-License-Identifier: Apache-2.0
"""The samples of a process that count, its time and that of a case: one rule for every reader.

The clean ones count, unless they are too few: then all do. kFewestClean of
harness/plan/case_result.hpp is the same number.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from workspan.resultfile.samples import CaseInvocation

FEWEST_CLEAN: Final = 6  # below, the disturbed ones count too


def counting(i: CaseInvocation) -> list[int]:
    """The indices of the samples that count."""
    if _all_count(i):
        return list(range(len(i.wall)))
    return [k for k, ok in enumerate(i.clean) if ok]


def _all_count(i: CaseInvocation) -> bool:
    if len(i.clean) < FEWEST_CLEAN:
        return True
    clean = i.clean.count(True)
    return clean == len(i.clean) or clean < FEWEST_CLEAN


def counting_times(i: CaseInvocation) -> Sequence[float]:
    """Wall times of a run, in seconds, of the samples that count."""
    return i.wall if _all_count(i) else [i.wall[k] for k in counting(i)]


def disturbed_counting(i: CaseInvocation) -> int:
    """How many disturbed samples count, because too few are clean."""
    return sum(not i.clean[k] for k in counting(i)) if i.clean else 0


def counting_blocks(i: CaseInvocation) -> tuple[Sequence[int], Sequence[float]]:
    """The same with their blocks; without these for a file that has none: its samples are not
    pairs.
    """
    if _all_count(i):
        return i.block, i.wall
    chosen = counting(i)
    return [i.block[k] for k in chosen] if i.block else [], [i.wall[k] for k in chosen]


def process_time(i: CaseInvocation) -> float:
    """The median of the samples that count, in seconds."""
    ordered = sorted(counting_times(i))
    middle = len(ordered) // 2  # in Python: statistics.median checks for what a file cannot hold
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def process_cpu_time(i: CaseInvocation) -> float:
    """The same of the CPU time of all threads."""
    return median(i.cpu[k] for k in counting(i))


def case_time(invocations: Iterable[CaseInvocation]) -> float:
    """Seconds: the geometric mean over counted processes, at least one, of their times."""
    times = [process_time(i) for i in invocations if i.counted]
    if len(times) == 1:
        return times[0]
    return math.exp(math.fsum(math.log(t) for t in times) / len(times))
