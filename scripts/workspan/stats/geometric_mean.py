# SPDX-License-Identifier: Apache-2.0
"""Geometric mean of the effects of many cases; its interval respects their correlation.

Cases measured in one process are correlated, so invocations are resampled for all of them at once.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from workspan.stats.intervals import (
    MANY,
    REPLICATES,
    Floats,
    bounded_exp,
    fast_median,
    percentile_interval,
    seeded_generator,
)


class CommonCase(NamedTuple):
    """A case with times on both sides: medians of its invocations in s, and its process group."""

    group: str
    old: Floats
    new: Floats


def geometric_mean(
    cases: Sequence[CommonCase], *, paired: bool = False
) -> tuple[float, tuple[float, float] | None]:
    """Mean of the ratios new / old and its 95 % interval, over at least one case.

    Invocations are drawn for a whole group (workload) at once. The interval is None if a case
    has fewer than two invocations on a side. paired: the effect of a case is the median of its
    pairs' ratios.
    """
    estimate = float(np.mean([_log_effect(case, paired) for case in cases]))
    fewest = min(min(case.old.size, case.new.size) for case in cases)
    if fewest < 2:
        return bounded_exp(estimate), None
    generator = seeded_generator([side for case in cases for side in (case.old, case.new)])
    total = np.zeros(REPLICATES)
    for group in dict.fromkeys(case.group for case in cases):
        members = [case for case in cases if case.group == group]
        width = min(MANY, max(max(case.old.size, case.new.size) for case in members))
        old_draw = generator.random((REPLICATES, width))
        new_draw = generator.random((REPLICATES, width))
        for case in members:
            total += _replicate_effects(case, old_draw, new_draw, paired=paired)
    low, high = percentile_interval(
        total / len(cases), estimate, fewest - 1 if paired else 2 * fewest - 2
    )
    return bounded_exp(estimate), (bounded_exp(low), bounded_exp(high))


def _log_effect(case: CommonCase, paired: bool) -> float:
    if paired:
        return float(np.median(np.log(case.new) - np.log(case.old)))
    return math.log(np.median(case.new)) - math.log(np.median(case.old))


def _replicate_effects(
    case: CommonCase, old_draw: Floats, new_draw: Floats, *, paired: bool
) -> Floats:
    if paired:
        return _medians_of_draws(np.log(case.new) - np.log(case.old), old_draw)
    return _medians_of_draws(np.log(case.new), new_draw) - _medians_of_draws(
        np.log(case.old), old_draw
    )


def _medians_of_draws(values: Floats, draw: Floats) -> Floats:
    """Medians of samples of the values' own size, drawn with replacement by uniform numbers.

    At most MANY are drawn, which only widens the interval.
    """
    indices = (draw[:, : values.size] * values.size).astype(np.int64)
    return fast_median(values[indices])
