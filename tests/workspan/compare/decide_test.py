# SPDX-License-Identifier: Apache-2.0
"""Verdicts by share, in which the machine cancels, and by time where a share says nothing."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from comparing import series

from workspan.compare.cases import compare_cases
from workspan.compare.decide import changed_ceilings
from workspan.compare.series import Ceiling, Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict

REDUCE, READ = "reduce/omp/n:8/threads:2", "read/omp/n:8/threads:2"
PROCESSES = 5
ALARMS = (Verdict.SLOWER, Verdict.FASTER)


class Run(NamedTuple):
    """machine: factor on all times; code: on those of reduce; ceiling: on those of read."""

    machine: float = 1.0
    code: float = 1.0
    ceiling: float = 1.0
    rows: bool = True  # of the ceiling itself


def cases(run: Run, seed: int, processes: int = PROCESSES) -> list[Series]:
    """A run of reduce, with read beside it, and of read, in processes of its own."""
    rng = np.random.default_rng(seed)

    def noise(size: float) -> np.ndarray:
        return np.exp(rng.normal(0, size, processes))

    mood = noise(0.05) * run.machine
    read = mood * run.ceiling * noise(0.003)
    reduce = mood * run.code * noise(0.003)
    numbers = range(1, processes + 1)
    beside = Ceiling(
        READ,
        dict(zip(numbers, np.log(0.9 * read / reduce).tolist(), strict=True)),
        dict(zip(numbers, np.log(read).tolist(), strict=True)),
    )
    fields = {"threads": 2, "memory_bound": True}
    found = [series(REDUCE, [[t] for t in reduce], ceiling=beside, **fields)]
    own = run.machine * run.ceiling * noise(0.003)
    rows = [series(READ, [[t] for t in own], is_ceiling=True, **fields)]
    return found + (rows if run.rows else [])


def verdict(old: Run, new: Run, processes: int = PROCESSES) -> CaseVerdict:
    rows = compare_cases(cases(old, 1, processes), cases(new, 2, processes)).rows
    return next(row for row in rows if row.name == REDUCE)


def test_the_mood_of_the_machine_cancels_in_a_share() -> None:
    row = verdict(Run(), Run())
    assert (row.verdict, row.by) == (Verdict.SAME, "share")
    assert row.time_effect and abs(row.time_effect - 1) > 0.02  # which times alone could not tell
    assert row.old_share == pytest.approx(0.9, rel=0.01)


def test_slower_code_is_slower_by_share() -> None:
    row = verdict(Run(), Run(code=1.06))
    assert (row.verdict, row.by) == (Verdict.SLOWER, "share")
    assert row.effect == pytest.approx(1.06, rel=0.01)
    assert row.interval and row.interval[1] - row.interval[0] < 0.03
    assert verdict(Run(code=1.06), Run()).verdict is Verdict.FASTER


def test_a_ceiling_that_became_slower_itself_makes_nothing_else_faster() -> None:
    row = verdict(Run(), Run(ceiling=1.5))
    assert row.by == "time"
    assert row.verdict is not Verdict.FASTER
    assert row.detail == "told by time: its ceiling read/omp/n:8/threads:2 is slower itself"


@pytest.mark.parametrize("machine", [1.7, 1 / 1.7])
def test_a_machine_that_moved_for_good_is_told_of_and_not_taken_for_the_code(
    machine: float,
) -> None:
    """Without rows of the ceiling, which would change with the machine."""
    row = verdict(Run(rows=False), Run(machine=machine, rows=False))
    assert (row.verdict, row.by) == (Verdict.SAME, "share")
    word = "slower" if machine > 1 else "faster"
    assert row.detail.startswith(f"the ceiling beside it was {word} by ")
    assert verdict(Run(rows=False), Run(rows=False)).detail == ""


def test_a_ceiling_is_changed_by_its_own_verdict_only() -> None:
    timed = list(zip(cases(Run(), 1), cases(Run(ceiling=1.1), 2), strict=True))
    assert changed_ceilings(timed, Thresholds()) == {READ: Verdict.SLOWER}
    assert changed_ceilings(timed, Thresholds(change=0.2)) == {}
    few = list(zip(cases(Run(), 1, 3), cases(Run(ceiling=1.1), 2, 3), strict=True))
    assert changed_ceilings(few, Thresholds()) == {}


def test_pairs_and_ceilings_and_files_without_beside_are_told_by_time() -> None:
    rows = compare_cases(cases(Run(), 1), cases(Run(code=1.1), 2)).rows
    assert {row.name: row.by for row in rows} == {REDUCE: "share", READ: "time"}
    rows = compare_cases(cases(Run(), 1), cases(Run(code=1.1), 2), paired=True).rows
    assert {row.by for row in rows} == {"time"}
    bare = series(REDUCE, [[1.0 + k / 100] for k in range(5)], threads=2)
    (row,) = compare_cases([cases(Run(), 1)[0]], [bare]).rows
    assert (row.by, row.new_share) == ("time", None)
    assert row.old_share


def test_too_few_processes_have_no_verdict_by_share_either() -> None:
    row = verdict(Run(), Run(code=1.2), processes=3)
    assert (row.verdict, row.by) == (Verdict.NONE, "share")
    assert row.reason.startswith("3 invocations; a verdict needs 4 of each")


def test_equal_runs_of_a_moody_machine_raise_few_alarms() -> None:
    alarms = sum(
        any(row.verdict in ALARMS for row in compare_cases(old, new).rows)
        for old, new in ((cases(Run(), 2 * k), cases(Run(), 2 * k + 1)) for k in range(60))
    )
    assert alarms <= 0.05 * 60 + 2


def test_a_case_that_was_seldom_measured_with_its_ceiling_is_told_by_time() -> None:
    old, new = cases(Run(), 1)[0], cases(Run(code=1.3), 2)[0]
    assert new.ceiling
    seldom = replace(new, ceiling=replace(new.ceiling, shares={1: math.log(0.5)}))
    (row,) = compare_cases([old], [seldom]).rows
    assert (row.by, row.verdict) == ("time", Verdict.SLOWER)
    assert row.detail.startswith("told by time: too few processes")


def test_notes_explain_shares() -> None:
    report = compare_cases(cases(Run(), 1), cases(Run(), 2))
    assert any(note.startswith("by share: ") for note in report.notes)
    # Only rows told by time depend on where the cores were.
    assert any(note.startswith("1 memory-bound case on several threads") for note in report.notes)
    assert math.isclose(report.threshold, 0.03)
