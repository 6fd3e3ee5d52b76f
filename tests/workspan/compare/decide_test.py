# SPDX-License-Identifier: Apache-2.0
"""Verdicts by share, in which the machine cancels, and by time where a share says nothing."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from comparing import series, steady

from workspan.compare.cases import compare_cases
from workspan.compare.decide import ONLY_THE_CEILING, changed_ceilings
from workspan.compare.series import Ceiling, Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict
from workspan.resultfile.samples import Cost

REDUCE, READ = "reduce/omp/n:8/threads:2", "read/omp/n:8/passes:4/threads:2"
ROW = "read/omp/n:16384/threads:2"  # the ceiling's own rows have other sizes, and no passes
PROCESSES = 5
ALARMS = (Verdict.SLOWER, Verdict.FASTER)


class Run(NamedTuple):
    """machine: factor on all times; code: on those of reduce; ceiling: on those of read."""

    machine: float = 1.0
    code: float = 1.0
    ceiling: float = 1.0
    rows: bool = True  # of the ceiling itself
    threads: int = 2  # of these rows


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
        "read",
        dict(zip(numbers, np.log(0.9 * read / reduce).tolist(), strict=True)),
        dict(zip(numbers, np.log(read).tolist(), strict=True)),
    )
    fields = {"threads": 2, "memory_bound": True}
    found = [series(REDUCE, [[t] for t in reduce], ceiling=beside, **fields)]
    own = run.machine * run.ceiling * noise(0.003)
    one = fields | {"threads": run.threads, "is_ceiling": True}
    rows = [series(ROW, [[t] for t in own], **one)]
    return found + (rows if run.rows else [])


def verdict(old: Run, new: Run, processes: int = PROCESSES) -> CaseVerdict:
    rows = compare_cases(cases(old, 1, processes), cases(new, 2, processes)).rows
    return next(row for row in rows if row.name == REDUCE)


def test_a_ceiling_that_was_disturbed_throughout_has_not_changed() -> None:
    name = "read/omp/n:8/threads:2"
    old, quiet, loud = (
        series(name, steady(time), is_ceiling=True, threads=2, disturbed=disturbed)
        for time, disturbed in ((1.0, 0), (2.0, 9), (2.0, 10))
    )
    assert changed_ceilings([(old, quiet)], Thresholds())
    assert not changed_ceilings([(old, loud)], Thresholds())


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


def counted(run: list[Series], flops: float, works: float = 0.0) -> list[Series]:
    """The work of a run of reduce, and that over the work of read."""
    return [
        replace(
            one,
            cost=Cost(flops=flops, bytes=8.0, items=1.0),
            ceiling=one.ceiling
            and replace(
                one.ceiling,
                works=works,
                shares={k: share + works for k, share in one.ceiling.shares.items()},
            ),
        )
        for one in run
    ]


@pytest.mark.parametrize(
    ("flops", "detail"),
    [
        (16.0, "judged by time: the counted cost of a run differs"),
        (8.0, "judged by time: the counted cost of a run of its ceiling differs"),
    ],
)
@pytest.mark.parametrize("code", [1.0, 2.0])
def test_work_that_is_counted_anew_is_no_change_of_the_code(
    flops: float, detail: str, code: float
) -> None:
    old = counted(cases(Run(), 1, 10), 8.0)
    new = counted(cases(Run(code=code), 2, 10), flops, math.log(2))
    row = next(row for row in compare_cases(old, new).rows if row.name == REDUCE)
    assert (row.by, row.detail) == ("time", detail)
    assert row.effect == pytest.approx(code, rel=0.15)
    assert row.verdict is not Verdict.FASTER
    same = compare_cases(old, counted(cases(Run(), 2, 10), 8.0)).rows
    assert {(row.by, row.detail) for row in same if row.name == REDUCE} == {("share", "")}


def test_a_ceiling_that_became_slower_itself_makes_nothing_else_faster() -> None:
    row = verdict(Run(), Run(ceiling=1.5))
    assert row.by == "time"
    assert row.verdict is not Verdict.FASTER
    assert row.detail == f"judged by time: its ceiling is slower itself, by {ROW}"


@pytest.mark.parametrize("rows", [Run(rows=False), Run(threads=1)])
@pytest.mark.parametrize("ceiling", [1.25, 1 / 1.25])
def test_a_ceiling_that_changed_alone_decides_nothing(rows: Run, ceiling: float) -> None:
    """Without rows of the ceiling on as many threads, which would tell of it."""
    row = verdict(rows, rows._replace(ceiling=ceiling))
    assert row.by == "share"
    assert row.effect == pytest.approx(1 / ceiling, rel=0.02)
    assert row.verdict is Verdict.NONE
    assert row.reason.startswith("its share changed, but its time did not follow")


@pytest.mark.parametrize(
    ("ceiling", "code"), [(1.25, 0.87), (1.25, 0.97), (1 / 1.25, 1.18), (1 / 1.25, 1.03)]
)
def test_a_time_that_moved_against_its_ceiling_has_not_followed_it(
    ceiling: float, code: float
) -> None:
    row = verdict(Run(rows=False), Run(ceiling=ceiling, code=code, rows=False))
    assert row.by == "share"
    assert row.effect == pytest.approx(code / ceiling, rel=0.02)
    assert (row.verdict, row.reason) == (Verdict.NONE, ONLY_THE_CEILING)


@pytest.mark.parametrize("machine", [1.25, 1 / 1.25])
@pytest.mark.parametrize(("part", "follows"), [(0.3, False), (0.7, True)])
def test_a_time_that_followed_half_of_the_way_keeps_its_verdict(
    machine: float, part: float, follows: bool
) -> None:
    row = verdict(Run(rows=False), Run(ceiling=machine, code=machine**part, rows=False))
    word = Verdict.FASTER if machine > 1 else Verdict.SLOWER
    assert row.verdict is (word if follows else Verdict.NONE)


def test_a_machine_that_changed_hides_no_change_of_the_code() -> None:
    row = verdict(Run(rows=False), Run(machine=1.5, code=1.1, rows=False))
    assert (row.verdict, row.by) == (Verdict.SLOWER, "share")
    row = verdict(Run(rows=False), Run(machine=1.5, code=1 / 1.1, rows=False))
    assert (row.verdict, row.by) == (Verdict.FASTER, "share")


def test_the_mean_is_of_the_effects_that_the_rows_show() -> None:
    report = compare_cases(cases(Run(rows=False), 1), cases(Run(machine=1.7, rows=False), 2))
    assert report.mean == pytest.approx(report.rows[0].effect)
    assert report.mean == pytest.approx(1, rel=0.01)
    assert report.mean_interval
    assert report.mean_interval[0] < 1 < report.mean_interval[1]
    old, new = cases(Run(rows=False), 1), cases(Run(machine=1.7), 2)  # one more row, by time
    effects = [row.effect or 0 for row in compare_cases([*old, cases(Run(), 1)[1]], new).rows]
    report = compare_cases([*old, cases(Run(), 1)[1]], new)
    assert report.mean == pytest.approx(math.sqrt(math.prod(effects)))


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
    (found,) = changed_ceilings(timed, Thresholds()).items()
    assert (found[0], found[1].name, found[1].verdict) == (("read", 2), ROW, Verdict.SLOWER)
    assert changed_ceilings(timed, Thresholds(change=0.2)) == {}
    few = list(zip(cases(Run(), 1, 3), cases(Run(ceiling=1.1), 2, 3), strict=True))
    assert changed_ceilings(few, Thresholds()) == {}


def test_pairs_and_ceilings_and_files_without_beside_are_judged_by_time() -> None:
    rows = compare_cases(cases(Run(), 1), cases(Run(code=1.1), 2)).rows
    assert {row.name: row.by for row in rows} == {REDUCE: "share", ROW: "time"}
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


def test_a_case_that_was_seldom_measured_with_its_ceiling_is_judged_by_time() -> None:
    old, new = cases(Run(), 1)[0], cases(Run(code=1.3), 2)[0]
    assert new.ceiling
    seldom = replace(new, ceiling=replace(new.ceiling, shares={1: math.log(0.5)}))
    (row,) = compare_cases([old], [seldom]).rows
    assert (row.by, row.verdict) == ("time", Verdict.SLOWER)
    assert row.detail.startswith("judged by time: too few processes")


def test_notes_explain_shares() -> None:
    report = compare_cases(cases(Run(), 1), cases(Run(), 2))
    assert any(note.startswith("by share: ") for note in report.notes)
    # Only rows judged by time depend on where the cores were.
    assert any(note.startswith("1 memory-bound case on several threads") for note in report.notes)
    assert math.isclose(report.threshold, 0.03)
