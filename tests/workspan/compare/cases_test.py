# SPDX-License-Identifier: Apache-2.0
"""Verdicts, rule by rule, on made-up cases."""

import dataclasses

import numpy as np
import pytest
from comparing import series, steady, suite, times
from scipy import stats

from workspan.compare.cases import CaseVerdict, Report, Rules, Series, Verdict, compare, exit_code
from workspan.compare.verdict import judged
from workspan.resultfile.model import Status
from workspan.support.errors import Exit
from workspan.support.text import counted

NAME = "fma/seq/n:8/threads:1"


def of(old: list[list[float]], new: list[list[float]], **options: object) -> Report:
    return compare([series(NAME, old)], [series(NAME, new)], **options)  # type: ignore[arg-type]


def without(status: Status, reason: str = "why", name: str = NAME) -> Series:
    return Series(name, status=status, reason=reason)


@pytest.mark.parametrize("invocations", [1, 2, 3])
def test_below_four_invocations_there_is_no_verdict_however_clear_it_looks(
    invocations: int,
) -> None:
    report = of(steady(1.0, invocations), steady(2.0, 10))
    (row,) = report.rows
    assert row.verdict is Verdict.NONE
    assert (
        row.reason
        == f"{counted(invocations, 'invocation')} of old, 10 of new; a verdict needs 4 of each"
    )
    assert (row.p, row.q) == (None, None)
    assert row.effect == pytest.approx(2, rel=0.01)
    assert exit_code(report, Rules()) is Exit.NOTHING


@pytest.mark.parametrize(
    ("ratio", "invocations", "verdict"),
    [
        (1.05, 10, Verdict.SLOWER),
        (1.05, 4, Verdict.SLOWER),
        (0.95, 10, Verdict.FASTER),
        (1.02, 10, Verdict.SAME),
        (1.0, 10, Verdict.SAME),
        (1.0, 4, Verdict.SAME),
    ],
)
def test_verdicts_of_little_noise(ratio: float, invocations: int, verdict: Verdict) -> None:
    (row,) = of(steady(1.0, invocations), steady(ratio, invocations)).rows
    assert row.verdict is verdict
    assert row.effect == pytest.approx(ratio)
    assert row.interval
    assert row.interval[0] <= row.effect <= row.interval[1]
    assert row.reason


def test_a_difference_within_the_threshold_is_no_alarm_however_sure() -> None:
    (row,) = of(steady(1.0), steady(1.025)).rows
    assert row.q is not None
    assert row.q < 1e-3
    assert row.verdict is Verdict.SAME
    (row,) = of(steady(1.0), steady(1.025), rules=Rules(threshold=0.02)).rows
    assert row.verdict is Verdict.SLOWER


def test_what_noise_hides_is_inconclusive_and_says_how_many_would_decide() -> None:
    rng = np.random.default_rng(4)
    (row,) = compare([series(NAME, times(rng, 6, 0.05))], [series(NAME, times(rng, 6, 0.05))]).rows
    assert row.verdict is Verdict.INCONCLUSIVE
    assert row.needed is None or row.needed > 6
    (row,) = of(steady(1.0, 10, 0.01), steady(1.0, 10, 0.01)[::-1]).rows
    assert (row.verdict, row.reason) == (
        Verdict.INCONCLUSIVE,
        "no difference found, but the interval reaches beyond 3 %",
    )
    assert row.needed
    assert 10 < row.needed < 200


@pytest.mark.parametrize(
    ("effect", "interval", "q", "verdict", "why"),
    [
        (1.06, (1.04, 1.08), 0.049, Verdict.SLOWER, "by more than 3 %"),
        (
            1.06,
            (1.04, 1.08),
            0.05,
            Verdict.INCONCLUSIVE,
            "looks slower by more than 3 %, but chance could do that (q >= 0.05)",
        ),
        (
            1.06,
            (0.99, 1.12),
            0.01,
            Verdict.INCONCLUSIVE,
            "looks slower by more than 3 %, but the interval holds no change at all",
        ),
        (0.94, (0.92, 0.96), 0.049, Verdict.FASTER, "by more than 3 %"),
        (0.94, (0.92, 0.96), 0.05, Verdict.INCONCLUSIVE, "looks faster"),
        (
            0.94,
            (0.92, 1.01),
            0.01,
            Verdict.INCONCLUSIVE,
            "looks faster by more than 3 %, but the interval holds no change at all",
        ),
        (1.02, (1.01, 1.029), 0.01, Verdict.SAME, "the whole interval lies within 3 %"),
        (
            1.02,
            (1.01, 1.031),
            0.01,
            Verdict.INCONCLUSIVE,
            "differs, but the interval reaches beyond 3 %",
        ),
        (
            0.98,
            (0.97, 1.0),
            0.5,
            Verdict.INCONCLUSIVE,
            "no difference found, but the interval reaches beyond 3 %",
        ),
        (0.98, (0.971, 1.029), 0.5, Verdict.SAME, "the whole interval lies within 3 %"),
    ],
)
def test_verdicts_from_effect_interval_and_q(
    effect: float, interval: tuple[float, float], q: float, verdict: Verdict, why: str
) -> None:
    row = judged(
        CaseVerdict(NAME, Verdict.NONE, "", effect=effect, interval=interval, p=0.01), q, Rules()
    )
    assert (row.verdict, row.q) == (verdict, q)
    assert row.reason.startswith(why)


def test_without_any_spread_nothing_is_told() -> None:
    (row,) = of([[1.0]] * 5, [[2.0]] * 5).rows
    assert row.verdict is Verdict.NONE
    assert "do not vary" in row.reason


def test_q_is_corrected_over_all_compared_cases_and_only_these() -> None:
    rng = np.random.default_rng(5)
    old, new = suite(rng, 10), suite(rng, 10, slowed={3: 1.05})
    few = [series(f"x{i}/seq/n:1/threads:1", steady(1.0, 3)) for i in range(100)]
    rows = [row for row in compare([*old, *few], [*new, *few]).rows if row.p is not None]
    assert len(rows) == 50
    assert [row.q for row in rows] == pytest.approx(
        list(stats.false_discovery_control([row.p or 0 for row in rows]))
    )
    assert {row.test for row in rows} == {"Mann-Whitney"}


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("ok", "failed", Verdict.BROKEN),
        ("ok", "crashed", Verdict.BROKEN),
        ("ok", "timeout", Verdict.BROKEN),
        ("skipped", "crashed", Verdict.BROKEN),
        ("", "failed", Verdict.BROKEN),
        ("failed", "ok", Verdict.FIXED),
        ("timeout", "ok", Verdict.FIXED),
        ("crashed", "failed", Verdict.NONE),
        ("crashed", "skipped", Verdict.ONLY_OLD),
        ("failed", "", Verdict.ONLY_OLD),
        ("ok", "skipped", Verdict.ONLY_OLD),
        ("ok", "", Verdict.ONLY_OLD),
        ("skipped", "ok", Verdict.ONLY_NEW),
        ("", "ok", Verdict.ONLY_NEW),
        ("skipped", "skipped", None),
        ("skipped", "", None),
    ],
)
def test_cases_that_have_no_times_on_both_sides(
    old: str, new: str, verdict: Verdict | None
) -> None:
    def side(status: str) -> list[Series]:
        return (
            []
            if not status
            else [series(NAME, steady(1.0))]
            if status == "ok"
            else [without(Status(status), f"{status} here")]
        )

    rows = compare(side(old), side(new)).rows
    assert [row.verdict for row in rows] == ([verdict] if verdict else [])
    for row in rows:
        assert row.name == NAME
        assert row.reason
        assert all(
            status in ("ok", "", "skipped") or f"{status}: {status} here" in row.detail
            for status in (old, new)
        )
        assert (row.old_time is not None, row.new_time is not None) == (old == "ok", new == "ok")


def test_threads_whose_cores_moved_get_no_verdict_where_memory_bounds_them() -> None:
    def side(trips: tuple[float, ...], **changed: object) -> list[Series]:
        fields = {"threads": 2, "memory_bound": True} | changed
        return [
            series(
                "dot/omp/n:8/threads:2",
                steady(1.0 if trips[0] < 1e-7 else 1.5),
                round_trips=trips,
                **fields,
            )
        ]

    near, far = (67e-9, 66e-9, 1e-6), (325e-9,)
    (row,) = compare(side(near), side(far)).rows
    assert row.verdict is Verdict.NONE
    assert "cores moved" in row.reason
    assert row.detail == "round trip 67.0 ns, then 325 ns"
    assert compare(side(near), side((99e-9,))).rows[0].verdict is Verdict.SAME
    for changed in ({"memory_bound": False}, {"threads": 1}, {"scope": "kernel"}):
        assert (
            compare(side(near, **changed), side(far, **changed)).rows[0].verdict is Verdict.SLOWER
        )
    assert compare(side(near), side(far), paired=True).rows[0].verdict is Verdict.SLOWER


def test_pairs_cancel_a_drift_that_separate_runs_take_for_noise() -> None:
    drift = np.linspace(1, 1.3, 10)
    wobble = 1 + 0.002 * np.array([0, 3, 1, 4, 2, 5, 1, 3, 0, 2])
    old, new = (
        [[float(d)] for d in drift],
        [[float(d * 1.05 * w)] for d, w in zip(drift, wobble, strict=True)],
    )
    assert of(old, new).rows[0].verdict is Verdict.INCONCLUSIVE
    (row,) = of(old, new, paired=True).rows
    assert (row.verdict, row.test) == (Verdict.SLOWER, "signed rank")
    assert row.effect == pytest.approx(1.05, abs=0.01)


def test_pairs_go_by_number_not_by_place() -> None:
    old = series(NAME, [[float(k)] for k in range(1, 11)])
    new = dataclasses.replace(
        old, samples=tuple(s * 1.1 for s in old.samples[1:]), numbers=old.numbers[1:]
    )
    (row,) = compare([old], [new], paired=True).rows
    assert (row.old_invocations, row.new_invocations) == (9, 9)
    assert row.effect == pytest.approx(1.1)


def test_the_geometric_mean_is_of_common_cases() -> None:
    names = [f"w{i}/seq/n:1/threads:1" for i in range(4)]
    old = [series(name, steady(1.0)) for name in names]
    new = [series(name, steady(time)) for name, time in zip(names[:2], (2.0, 0.5), strict=True)]
    report = compare(old, [*new, without(Status.CRASHED, name=names[2])])
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
        (Rules().fail_on, Verdict.BROKEN, Exit.FAILED),
    ],
)
def test_exit_codes(fail_on: set[Verdict], verdict: Verdict, code: Exit) -> None:
    row = dataclasses.replace(of(steady(1.0), steady(1.0)).rows[0], verdict=verdict)
    assert exit_code(Report([row]), Rules(fail_on=frozenset(fail_on))) is code


def test_nothing_compared_is_nothing_told() -> None:
    report = compare([], [])
    assert (report.rows, report.mean) == ([], None)
    assert exit_code(report, Rules()) is Exit.NOTHING


def test_the_most_urgent_comes_first_and_notes_say_what_is_not_in_the_numbers() -> None:
    old = [series(f"w{i}/seq/n:1/threads:1", steady(1.0), disturbed=i) for i in range(3)]
    new = [
        series(old[0].name, steady(1.0)),
        series(old[1].name, steady(2.0)),
        without(Status.CRASHED, name=old[2].name),
    ]
    report = compare(old, new)
    assert [row.verdict for row in report.rows] == [Verdict.BROKEN, Verdict.SLOWER, Verdict.SAME]
    notes = " | ".join(report.notes)
    assert "separate runs" in notes
    assert "disturbed and counted all the same: 1 invocation of old, 0 of new" in notes
    assert "separate" not in " ".join(compare(old, new, paired=True).notes)


def test_repetitions_of_other_programs_are_said_to_be_no_invocations() -> None:
    old, new = (series("BM_x", steady(time), own=False) for time in (1.0, 2.0))
    report = compare([old], [new])
    assert report.rows[0].verdict is Verdict.SLOWER
    assert any(
        "repetitions of one process stand in for invocations" in note for note in report.notes
    )
