# SPDX-License-Identifier: Apache-2.0
"""Logarithmic scales: places, ticks that leave room, ranges, and labels that give way."""

from itertools import pairwise

import pytest

from workspan.plot.axes.scale import MOST_UPRIGHT, LogScale, log_range, spread
from workspan.plot.style import SMALL, text_width
from workspan.plot.words import factor_tick, number_tick, size


def test_equal_factors_are_equal_lengths_and_places_are_rounded() -> None:
    scale = LogScale(0.1, 1000, 50, 400)
    assert [scale.at(v) for v in (0.1, 1, 10, 100, 1000)] == [50, 150, 250, 350, 450]
    assert scale.at(3) == round(scale.at(3), 2)
    upright = LogScale(1, 100, 80, -60)
    assert [upright.at(v) for v in (1, 10, 100)] == [80, 50, 20]


def test_what_is_beyond_the_axis_is_clipped() -> None:
    scale = LogScale(0.1, 10, 0, 100)
    assert not scale.holds(11)
    assert (scale.clipped(11), scale.clipped(0.01), scale.clipped(2)) == (10, 0.1, 2)


@pytest.mark.parametrize("length", [40, 80, 150, 400, -60])
@pytest.mark.parametrize("ends", [(0.9, 1.1), (0.3, 4), (0.02, 70), (0.5, 700), (1e-6, 1e9)])
def test_labels_of_ticks_are_apart(ends: tuple[float, float], length: float) -> None:
    scale = LogScale(*ends, 0, length)
    ticks = scale.ticks(factor_tick)
    assert ticks
    assert all(scale.holds(value) for value, _ in ticks)
    for (a, one), (b, other) in pairwise(ticks):
        upright = length < 0
        sizes = [0.8 * SMALL.size] * 2 if upright else [text_width(t, SMALL) for t in (one, other)]
        assert abs(scale.at(a) - scale.at(b)) > sum(sizes) / 2
    assert length > 0 or len(ticks) <= MOST_UPRIGHT


def test_a_wide_axis_has_decades_and_a_narrow_one_small_steps() -> None:
    wide = [text for _, text in LogScale(0.02, 900, 0, 150).ticks(factor_tick)]
    assert wide == ["0.1x", "1x", "10x", "100x"]
    narrow = [text for _, text in LogScale(0.88, 1.13, 0, 200).ticks(factor_tick)]
    assert "1x" in narrow
    assert "0.95x" in narrow


@pytest.mark.parametrize("ends", [(265.0, 600.0), (130e-6, 290e-6), (0.26, 0.6)])
def test_an_axis_within_a_decade_has_labels_enough_to_read_it(ends: tuple[float, float]) -> None:
    assert len(LogScale(*ends, 0, -72).ticks(number_tick)) >= 3


def test_a_little_more_than_a_decade_has_labels_on_both_sides_of_one() -> None:
    wide, narrow = (LogScale(0.22, 4.5, 0, length).ticks(factor_tick) for length in (300, 150))
    assert [text for _, text in narrow] == ["0.5x", "1x", "2x"], "1, 2, 5 rather than 1, 3"
    assert {"0.5x", "1x", "2x", "3x"} < {text for _, text in wide}


def test_sizes_have_powers_of_two() -> None:
    scale = LogScale(2**9.8, 2**20.3, 0, 120, base=2)
    texts = [text for _, text in scale.ticks(lambda n: size(round(n)))]
    assert set(texts) <= {size(2**k) for k in range(10, 21)}
    assert len(texts) >= 3
    assert not scale.minor_ticks()


def test_minor_ticks_are_the_digits_of_a_decade() -> None:
    assert LogScale(0.9, 5, 0, 100).minor_ticks() == pytest.approx([0.9, 1, 2, 3, 4, 5])
    assert not LogScale(0.9, 1.1, 0, 100).minor_ticks()


def test_a_range_holds_all_values_and_sensible_intervals() -> None:
    low, high = log_range([1.0, 10.0], [(0.9, 11.0)])
    assert low < 0.9
    assert high > 11
    low, high = log_range([1.0, 10.0], [(1e-9, 1e9)])
    assert 0.1 < low < 1
    assert 10 < high < 100
    low, high = log_range([2.0, 2.0])
    assert low < 2 < high
    assert log_range([]) == (0.5, 2.0)


def test_a_value_that_is_far_from_all_others_is_not_held() -> None:
    low, high = log_range([1.0, 2.0, 3.0, 1e30])
    assert low < 1
    assert 3 < high < 1e30


def test_labels_move_only_as_far_as_they_must() -> None:
    assert spread([10, 50], [10, 10], 0, 100) == [10, 50]
    close = spread([50, 52], [20, 20], 0, 100)
    assert close[1] - close[0] == 20
    assert sum(close) / 2 == pytest.approx(51)
    assert spread([1, 99], [20, 20], 0, 100) == [10, 90]
    assert spread([60, 10], [10, 10], 0, 100) == [60, 10]
    many = spread([50] * 5, [10] * 5, 0, 60)
    assert sorted(many) == many
    assert all(b - a >= 10 - 1e-9 for a, b in pairwise(many))
