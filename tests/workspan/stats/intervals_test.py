# SPDX-License-Identifier: Apache-2.0
"""Medians, their intervals and the parts of bootstraps, against enumeration and known quantiles."""

import math

import numpy as np
import pytest
from comparing import SCALE
from scipy import stats

from workspan.stats import intervals as statistics


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    assert statistics.fast_median([3.0, 1.0, 30.0]) == 3
    assert statistics.fast_median(np.array([[4.0, 1.0], [5.0, 2.0]])).tolist() == [2.5, 3.5]


def test_the_same_data_give_the_same_numbers_and_other_data_others() -> None:
    data = [[1.0, 2.0], [3.0]]

    def drawn(of: list[list[float]]) -> float:
        return float(statistics.seeded_generator(of).random())

    assert drawn(data) == drawn([list(samples) for samples in data])
    assert drawn(data) == drawn([np.array(samples) for samples in data])  # type: ignore[misc]
    assert len({drawn(data), drawn([[1.0], [2.0, 3.0]]), drawn([[1.0, 2.0], [3.0 + 1e-9]])}) == 3


@pytest.mark.parametrize("count", [2, 5, 8, 21])
def test_bootstrapped_medians_are_those_of_drawing_every_sample(count: int) -> None:
    rng = np.random.default_rng(count)
    ordered = np.sort(rng.lognormal(size=count))
    short = np.concatenate([statistics.bootstrap_medians(ordered, rng, 256) for _ in range(40)])
    plain = np.median(rng.choice(ordered, (short.size, count)), axis=1)
    assert short.mean() == pytest.approx(plain.mean(), rel=0.02)
    assert short.std() == pytest.approx(plain.std(), rel=0.05)


@pytest.mark.parametrize(("count", "rank"), [(6, 1), (8, 1), (9, 2), (12, 3), (18, 5), (27, 8)])
def test_one_process_has_the_interval_of_order_statistics_as_the_binary_does(
    count: int, rank: int
) -> None:
    values = list(np.arange(1.0, count + 1))
    assert statistics.order_statistics_interval(values) == (rank, count + 1 - rank)
    assert stats.binom.cdf(rank - 1, count, 0.5) <= 0.025 < stats.binom.cdf(rank, count, 0.5)


def test_too_few_values_have_no_interval() -> None:
    assert statistics.order_statistics_interval([1.0, 2.0, 3.0, 4.0, 5.0]) is None
    assert statistics.order_statistics_interval([]) is None


@pytest.mark.parametrize("invocations", [2, 3, 4, 6, 10])
def test_widened_percentiles_cover_what_they_say(invocations: int) -> None:
    rng = np.random.default_rng(invocations)
    hits, rounds = 0, 400 * SCALE
    for _ in range(rounds):
        logs = rng.normal(size=invocations)
        means = rng.choice(logs, (500, invocations)).mean(axis=1)
        spread = math.sqrt(invocations / (invocations - 1))  # of new invocations, not resampled
        middle = float(logs.mean())
        low, high = statistics.percentile_interval(
            middle + spread * (means - middle), middle, invocations - 1
        )
        hits += low <= 0 <= high
    assert 0.90 * rounds <= hits <= 0.99 * rounds


def test_equal_logarithms_have_no_width() -> None:
    assert statistics.percentile_interval(np.full(9, 0.5), 0.5, 3) == (0.5, 0.5)


def test_ratios_beyond_all_numbers_stay_finite() -> None:
    assert 0 < statistics.bounded_exp(-1e9) < statistics.bounded_exp(1e9) < math.inf


def test_the_ratio_of_two_intervals_takes_the_ends_farthest_apart() -> None:
    assert statistics.ratio_of_intervals((2.0, 4.0), (6.0, 8.0)) == pytest.approx((1.5, 4.0))
    low, high = statistics.ratio_of_intervals((5e-324, 1e300), (5e-324, 1e300))
    assert 0 < low < high < math.inf
