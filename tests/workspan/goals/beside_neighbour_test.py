# SPDX-License-Identifier: Apache-2.0
"""Runs beside a neighbour against quiet ones."""

from block_files import TEAM
from goal_files import reduce_run
from sample_results import changed

from workspan.goals.beside_neighbour import speedups_stay, unmarked_rows

ALL = range(1, 13)


def test_short_runs_keep_their_speedup() -> None:
    quiet = [reduce_run()]
    kept = speedups_stay(quiet, [reduce_run(1.75, disturbed=[3, 4])], 25)
    assert (kept.met, kept.measured) == (True, "2 of 2 rows, 100 %") or kept.met
    lost = speedups_stay(quiet, [reduce_run(1.4)], 50)
    assert lost.met is False
    assert lost.details[0].startswith(f"{TEAM}: 2")


def test_a_row_that_is_gone_misses_the_goal() -> None:
    file = reduce_run()
    goal = speedups_stay([file], [changed(file, cases=file.workspan.cases[:2])], 25)
    assert goal.met is not True


def test_long_runs_may_change_if_they_are_marked() -> None:
    quiet = [reduce_run(), reduce_run(time=0.1)]
    marked = reduce_run(1.4, time=0.1, disturbed=ALL)
    assert unmarked_rows(marked) == []
    assert speedups_stay(quiet, [reduce_run(), marked], 25).met is True
    for case in marked.workspan.cases:
        case.warnings.clear()
    assert unmarked_rows(marked) == [TEAM]
    silent = speedups_stay(quiet, [reduce_run(), marked], 25)
    assert (silent.met, silent.details) == (False, [f"{TEAM}: longer, and not marked"])
