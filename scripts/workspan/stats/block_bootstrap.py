# SPDX-License-Identifier: Apache-2.0
"""The bootstrap within one process: medians of logarithms over blocks drawn with replacement.

Whole blocks are drawn, for all terms of a sum alike, which keeps what a block did to all of its
samples. Seeded by the data.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from workspan.stats.intervals import (
    REPLICATES,
    Floats,
    bootstrap_medians,
    median_of_few,
    seeded_generator,
)

DRAWN: Final = 1 << 20  # indices at once


class Term(NamedTuple):
    """A median of a sum: logarithms by block, or a sequence of samples that have no blocks."""

    sign: int
    logs: Mapping[int, float] | Sequence[float]

    @property
    def values(self) -> list[float]:
        """The logarithms alone."""
        return [*(self.logs.values() if isinstance(self.logs, Mapping) else self.logs)]

    @property
    def by_block(self) -> Mapping[int, float]:
        """Empty without blocks."""
        return self.logs if isinstance(self.logs, Mapping) else {}


def sum_of_medians(terms: Sequence[Term]) -> float:
    """The sum itself. Every term needs a value."""
    return math.fsum(term.sign * median_of_few(term.values) for term in terms)


def replicates(terms: Sequence[Term]) -> Floats:
    """The sum for each draw; NaN if a draw has none of the blocks of a term."""
    generator = seeded_generator([term.values for term in terms])
    shared = [term for term in terms if isinstance(term.logs, Mapping)]
    total: Floats = np.zeros(REPLICATES)
    if len(shared) > 1:
        total = total + _draw_blocks(shared, generator)
    for term in terms:
        if len(shared) == 1 or not isinstance(term.logs, Mapping):
            alone = np.sort(np.array(term.values))
            total = total + term.sign * bootstrap_medians(alone, generator)
    return np.asarray(total)


def _draw_blocks(terms: Sequence[Term], generator: np.random.Generator) -> Floats:
    """Sums of medians over the same blocks, of which a term may lack some."""
    blocks = sorted({k for term in terms for k in term.by_block})
    total: Floats = np.zeros(REPLICATES)
    most = max(1, DRAWN // len(blocks))  # rows at once, for little memory
    for first in range(0, REPLICATES, most):
        rows = slice(first, min(first + most, REPLICATES))
        drawn = generator.integers(len(blocks), size=(rows.stop - first, len(blocks)))
        for term in terms:
            logs = np.array([term.by_block.get(k, math.nan) for k in blocks])
            total[rows] += term.sign * _known_medians(logs[drawn])
    return total


def _known_medians(rows: Floats) -> Floats:
    """The median of the known values of each row; NaN without one."""
    ordered = np.sort(rows, axis=-1)  # unknown ones last
    known = np.sum(~np.isnan(rows), axis=-1)
    below = np.take_along_axis(ordered, np.maximum((known - 1) // 2, 0)[:, None], axis=-1)
    above = np.take_along_axis(ordered, (known // 2)[:, None], axis=-1)
    return np.asarray((below + above)[:, 0] / 2)
