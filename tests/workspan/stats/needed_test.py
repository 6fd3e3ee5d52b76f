# SPDX-License-Identifier: Apache-2.0
"""Sides of a border, and the numbers of processes that would tell, by simulation."""

import math

import numpy as np
import pytest
from comparing import NAME, SCALE, series

from workspan.compare.cases import compare_cases
from workspan.compare.verdict import Verdict
from workspan.stats.needed import Noise, invocations_needed, processes_needed, side
from workspan.stats.ratios import Estimate, estimate_of_logs
from workspan.stats.significance import FEWEST

TRIALS = 1000 * SCALE


@pytest.mark.parametrize(
    ("value", "interval", "expected"),
    [
        (1.2, (1.1, 1.3), 1),
        (0.8, (0.7, 0.9), -1),
        (1.2, (0.9, 1.5), 0),
        (1.2, None, 1),
        (0.8, None, -1),
        (1.0, None, 1),
    ],
)
def test_sides(value: float, interval: tuple[float, float] | None, expected: int) -> None:
    assert side(Estimate(value, interval, 5), 1.0) == expected


def found_in(processes: int, log_effect: float, deviation: float) -> Estimate:
    """Of so many processes, of exactly this mean and deviation of their logarithms."""
    unit = np.arange(processes) - (processes - 1) / 2
    logs = log_effect + deviation * unit / unit.std(ddof=1)
    found = estimate_of_logs(logs.tolist())
    assert found
    return found


@pytest.mark.parametrize("deviation", [0.05, 0.07, 0.1, 0.2])
def test_the_number_of_processes_that_would_tell_does_in_four_of_five_runs(
    deviation: float,
) -> None:
    rng, effect = np.random.default_rng(4), math.log(1.05)
    needed = processes_needed(found_in(3, effect, deviation), 1.0)
    assert needed
    told = 0
    for _ in range(TRIALS):
        found = estimate_of_logs(rng.normal(effect, deviation, needed).tolist())
        assert found
        told += side(found, 1.0) == 1
    assert 0.75 <= told / TRIALS <= 0.85


def decides(
    rng: np.random.Generator, effect: float, deviation: float, count: int, *, paired: bool
) -> bool:
    """Whether one comparison of two sides without other cases is decided, as compare does it."""
    old, new = (
        series(NAME, [[math.exp(log)] for log in rng.normal(mean, deviation, count)])
        for mean in (0.0, math.log(effect))
    )
    (row,) = compare_cases([old], [new], paired=paired).rows
    return row.verdict is (Verdict.SLOWER if effect > 1.03 else Verdict.SAME)


@pytest.mark.parametrize(
    ("effect", "deviation", "paired"),
    [
        *((1.0, deviation, False) for deviation in (0.02, 0.03, 0.05)),
        (1.0, 0.02, True),
        (1.01, 0.02, False),
        (1.06, 0.03, False),
        (1.06, 0.05, False),
        (1.06, 0.05, True),
    ],
)
def test_the_invocations_that_would_decide_do_in_four_of_five_comparisons(
    effect: float, deviation: float, paired: bool
) -> None:
    noise = Noise(2 * deviation**2, 1 if paired else 2)
    needed = invocations_needed(noise, effect, 0.03, 0.05)
    assert needed
    rng = np.random.default_rng(12)
    found = [decides(rng, effect, deviation, needed, paired=paired) for _ in range(TRIALS)]
    assert 0.75 <= np.mean(found) <= 0.85


def test_more_noise_needs_more_invocations_and_none_decides_at_the_threshold() -> None:
    quiet, loud = Noise(2 * 0.015**2, 2), Noise(8 * 0.015**2, 2)
    for effect in (1.0, 1.02, 1.05):
        needed, more = (invocations_needed(noise, effect, 0.03, 0.05) for noise in (quiet, loud))
        assert needed
        assert (more or math.inf) > needed
        assert invocations_needed(quiet, 1 / effect, 0.03, 0.05) == needed
    assert invocations_needed(quiet, 1.03, 0.03, 0.05) is None
    assert invocations_needed(Noise(0.0, 2), 1.0, 0.03, 0.05) == FEWEST


def test_nothing_is_said_of_too_few_or_too_many() -> None:
    assert processes_needed(Estimate(1.2, (0.9, 1.5), 1, True), 1.0) is None
    assert processes_needed(Estimate(1.2, None, 2), 1.0) is None
    assert processes_needed(Estimate(1.0001, (0.5, 2.0), 3), 1.0) is None
