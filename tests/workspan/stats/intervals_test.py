# SPDX-License-Identifier: Apache-2.0
"""Medians and intervals against enumeration and by simulation with fixed seeds."""

import math

import numpy as np
import pytest
from comparing import SCALE, times
from scipy import stats

from workspan.stats import intervals as statistics


def test_the_location_is_the_median_of_medians() -> None:
    assert statistics.median_of_medians([[1.0, 2.0, 30.0], [4.0], [3.0, 5.0]]) == 4.0


def test_the_same_data_give_the_same_bytes_and_other_data_others() -> None:
    data = times(np.random.default_rng(1), 10)
    changed = [*data[:-1], data[-1] * (1 + 1e-9)]
    assert statistics.time_interval(data) == statistics.time_interval(
        [list(samples) for samples in data]
    )
    assert statistics.time_interval(data) != statistics.time_interval(changed)


@pytest.mark.parametrize("count", [2, 5, 8, 21])
def test_bootstrapped_medians_are_those_of_drawing_every_sample(count: int) -> None:
    rng = np.random.default_rng(count)
    ordered = np.sort(rng.lognormal(size=count))
    short = np.concatenate([statistics.bootstrap_medians(ordered, rng) for _ in range(40)])
    plain = np.median(rng.choice(ordered, (short.size, count)), axis=1)
    assert short.mean() == pytest.approx(plain.mean(), rel=0.02)
    assert short.std() == pytest.approx(plain.std(), rel=0.05)


@pytest.mark.parametrize("invocations", [2, 3, 4, 6, 10, 20])
def test_intervals_cover_what_they_say(invocations: int) -> None:
    rng = np.random.default_rng(invocations)
    truth, rounds = math.exp(0.6745 * 0.01) * 1e-3, 120 * SCALE  # the median of |normal| is 0.6745
    hits = np.zeros(3)
    for _ in range(rounds):
        a, b = times(rng, invocations), times(rng, invocations)
        one, ratio, paired = (
            statistics.time_interval(a),
            statistics.ratio_interval(a, b),
            statistics.paired_interval(a, b),
        )
        assert one
        assert ratio
        assert paired
        hits += [one[0] <= truth <= one[1], ratio[0] <= 1 <= ratio[1], paired[0] <= 1 <= paired[1]]
    assert min(hits) >= 0.91 * rounds  # 95 %, less the noise of so few rounds


def test_variation_between_processes_widens_the_interval_whatever_the_number_of_samples() -> None:
    rng = np.random.default_rng(5)
    data = [level * (1 + rng.normal(0, 1e-4, 1000)) for level in (0.9, 1.0, 1.1, 1.05, 0.95)]
    interval = statistics.time_interval(data)
    assert interval
    assert interval[0] < 0.93
    assert interval[1] > 1.07


@pytest.mark.parametrize(("count", "rank"), [(6, 1), (8, 1), (9, 2), (12, 3), (18, 5), (27, 8)])
def test_one_invocation_has_the_interval_of_order_statistics_as_the_binary_does(
    count: int, rank: int
) -> None:
    values = list(np.arange(1.0, count + 1))
    assert statistics.time_interval([values]) == (rank, count + 1 - rank)
    assert stats.binom.cdf(rank - 1, count, 0.5) <= 0.025 < stats.binom.cdf(rank, count, 0.5)


def test_too_few_values_have_no_interval() -> None:
    assert statistics.time_interval([[1.0, 2.0, 3.0, 4.0, 5.0]]) is None
    assert statistics.ratio_interval([[1.0]], [[1.0], [2.0]]) is None
    assert statistics.paired_interval([[1.0]], [[1.0]]) is None


def test_equal_times_have_no_width_and_wild_ones_stay_finite() -> None:
    assert statistics.time_interval([[3e-7] * 3] * 4) == pytest.approx((3e-7, 3e-7), rel=1e-12)
    for wild in ([[1e-300], [1e300]], [[5e-324, 1.0], [1e300]], [[1e300], [1e300]]):
        for interval in (
            statistics.time_interval(wild),
            statistics.ratio_interval(wild, wild[::-1]),
        ):
            assert interval
            assert 0 < interval[0] <= interval[1] < math.inf
    assert statistics.paired_ratio([[1e300]], [[5e-324]]) > 0


def test_very_many_invocations_are_fast_and_right() -> None:
    rng = np.random.default_rng(3)
    data = list(np.exp(rng.normal(0, 0.1, (20_000, 1))))
    interval = statistics.time_interval(data)
    assert interval
    assert 0.995 < interval[0] < 1 < interval[1] < 1.005
    ratio = statistics.ratio_interval(data, data)
    assert ratio
    assert 0.99 < ratio[0] < 1 < ratio[1] < 1.01


def test_the_ratio_of_two_intervals_takes_the_ends_farthest_apart() -> None:
    assert statistics.ratio_of_intervals((2.0, 4.0), (6.0, 8.0)) == pytest.approx((1.5, 4.0))
    low, high = statistics.ratio_of_intervals((5e-324, 1e300), (5e-324, 1e300))
    assert 0 < low < high < math.inf


def test_a_paired_ratio_is_the_median_of_ratios() -> None:
    assert statistics.paired_ratio([[1.0], [10.0], [2.0]], [[2.0], [11.0], [8.0]]) == (
        pytest.approx(2)
    )
