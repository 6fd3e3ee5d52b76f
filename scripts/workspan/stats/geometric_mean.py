# SPDX-License-Identifier: Apache-2.0
"""The geometric mean of the effects of many cases, with an interval that knows that cases of one process share its luck."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workspan.stats.intervals import (
    MANY,
    REPLICATES,
    Floats,
    generator_of,
    interval_of,
    middle,
    ratio_of,
)


class Common(NamedTuple):
    """A case that has times on both sides: the medians of its invocations in seconds, and the process group it was measured in."""

    group: str
    old: Floats
    new: Floats


def geometric_mean(
    cases: Sequence[Common], *, paired: bool = False
) -> tuple[float, tuple[float, float] | None]:
    """Mean of the ratios new / old and its 95 % interval, over at least one case.

    Invocations are drawn for a whole group (workload) at once. None as interval where a case has less than two invocations on a side.
    paired: the effect of a case is the median of its pairs' ratios.
    """
    estimate = float(np.mean([_effect(case, paired) for case in cases]))
    fewest = min(min(case.old.size, case.new.size) for case in cases)
    if fewest < 2:
        return ratio_of(estimate), None
    generator = generator_of([side for case in cases for side in (case.old, case.new)])
    total = np.zeros(REPLICATES)
    for group in dict.fromkeys(case.group for case in cases):
        members = [case for case in cases if case.group == group]
        width = min(MANY, max(max(case.old.size, case.new.size) for case in members))
        old_draw = generator.random((REPLICATES, width))
        new_draw = generator.random((REPLICATES, width))
        for case in members:
            total += _replicated(case, old_draw, new_draw, paired=paired)
    low, high = interval_of(total / len(cases), estimate, fewest - 1 if paired else 2 * fewest - 2)
    return ratio_of(estimate), (ratio_of(low), ratio_of(high))


def _effect(case: Common, paired: bool) -> float:
    if paired:
        return float(np.median(np.log(case.new) - np.log(case.old)))
    return math.log(np.median(case.new)) - math.log(np.median(case.old))


def _replicated(case: Common, old_draw: Floats, new_draw: Floats, *, paired: bool) -> Floats:
    if paired:
        return _drawn_medians(np.log(case.new) - np.log(case.old), old_draw)
    return _drawn_medians(np.log(case.new), new_draw) - _drawn_medians(np.log(case.old), old_draw)


def _drawn_medians(values: Floats, draw: Floats) -> Floats:
    """Medians of as many values as there are (MANY at most, which widens the interval) drawn with replacement, by uniform numbers."""
    places = (draw[:, : values.size] * values.size).astype(np.int64)
    return middle(values[places])
