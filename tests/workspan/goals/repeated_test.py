# SPDX-License-Identifier: Apache-2.0
"""What two runs of one build must agree on."""

import pytest
from goal_files import reduce_run

from workspan.goals.repeated import (
    code_agrees,
    difference,
    equal_runs_raise_no_alarm,
    times_and_shares_agree,
)

MOVED = (1.1, 1.2, 1.1, 1.15, 1.1)  # the host has put the cores far from each other


def test_a_difference_is_the_same_in_both_directions() -> None:
    assert difference(1.05, 1.0) == pytest.approx(0.05)
    assert difference(1.0, 1.05) == pytest.approx(0.05)


def test_code_agrees_though_the_machine_changed() -> None:
    goal = code_agrees(reduce_run(), reduce_run(machine=MOVED))
    assert (goal.met, goal.measured) == (True, "1 of 1 row, 100 %; within 3 %: 1")


def test_code_that_became_worse_does_not_agree() -> None:
    goal = code_agrees(reduce_run(1.8), reduce_run(1.6))
    assert goal.met is False
    assert goal.details[0].startswith("reduce/omp/n:8/threads:2: 12.")
    close = code_agrees(reduce_run(1.8), reduce_run(1.8 / 1.04))
    assert (close.met, close.measured) == (True, "1 of 1 row, 100 %; within 3 %: 0")


def test_rows_that_are_too_short_are_not_judged() -> None:
    assert code_agrees(reduce_run(time=1e-5), reduce_run(1.2, time=1e-5)).met is None


def test_shares_agree_though_times_do_not() -> None:
    goal = times_and_shares_agree(reduce_run(), reduce_run(time=2e-3, machine=MOVED))
    assert (goal.met, goal.measured) == (True, "3 of 3 rows, 100 %")
    goal = times_and_shares_agree(reduce_run(), reduce_run(share=0.85))
    assert goal.met is False and len(goal.details) == 3


def test_equal_runs_raise_no_alarm_and_others_do() -> None:
    moods = [reduce_run(machine=m) for m in ((2.0, 1.2, 1.9, 1.5, 2.0), MOVED, (2.0,) * 5)]
    goal = equal_runs_raise_no_alarm(moods)
    assert (goal.met, goal.measured) == (True, "0 of 3 pairs")
    goal = equal_runs_raise_no_alarm([*moods, reduce_run(1.4)])
    assert (goal.met, goal.measured) == (False, "3 of 6 pairs")
    assert goal.details[0] == "run 1 and 4: reduce/omp/n:8/threads:2 SLOWER"
    assert equal_runs_raise_no_alarm(moods[:1]).met is None
