# SPDX-License-Identifier: Apache-2.0
"""The samples of one process, and the ratio of two cases in it: of pairs from the same block."""

import math
from collections.abc import Sequence
from operator import truediv

import msgspec

from workspan.stats.intervals import median_of_few


class Blocks(msgspec.Struct, frozen=True, gc=False):
    """The samples of a case in one process: seconds of a run, by the number of the block.

    Two sequences and not a dict: most cases of a process have the same blocks, and their samples
    are pairs as they stand. Numbers ascend.
    """

    numbers: Sequence[int]
    times: Sequence[float]

    @property
    def by_number(self) -> dict[int, float]:
        """Block -> seconds."""
        return dict(zip(self.numbers, self.times, strict=True))


Samples = Blocks | Sequence[float]  # a sequence is of a file without blocks: it has no pairs


def process_log_ratio(other: Samples, case: Samples) -> float | None:
    """The median over common blocks of log(other / case); None without a common block.

    Without blocks: the difference of the medians of the logarithms.
    """
    if isinstance(other, Blocks) and isinstance(case, Blocks):
        return _log_of_pairs(other, case)
    a, b = (times_of(samples) for samples in (other, case))
    return median_of_few(logs_of(a)) - median_of_few(logs_of(b)) if a and b else None


def _log_of_pairs(other: Blocks, case: Blocks) -> float | None:
    """The median is chosen among the ratios: two logarithms instead of all."""
    if other.numbers == case.numbers:
        found = sorted(map(truediv, other.times, case.times))
    else:
        times = case.by_number
        found = sorted([t / times[k] for k, t in other.by_number.items() if k in times])
    if not found:
        return None
    low, high = found[(len(found) - 1) // 2], found[len(found) // 2]
    if low > 0 and high < math.inf:  # else no clock told these times
        return math.log(low) if low == high else (math.log(low) + math.log(high)) / 2
    return median_of_few([*pairs_of(other, case).values()])


def logs_of(times: Sequence[float]) -> list[float]:
    """Their logarithms."""
    return [*map(math.log, times)]


def times_of(samples: Samples) -> Sequence[float]:
    """Without their blocks."""
    return samples.times if isinstance(samples, Blocks) else samples


def pairs_of(other: Blocks, case: Blocks) -> dict[int, float]:
    """log(other / case) by block, in the order of the blocks."""
    times = case.by_number
    return {k: math.log(t) - math.log(times[k]) for k, t in other.by_number.items() if k in times}
