# SPDX-License-Identifier: Apache-2.0
"""False alarms and power of comparisons, by simulation of whole suites with fixed seeds."""

import numpy as np
import pytest
from comparing import SCALE, suite

from workspan.compare.cases import compare_cases
from workspan.compare.verdict import Verdict

ALARMS = (Verdict.SLOWER, Verdict.FASTER)


@pytest.mark.parametrize("paired", [False, True])
def test_suites_without_a_difference_raise_false_alarms_in_at_most_one_of_twenty(
    paired: bool,
) -> None:
    rng, rounds = np.random.default_rng(1), 40 * SCALE
    alarms = 0
    for _ in range(rounds):
        rows = compare_cases(suite(rng, 10), suite(rng, 10), paired=paired).rows
        assert len(rows) == 50
        alarms += any(row.verdict in ALARMS for row in rows)
    assert alarms <= 0.05 * rounds


@pytest.mark.parametrize("paired", [False, True])
def test_a_change_of_five_percent_is_found_in_noise_of_one_percent(paired: bool) -> None:
    rng, rounds = np.random.default_rng(2), 20 * SCALE
    found = missed = 0
    for _ in range(rounds):
        slowed = {7: 1.05, 23: 1.05}
        by_name = {
            r.name.split("/")[0]: r
            for r in compare_cases(
                suite(rng, 10, 0.01), suite(rng, 10, 0.01, slowed), paired=paired
            ).rows
        }
        found += sum(by_name[f"w{i}"].verdict is Verdict.SLOWER for i in slowed)
        missed += sum(by_name[f"w{i}"].verdict in (Verdict.SAME, Verdict.FASTER) for i in slowed)
    assert found >= 0.9 * 2 * rounds
    assert missed == 0
