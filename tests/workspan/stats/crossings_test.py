# SPDX-License-Identifier: Apache-2.0
"""Crossings: straight curves cross where they should, and the interval covers the truth."""

import numpy as np
import pytest

from workspan.stats.crossings import (
    crossing_of_draws,
    crossing_of_processes,
    interpolation_error,
)

X = (0.0, 1.0, 3.0)


def test_the_first_crossing_of_a_curve_without_noise() -> None:
    heights = np.array([[-1.0, 1.0, 2.0]] * 3)
    found = crossing_of_processes(X, heights)
    assert found
    assert found.x == pytest.approx(0.5)
    assert found.interval == pytest.approx((0.5, 0.5), abs=0.01)
    assert crossing_of_processes(X, np.abs(heights)) is None
    assert crossing_of_processes(X, -heights) == found


def test_two_processes_have_no_interval() -> None:
    found = crossing_of_processes(X, np.array([[-1.0, 1.0, 2.0], [-1.1, 0.9, 2.0]]))
    assert found
    assert found.interval is None


@pytest.mark.parametrize("processes", [3, 5])
def test_the_interval_covers_the_crossing(processes: int) -> None:
    random = np.random.default_rng(3)
    truth, covered, trials = np.array([-0.5, 0.1, 1.0]), 0, 1000
    for _ in range(trials):
        found = crossing_of_processes(X, truth + random.normal(0, 0.1, (processes, 3)))
        assert found
        assert found.interval
        covered += found.interval[0] <= 0.5 / 0.6 <= found.interval[1]
    assert 0.93 <= covered / trials <= 0.975


def test_draws_of_one_process() -> None:
    random = np.random.default_rng(3)
    heights = [-1.0, 1.0, 2.0]
    found = crossing_of_draws(X, heights, heights + random.normal(0, 0.1, (2000, 3)))
    assert found
    assert found.x == pytest.approx(0.5)
    assert found.interval
    half = 1.96 * 0.1 / np.sqrt(2) / 2  # the height's deviation in the middle, over the slope
    assert found.interval == pytest.approx((0.5 - half, 0.5 + half), abs=0.01)


def test_interpolation_error_is_that_of_the_worst_inner_point() -> None:
    assert interpolation_error((0, 1, 2, 3), (0, 1, 2, 3)) == 0
    assert interpolation_error((0, 1, 3), (0, 2, 3)) == pytest.approx(1)
    assert interpolation_error((0, 1), (0, 2)) is None
