# SPDX-License-Identifier: Apache-2.0
"""Verdicts on one case, rule by rule."""

from dataclasses import replace

import numpy as np
import pytest
from comparing import NAME, compare_one, series, series_without_times, steady, times

from workspan.compare.cases import compare_cases, exit_code
from workspan.compare.evidence import Setting, compare_times, estimate_needed, evidence_of
from workspan.compare.series import Series
from workspan.compare.verdict import (
    CaseVerdict,
    Thresholds,
    Verdict,
    decide_verdict,
    needed_words,
    verdict_from_status,
)
from workspan.resultfile.model import Status
from workspan.support.errors import Exit
from workspan.support.text import quantity

BEYOND = "statistically significant (q < 0.05), and the estimate is beyond 3 %"


@pytest.mark.parametrize("invocations", [1, 2, 3])
def test_below_four_invocations_there_is_no_verdict_however_clear_the_difference(
    invocations: int,
) -> None:
    report = compare_one(steady(1.0, invocations), steady(2.0, 10))
    (row,) = report.rows
    assert row.verdict is Verdict.NONE
    assert (
        row.reason == f"{quantity(invocations, 'invocation')} of old, 10 of new; "
        "a verdict needs 4 of each: workspan run --preset gate"
    )
    assert (row.p, row.q) == (None, None)
    assert row.effect == pytest.approx(2, rel=0.01)
    assert exit_code(report, Thresholds()) is Exit.NOTHING


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
def test_verdicts_with_little_noise(ratio: float, invocations: int, verdict: Verdict) -> None:
    (row,) = compare_one(steady(1.0, invocations), steady(ratio, invocations)).rows
    assert row.verdict is verdict
    assert row.effect == pytest.approx(ratio)
    assert row.interval
    assert row.interval[0] <= row.effect <= row.interval[1]
    assert row.reason


def test_a_significant_difference_within_the_threshold_is_same() -> None:
    (row,) = compare_one(steady(1.0), steady(1.025)).rows
    assert row.q is not None
    assert row.q < 1e-3
    assert row.verdict is Verdict.SAME
    (row,) = compare_one(steady(1.0), steady(1.025), thresholds=Thresholds(change=0.02)).rows
    assert row.verdict is Verdict.SLOWER


def test_differences_hidden_by_noise_are_inconclusive_with_needed_invocations() -> None:
    rng = np.random.default_rng(4)
    (row,) = compare_cases(
        [series(NAME, times(rng, 6, 0.05))], [series(NAME, times(rng, 6, 0.05))]
    ).rows
    assert row.verdict is Verdict.INCONCLUSIVE
    assert row.needed is None or row.needed > 6
    (row,) = compare_one(steady(1.0, 10, 0.015), steady(1.0, 10, 0.015)[::-1]).rows
    assert (row.verdict, row.reason) == (
        Verdict.INCONCLUSIVE,
        "no difference found, but the interval reaches beyond 3 %",
    )
    assert row.needed
    assert 10 < row.needed < 200


@pytest.mark.parametrize(
    ("effect", "interval", "q", "verdict", "why"),
    [
        (1.06, (1.04, 1.08), 0.049, Verdict.SLOWER, BEYOND),
        (
            1.06,
            (1.04, 1.08),
            0.05,
            Verdict.INCONCLUSIVE,
            "looks slower by more than 3 %, but not statistically significant (q >= 0.05)",
        ),
        (1.04, (1.01, 1.07), 0.01, Verdict.SLOWER, BEYOND),  # may be of 1 %, and says no more
        (
            1.06,
            (0.99, 1.12),
            0.01,
            Verdict.INCONCLUSIVE,
            "looks slower by more than 3 %, but the interval includes 1 (no change)",
        ),
        (0.94, (0.92, 0.96), 0.049, Verdict.FASTER, BEYOND),
        (0.94, (0.92, 0.96), 0.05, Verdict.INCONCLUSIVE, "looks faster"),
        (
            0.94,
            (0.92, 1.01),
            0.01,
            Verdict.INCONCLUSIVE,
            "looks faster by more than 3 %, but the interval includes 1 (no change)",
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
    row = decide_verdict(
        CaseVerdict(NAME, Verdict.NONE, "", effect=effect, interval=interval, p=0.01),
        q,
        Thresholds(),
    )
    assert (row.verdict, row.q) == (verdict, q)
    assert row.reason.startswith(why)


def test_times_without_variation_have_no_verdict() -> None:
    (row,) = compare_one([[1.0]] * 5, [[2.0]] * 5).rows
    assert row.verdict is Verdict.NONE
    assert "do not vary" in row.reason


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("invocations", [5, 9])
def test_times_that_vary_on_one_side_only_are_told_without_a_warning(invocations: int) -> None:
    (row,) = compare_one(steady(1.0, invocations), [[1.1]] * invocations).rows
    assert row.verdict is Verdict.SLOWER


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
def test_cases_without_times_on_both_sides(old: str, new: str, verdict: Verdict | None) -> None:
    def side(status: str) -> list[Series]:
        return (
            []
            if not status
            else [series(NAME, steady(1.0))]
            if status == "ok"
            else [series_without_times(Status(status), f"{status} here")]
        )

    rows = compare_cases(side(old), side(new)).rows
    assert [row.verdict for row in rows] == ([verdict] if verdict else [])
    for row in rows:
        assert row.name == NAME
        assert row.reason
        assert all(
            status in ("ok", "", "skipped") or f"{status}: {status} here" in row.detail
            for status in (old, new)
        )
        assert (row.old_time is not None, row.new_time is not None) == (old == "ok", new == "ok")


def test_memory_bound_threads_whose_cores_moved_have_no_verdict() -> None:
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
    (row,) = compare_cases(side(near), side(far)).rows
    assert row.verdict is Verdict.NONE
    assert "cores moved" in row.reason
    assert row.detail == "round trip 67.0 ns, then 325 ns"
    assert compare_cases(side(near), side((99e-9,))).rows[0].verdict is Verdict.SAME
    for changed in ({"memory_bound": False}, {"threads": 1}, {"scope": "kernel"}):
        assert (
            compare_cases(side(near, **changed), side(far, **changed)).rows[0].verdict
            is Verdict.SLOWER
        )
    (pair,) = compare_cases(
        side(near), [replace(side(far)[0], samples=side(far)[0].samples[::-1])], paired=True
    ).rows
    assert pair.verdict is Verdict.SLOWER


def test_times_and_effects_are_geometric_means_over_invocations() -> None:
    old, new = series(NAME, [[1.0], [10.0], [2.0]]), series(NAME, [[2.0], [11.0], [8.0]])
    separate, paired = (compare_times(old, new, paired=paired) for paired in (False, True))
    assert separate.effect == pytest.approx((2 * 1.1 * 4) ** (1 / 3))
    assert paired.effect == pytest.approx(separate.effect)
    assert separate.old_time == pytest.approx(20 ** (1 / 3))
    assert separate.new_time == pytest.approx(176 ** (1 / 3))
    assert separate.interval and paired.interval
    assert paired.interval[1] < separate.interval[1]  # drift cancels in pairs
    assert (separate.unit, paired.unit) == ("invocation", "pair")


def test_the_needed_number_has_a_unit() -> None:
    assert needed_words(20, "invocation") == "20 invocations of each"
    assert needed_words(20, "pair") == "20 pairs"


def test_the_needed_number_exceeds_that_of_the_row() -> None:
    noisy = [[1.0 + k % 3 / 10] for k in range(10)]
    old, new = series(NAME, noisy), series(NAME, noisy[1:] + noisy[:1])
    row = compare_times(old, new, paired=False)
    evidence = evidence_of(old, new, "time", paired=False)
    needed = estimate_needed(row, evidence, Setting(Thresholds(), 1, paired=False)).needed
    assert needed and needed > 10


def test_reasons_name_the_sides() -> None:
    ok, failed = series(NAME, steady(1.0)), series_without_times(Status.FAILED)
    row = verdict_from_status(ok, failed, ("the reference", "yours"))
    assert row
    assert (row.verdict, row.reason, row.detail) == (
        Verdict.BROKEN,
        "ok in the reference, not in yours",
        "failed: why",
    )
