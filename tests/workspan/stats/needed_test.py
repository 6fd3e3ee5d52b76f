# SPDX-License-Identifier: Apache-2.0
"""Sides of a border, and the number of processes that would tell."""

import numpy as np
import pytest

from workspan.stats.needed import processes_needed, side
from workspan.stats.ratios import Estimate, estimate_of_logs


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


def test_the_number_that_would_tell_does() -> None:
    random = np.random.default_rng(4)
    noise = random.normal(0, 1, 200)
    unit = (noise - noise.mean()) / noise.std(ddof=1)  # of exactly the deviation below

    def estimate(processes: int) -> Estimate:
        part = unit[:processes]
        exact = (part - part.mean()) / part.std(ddof=1)
        found = estimate_of_logs((0.05 + 0.1 * exact).tolist())
        assert found
        return found

    needed = processes_needed(estimate(5), 1.0)
    assert needed
    assert side(estimate(needed), 1.0) == 1
    assert side(estimate(needed - 1), 1.0) == 0


def test_nothing_is_said_of_too_few_or_too_many() -> None:
    assert processes_needed(Estimate(1.2, (0.9, 1.5), 1, True), 1.0) is None
    assert processes_needed(Estimate(1.2, None, 2), 1.0) is None
    assert processes_needed(Estimate(1.0001, (0.5, 2.0), 3), 1.0) is None
