# SPDX-License-Identifier: Apache-2.0
"""Significance tests against enumeration and scipy."""

import itertools

import numpy as np
import pytest
from scipy import stats

from workspan.stats import significance


def test_mann_whitney_is_that_of_all_arrangements() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(0, 1, 5), rng.normal(0.8, 1, 6)
    together = np.concatenate((a, b))

    def away(first: tuple[int, ...]) -> float:
        ranks = stats.rankdata(together)[list(first)].sum()
        return abs(float(ranks) - 5 * 12 / 2)

    arrangements = [away(first) for first in itertools.combinations(range(11), 5)]
    exact = np.mean([x >= away((0, 1, 2, 3, 4)) - 1e-9 for x in arrangements])
    assert significance.mann_whitney(a, b) == pytest.approx(exact)


def test_mann_whitney_with_ties_is_the_approximation_of_scipy_and_all_tied_is_no_difference() -> (
    None
):
    a, b = np.array([1.0, 2, 2, 3, 4]), np.array([2.0, 3, 5, 6, 7])
    assert significance.mann_whitney(a, b) == stats.mannwhitneyu(a, b, method="asymptotic").pvalue
    assert significance.mann_whitney(np.ones(10), np.ones(10)) in (None, 1.0)


@pytest.mark.parametrize("count", [4, 6, 10])
def test_the_smallest_p_is_that_of_complete_separation(count: int) -> None:
    low, high = np.arange(1.0, count + 1), np.arange(1.0, count + 1) * 1.01 + count
    assert significance.mann_whitney(low, high) == pytest.approx(
        significance.smallest_p(count, count)
    )


@pytest.mark.parametrize(
    ("old", "new", "compared", "name"),
    [
        (3, 100, 1, None),
        (4, 4, 1, "Welch's t on logarithms"),
        (9, 100, 1, "Welch's t on logarithms"),
        (10, 10, 50, "Mann-Whitney"),
        (10, 10, 5000, "Welch's t on logarithms"),
    ],
)
def test_the_test_depends_on_the_number_of_invocations_and_cases(
    old: int, new: int, compared: int, name: str | None
) -> None:
    test = significance.choose_test(old, new, compared, 0.05)
    assert (test.name if test else None) == name


def test_benjamini_hochberg_is_the_step_up_procedure() -> None:
    p = list(np.random.default_rng(11).uniform(0, 0.2, 40))
    q = significance.benjamini_hochberg(p)
    for level in (0.01, 0.05, 0.1):
        ranked = sorted(p)
        cut = max((x for i, x in enumerate(ranked, 1) if x <= level * i / 40), default=0.0)
        assert [x <= level for x in q] == [x <= cut for x in p]
    assert significance.benjamini_hochberg([]) == []


def test_the_smallest_p_by_hand() -> None:
    assert significance.smallest_p(4, 4) == pytest.approx(2 / 70)
    assert significance.smallest_p(1, 1) == 1


def test_benjamini_hochberg_by_hand() -> None:
    q = significance.benjamini_hochberg([0.01, 0.04, 0.03, 0.005])
    assert q == pytest.approx([0.02, 0.04, 0.04, 0.02])
