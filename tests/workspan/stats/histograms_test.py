# SPDX-License-Identifier: Apache-2.0
"""Histograms: added exactly, and percentiles of enough values only."""

import random

import pytest

from workspan.stats.histograms import added, percentile


def test_histograms_add_up() -> None:
    assert added([{1: 2, 5: 1}, {5: 3, 7: 2**62}, {}]) == {1: 2, 5: 4, 7: 2**62}
    assert added([]) == {}


@pytest.mark.parametrize(
    ("per_mille", "fewest"), [(500, 20), (900, 100), (990, 1000), (999, 10_000)]
)
def test_a_percentile_takes_ten_values_above_it(per_mille: int, fewest: int) -> None:
    assert percentile({7: fewest}, per_mille) == 7
    assert percentile({7: fewest - 1}, per_mille) is None
    assert percentile({}, per_mille) is None


def test_a_percentile_is_the_value_of_its_rank_among_all() -> None:
    values = list(range(1, 1001))
    each = dict.fromkeys(values, 1)
    assert [percentile(each, p) for p in (500, 900, 990)] == [500, 900, 990]
    assert percentile({1: 990, 2: 10}, 990) == 1
    assert percentile({1: 989, 2: 11}, 990) == 2


def test_it_agrees_with_sorted_samples() -> None:
    r = random.Random(1)
    samples = sorted(r.randrange(1, 400) for _ in range(12_345))
    histogram = added({value: 1} for value in samples)
    for per_mille in (500, 900, 990, 999):
        rank = -(-len(samples) * per_mille // 1000)
        assert percentile(histogram, per_mille) == samples[rank - 1]


def test_counts_beyond_53_bits_are_exact() -> None:
    half = 2**62
    assert percentile({1: half, 2: half}, 500) == 1
    assert percentile({1: half - 1, 2: half + 1}, 500) == 2
