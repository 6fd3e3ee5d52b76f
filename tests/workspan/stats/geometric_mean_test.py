# SPDX-License-Identifier: Apache-2.0
"""The geometric mean against scipy's, and its interval by simulation."""

import numpy as np
import pytest
from comparing import SCALE
from scipy import stats

from workspan.stats.geometric_mean import CommonCase, geometric_mean


def test_the_geometric_mean_is_that_of_scipy() -> None:
    rng = np.random.default_rng(13)
    cases = [CommonCase(f"w{i}", rng.lognormal(size=7), rng.lognormal(size=7)) for i in range(9)]
    mean, interval = geometric_mean(cases)
    assert mean == pytest.approx(
        stats.gmean([stats.gmean(c.new) / stats.gmean(c.old) for c in cases])
    )
    assert interval
    assert interval[0] < mean < interval[1]
    assert geometric_mean([CommonCase("w", np.ones(1), np.ones(1) * 2)]) == (pytest.approx(2), None)


@pytest.mark.parametrize("paired", [False, True])
def test_the_interval_of_the_mean_respects_the_correlation_of_cases_of_one_process(
    paired: bool,
) -> None:
    rng = np.random.default_rng(14)
    hits, rounds = 0, 100 * SCALE
    for _ in range(rounds):
        shared = np.exp(rng.normal(0, 0.02, (2, 10)))
        one = np.exp(rng.normal(0, 0.002, (20, 2, 10))) * shared
        _, interval = geometric_mean(
            [CommonCase("w", pair[0], pair[1]) for pair in one], paired=paired
        )
        assert interval
        hits += interval[0] <= 1 <= interval[1]
    assert hits >= 0.9 * rounds


def test_a_ratio_of_two_and_one_of_eight_have_the_mean_four() -> None:
    cases = [CommonCase("w", np.ones(3), np.full(3, ratio)) for ratio in (2.0, 8.0)]
    for paired in (False, True):
        mean, interval = geometric_mean(cases, paired=paired)
        assert mean == pytest.approx(4)
        assert interval == pytest.approx((4, 4))
