# SPDX-License-Identifier: Apache-2.0
"""Many cases compared: the correction, the mean, the order, notes and exit codes."""

import dataclasses

import numpy as np
import pytest
from comparing import NAME, NAMES, compare_one, series, series_without_times, steady, suite
from scipy import stats

from workspan.compare.cases import Report, compare_cases, exit_code
from workspan.compare.verdict import Thresholds, Verdict
from workspan.resultfile.model import Status
from workspan.support.errors import Exit


def test_q_is_corrected_over_all_compared_cases_and_only_these() -> None:
    rng = np.random.default_rng(5)
    old, new = suite(rng, 10), suite(rng, 10, slowed={3: 1.05})
    few = [series(f"x{i}/seq/n:1/threads:1", steady(1.0, 3)) for i in range(100)]
    rows = [row for row in compare_cases([*old, *few], [*new, *few]).rows if row.p is not None]
    assert len(rows) == 50
    assert [row.q for row in rows] == pytest.approx(
        list(stats.false_discovery_control([row.p or 0 for row in rows]))
    )
    assert {row.test for row in rows} == {"Mann-Whitney"}


def test_the_geometric_mean_is_of_common_cases() -> None:
    names = [f"w{i}/seq/n:1/threads:1" for i in range(4)]
    old = [series(name, steady(1.0)) for name in names]
    new = [series(name, steady(time)) for name, time in zip(names[:2], (2.0, 0.5), strict=True)]
    report = compare_cases(old, [*new, series_without_times(Status.CRASHED, name=names[2])])
    assert report.mean == pytest.approx(1)
    assert report.mean_cases == 2
    assert report.mean_interval
    assert report.mean_interval[0] < 1 < report.mean_interval[1]
    assert report.counts == {"BROKEN": 1, "SLOWER": 1, "ONLY_OLD": 1, "FASTER": 1}


@pytest.mark.parametrize(
    ("fail_on", "verdict", "code"),
    [
        ({Verdict.SLOWER}, Verdict.SLOWER, Exit.FAILED),
        (set(), Verdict.SLOWER, Exit.GOOD),
        ({Verdict.SLOWER}, Verdict.FASTER, Exit.GOOD),
        ({Verdict.ONLY_OLD}, Verdict.ONLY_OLD, Exit.FAILED),
        ({Verdict.SLOWER}, Verdict.ONLY_OLD, Exit.NOTHING),
        ({Verdict.SLOWER}, Verdict.INCONCLUSIVE, Exit.NOTHING),
        ({Verdict.INCONCLUSIVE}, Verdict.INCONCLUSIVE, Exit.FAILED),
        ({Verdict.SLOWER}, Verdict.NONE, Exit.NOTHING),
        ({Verdict.SLOWER}, Verdict.SAME, Exit.GOOD),
        (Thresholds().fail_on, Verdict.BROKEN, Exit.FAILED),
    ],
)
def test_exit_codes(fail_on: set[Verdict], verdict: Verdict, code: Exit) -> None:
    row = dataclasses.replace(compare_one(steady(1.0), steady(1.0)).rows[0], verdict=verdict)
    assert exit_code(Report([row]), Thresholds(fail_on=frozenset(fail_on))) is code


def test_without_cases_the_comparison_is_inconclusive() -> None:
    report = compare_cases([], [])
    assert (report.rows, report.mean) == ([], None)
    assert exit_code(report, Thresholds()) is Exit.NOTHING


def test_the_most_urgent_comes_first_and_notes_name_the_limits() -> None:
    old = [series(f"w{i}/seq/n:1/threads:1", steady(1.0), disturbed=i) for i in range(3)]
    new = [
        series(old[0].name, steady(1.0)),
        series(old[1].name, steady(2.0)),
        series_without_times(Status.CRASHED, name=old[2].name),
    ]
    report = compare_cases(old, new)
    assert [row.verdict for row in report.rows] == [Verdict.BROKEN, Verdict.SLOWER, Verdict.SAME]
    notes = " | ".join(report.notes)
    assert "separate runs" in notes
    assert "disturbed, but counted: 1 invocation of old, 0 of new" in notes
    assert "separate" not in " ".join(compare_cases(old, new, paired=True).notes)


def test_a_side_that_was_disturbed_throughout_is_no_evidence() -> None:
    """Of ten invocations each. One quiet one is enough, as it was before."""
    old, second = series(NAME, steady(1.0)), series(NAMES[1], steady(1.0), disturbed=3)
    loud, quiet = (series(NAME, steady(2.0), disturbed=count) for count in (10, 9))
    report = compare_cases([old, second], [loud, series(NAMES[1], steady(1.0))])
    rows = {row.name: row for row in report.rows}
    assert rows[NAME].verdict is Verdict.NONE
    assert rows[NAME].reason.startswith("every invocation of new was disturbed; measure again")
    assert (report.mean_cases, exit_code(report, Thresholds())) == (1, Exit.GOOD)
    assert "disturbed, but counted: 3 invocations of old, 0 of new, over all cases" in report.notes
    assert compare_cases([old], [quiet]).rows[0].verdict is Verdict.SLOWER
    (row,) = compare_cases([loud], [loud]).rows
    assert row.reason.startswith("every invocation of old and of new was disturbed")
    (pair,) = compare_cases([old], [loud], paired=True).rows
    assert "disturbed" not in pair.reason, "interleaved, so both sides were"


def test_repetitions_of_other_programs_have_a_note() -> None:
    old, new = (series("BM_x", steady(time), own=False) for time in (1.0, 2.0))
    report = compare_cases([old], [new])
    assert report.rows[0].verdict is Verdict.SLOWER
    assert any(
        "repetitions of one process stand in for invocations" in note for note in report.notes
    )
