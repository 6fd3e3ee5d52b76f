# SPDX-License-Identifier: Apache-2.0
"""The bootstrap within one process: medians of logarithms over blocks drawn with replacement.

Whole blocks are drawn, for all terms of a sum alike, which keeps what a block did to all of its
samples. Seeded by the data.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workspan.stats.intervals import Floats, fast_median, replicate_count, seeded_generator


class Term(NamedTuple):
    """A median of a sum: logarithms by block, or a sequence of samples that have no blocks."""

    sign: int
    logs: Mapping[int, float] | Sequence[float]

    @property
    def values(self) -> list[float]:
        """The logarithms alone."""
        return [*(self.logs.values() if isinstance(self.logs, Mapping) else self.logs)]


def sum_of_medians(terms: Sequence[Term]) -> float:
    """The sum itself. Every term needs a value."""
    return math.fsum(term.sign * float(fast_median(term.values)) for term in terms)


def replicates(terms: Sequence[Term]) -> Floats:
    """The sum for each draw; NaN if a draw has none of the blocks of a term."""
    generator = seeded_generator([term.values for term in terms])
    blocks = sorted({k for term in terms if isinstance(term.logs, Mapping) for k in term.logs})
    drawn = _draw(len(blocks), generator)
    total: Floats = np.zeros(drawn.shape[0])
    for term in terms:
        if isinstance(term.logs, Mapping):
            logs = np.array([term.logs.get(k, math.nan) for k in blocks])
            total = total + term.sign * _known_medians(logs[drawn])
        else:
            own = _draw(len(term.logs), generator, total.size)
            total = total + term.sign * fast_median(np.array(term.values)[own])
    return total


def _draw(size: int, generator: np.random.Generator, count: int = 0) -> NDArray[np.int64]:
    """Indices of `size` values drawn with replacement, in each of `count` rows."""
    rows = count or replicate_count(max(size, 1))
    return generator.integers(max(size, 1), size=(rows, size))


def _known_medians(rows: Floats) -> Floats:
    """The median of the known values of each row; NaN without one."""
    ordered = np.sort(rows, axis=-1)  # unknown ones last
    known = np.sum(~np.isnan(rows), axis=-1)
    below = np.take_along_axis(ordered, np.maximum((known - 1) // 2, 0)[:, None], axis=-1)
    above = np.take_along_axis(ordered, (known // 2)[:, None], axis=-1)
    return np.asarray((below + above)[:, 0] / 2)
