# SPDX-License-Identifier: Apache-2.0
"""Goals, their verdicts and the report of them."""

import pytest

from workspan.goals.goal import MOST_SHOWN, Goal, report, share_goal


@pytest.mark.parametrize(
    ("off", "met"),
    [(0, True), (1, True), (2, False)],  # of ten rows, nine must agree
)
def test_a_share_of_the_rows_must_agree(off: int, met: bool) -> None:
    misses = {f"r{k}": 0.06 if k < off else 0.05 for k in range(10)}
    goal = share_goal("g", misses, 10, 0.05, 0.9)
    assert (goal.met, goal.measured) == (met, f"{10 - off} of 10 rows, {100 - 10 * off} %")
    assert goal.details == [f"r{k}: 6.0 %" for k in range(off)]


def test_without_rows_nothing_is_judged() -> None:
    goal = share_goal("g", {}, 0, 0.05, 0.9)
    assert (goal.met, goal.verdict) == (None, "nothing to judge")


def test_the_report_has_goal_measured_verdict_and_the_worst_rows() -> None:
    missed = Goal("g", "m", False, [f"row {k}" for k in range(MOST_SHOWN + 3)])
    lines = report([Goal("first", "9 of 9", True), missed]).splitlines()
    assert lines[:4] == ["goal      first", "measured  9 of 9", "verdict   met", ""]
    assert lines[6:8] == ["verdict   MISSED", "          row 0"]
    assert lines[-1] == "          and 3 more"
