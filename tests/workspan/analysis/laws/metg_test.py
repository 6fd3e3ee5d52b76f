# SPDX-License-Identifier: Apache-2.0
"""METG(50 %): interpolated, bounded or refused, as Task Bench does."""

import pytest

from workspan.analysis.laws.metg import GrainPoint, Metg, metg


def points(*pairs: tuple[float, float]) -> list[GrainPoint]:
    """Of granularity and efficiency."""
    return [GrainPoint(*pair) for pair in pairs]


def test_it_lies_between_the_smallest_efficient_grain_and_the_next_finer_one() -> None:
    """0.7 is at 20, 0.3 at 10; so 0.5 is in the middle."""
    assert metg(points((40, 0.9), (20, 0.7), (10, 0.3), (8, 0.1))) == Metg(
        pytest.approx(15.0), deciding=(1, 2)
    )


def test_exactly_half_is_efficient() -> None:
    assert metg(points((40, 0.9), (20, 0.5), (10, 0.3))).seconds == pytest.approx(20.0)
    assert metg(points((20, 0.5))) == Metg(20, at_most=True, deciding=(0,))


def test_without_a_point_below_it_is_a_bound() -> None:
    assert metg(points((40, 0.9), (20, 0.8))) == Metg(20, at_most=True, deciding=(1,))
    assert metg(points((40, 0.4), (20, 0.8))) == Metg(20, at_most=True, deciding=(1,))


def test_a_finer_grain_that_takes_longer_for_each_task_is_not_interpolated_to() -> None:
    assert metg(points((40, 0.9), (20, 0.7), (25, 0.3))) == Metg(20, deciding=(1,))


def test_the_smallest_granularity_wins_where_efficiency_is_not_monotonic() -> None:
    """A dip at a coarse grain is not the limit."""
    assert metg(points((80, 0.4), (40, 0.9), (30, 0.45), (20, 0.6), (12, 0.4))).deciding == (3, 4)


@pytest.mark.parametrize(
    ("given", "suspicious"),
    [
        ((), False),
        (((40, 0.49), (20, 0.1)), False),
        (((40, 1.5), (20, 0.1)), True),
        (((40, 1.0), (20, 1.6)), True),
    ],
)
def test_it_is_refused(given: tuple[tuple[float, float], ...], suspicious: bool) -> None:
    assert metg(points(*given)) == Metg(None, suspicious=suspicious)


def test_an_efficiency_of_just_under_150_percent_is_believed() -> None:
    assert metg(points((40, 1.49), (20, 0.1))).seconds is not None
