# SPDX-License-Identifier: Apache-2.0
"""What one run must reach."""

import msgspec
import pytest
from block_files import TEAM
from goal_files import reduce_run
from sample_results import changed

from workspan.goals.single import (
    filter_selects_nothing,
    intervals_are_narrow,
    most_of_the_time_is_timed,
    timed_seconds,
)


def test_narrow_intervals_of_all_main_rows() -> None:
    steady = reduce_run(machine=(2.0, 2.01, 2.0, 1.99, 2.0))
    goal = intervals_are_narrow(steady)
    assert goal.met is True
    assert goal.measured.endswith("; 0 of 2 without, 0 wider than 3 %")


def test_wide_and_missing_intervals_miss_it() -> None:
    wide = intervals_are_narrow(reduce_run(machine=(2.0, 1.2, 1.9, 1.5, 2.0)))
    assert wide.details and wide.details[0].startswith(f"{TEAM}: +-")
    two = intervals_are_narrow(reduce_run(machine=(2.0, 2.0)))
    assert (two.met, two.details[0]) == (False, "reduce/omp/n:8/threads:1: no interval")
    cases = reduce_run().workspan.cases[:1]
    assert intervals_are_narrow(changed(reduce_run(), cases=cases)).met is None


def test_a_filter_that_selects_moves_medians() -> None:
    assert filter_selects_nothing(reduce_run()).measured == "3 of 3 rows, 100 %"
    goal = filter_selects_nothing(reduce_run(disturbed=[1, 2, 3, 4, 5, 6], noise=0.02))
    assert goal.met is False  # half of the samples of the team
    assert goal.details[0].startswith(f"{TEAM}: ")


def test_the_timed_share_counts_ceilings_and_all_runs_of_a_reading() -> None:
    file = reduce_run()
    case = file.workspan.cases[0].invocations[0]
    assert timed_seconds([case]) == pytest.approx(12 * 7 * 1e-3, rel=0.01)
    old = msgspec.structs.replace(case, runs=[])
    assert timed_seconds([old]) == pytest.approx(timed_seconds([case]))
    # 5 processes, 12 blocks, 7 runs: seq, one, team, and two ceilings
    timed = 5 * 12 * 7 * 1e-3 * (1 + 1 + 1 / 1.8 + 0.9 + 0.45)
    goal = most_of_the_time_is_timed(file, timed / 0.6)
    assert (goal.met, goal.measured.startswith("60 %: 2 s of 3 s")) == (True, True)
    assert most_of_the_time_is_timed(file, timed / 0.5).met is False
    assert most_of_the_time_is_timed(file, 400.0).met is False


def test_without_a_stopwatch_the_file_says_how_long_the_run_took() -> None:
    run = reduce_run().workspan.run
    times = {"started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:04:09Z"}
    timed = changed(reduce_run(), run=msgspec.structs.replace(run, **times))
    assert most_of_the_time_is_timed(timed).measured.endswith(" s of 4 s")
    none = msgspec.structs.replace(run, ended=run.started)
    assert most_of_the_time_is_timed(changed(timed, run=none)).met is None
