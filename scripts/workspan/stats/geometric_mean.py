# SPDX-License-Identifier: Apache-2.0
"""Geometric mean of the effects of many cases; its interval respects their correlation.

Cases measured in one process are correlated, so invocations are resampled for all of them at once.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from workspan.stats.intervals import (
    REPLICATES,
    Floats,
    bounded_exp,
    percentile_interval,
    seeded_generator,
)

MANY: Final = 500  # invocations of a case that are drawn at most


class CommonCase(NamedTuple):
    """A case with times on both sides: times of its invocations in s, and its process group."""

    group: str
    old: Floats
    new: Floats


def geometric_mean(
    cases: Sequence[CommonCase], *, paired: bool = False
) -> tuple[float, tuple[float, float] | None]:
    """Mean of the ratios new / old and its 95 % interval, over at least one case.

    Invocations are drawn for a whole group (workload) at once. The interval is None if a case
    has fewer than two invocations on a side. paired: the effect of a case is the geometric mean of
    its pairs' ratios.
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
    # Resampled means vary less than those of new invocations: by (k - 1) / k.
    replicates = estimate + (total / len(cases) - estimate) * math.sqrt(fewest / (fewest - 1))
    freedom = fewest - 1 if paired else 2 * fewest - 2
    low, high = percentile_interval(replicates, estimate, freedom)
    return bounded_exp(estimate), (bounded_exp(low), bounded_exp(high))


def _log_effect(case: CommonCase, paired: bool) -> float:
    if paired:
        return float(np.mean(np.log(case.new) - np.log(case.old)))
    return float(np.mean(np.log(case.new))) - float(np.mean(np.log(case.old)))


def _replicate_effects(
    case: CommonCase, old_draw: Floats, new_draw: Floats, *, paired: bool
) -> Floats:
    if paired:
        return _means_of_draws(np.log(case.new) - np.log(case.old), old_draw)
    return _means_of_draws(np.log(case.new), new_draw) - _means_of_draws(np.log(case.old), old_draw)


def _means_of_draws(values: Floats, draw: Floats) -> Floats:
    """Means of samples of the values' own size, drawn with replacement by uniform numbers.

    At most MANY are drawn, which only widens the interval.
    """
    indices = (draw[:, : values.size] * values.size).astype(np.int64)
    return np.asarray(values[indices].mean(axis=-1))
