# SPDX-License-Identifier: Apache-2.0
"""The pairs of an `ab`: invocations that were run side by side."""

import dataclasses

import numpy as np
import pytest
from comparing import NAMES, on, result_of, series

from workspan.compare.ab_pairs import AbFiles, compare_ab
from workspan.compare.cases import Report, compare_cases
from workspan.compare.verdict import Thresholds, Verdict
from workspan.stats.pairs import Blocks

NAME = "fma/seq/n:8/threads:1"


def compare_one(old: list[list[float]], new: list[list[float]], *, paired: bool) -> Report:
    return compare_cases([series(NAME, old)], [series(NAME, new)], paired=paired)


def test_pairs_cancel_drift_that_is_noise_between_separate_runs() -> None:
    drift = np.linspace(1, 1.3, 10)
    wobble = 1 + 0.002 * np.array([0, 3, 1, 4, 2, 5, 1, 3, 0, 2])
    old, new = (
        [[float(d)] for d in drift],
        [[float(d * 1.05 * w)] for d, w in zip(drift, wobble, strict=True)],
    )
    assert compare_one(old, new, paired=False).rows[0].verdict is Verdict.INCONCLUSIVE
    (row,) = compare_one(old, new, paired=True).rows
    assert (row.verdict, row.test) == (Verdict.SLOWER, "paired t on logarithms")
    assert row.effect == pytest.approx(1.05, abs=0.01)


def test_pairs_are_matched_by_number_not_by_position() -> None:
    old = series(NAME, [[float(k)] for k in range(1, 11)])
    new = dataclasses.replace(
        old, samples=tuple(s * 1.1 for s in old.samples[1:]), numbers=old.numbers[1:]
    )
    (row,) = compare_cases([old], [new], paired=True).rows
    assert (row.old_invocations, row.new_invocations) == (9, 9)
    assert row.effect == pytest.approx(1.1)


def test_the_report_of_an_ab_names_both_sides_and_why_it_is_short() -> None:
    old = on(result_of(1e-3, 1e-3), "build.git_commit", "0123456789abcdef")
    new = on(result_of(1.1e-3, 1e-3, invocations=7), "build.flags", "-O3")
    files = AbFiles(old, new, ("bench", "bench A=1"), "time is up")
    report = compare_ab(files, Thresholds(), lambda name: "omp" not in name)
    assert (report.old, report.new) == ("bench, 0123456789ab", "bench A=1, x")
    assert [(row.name, row.verdict) for row in report.rows] == [(NAMES[0], Verdict.SLOWER)]
    assert (report.paired, report.rows[0].old_invocations) == (True, 7)
    assert "time is up in round 7: fewer pairs than asked for" in report.notes
    assert {d.what for d in report.differences} >= {"build.git_commit", "build.flags"}
    whole = compare_ab(AbFiles(old, new, ("a", "b")), Thresholds())
    assert (len(whole.rows), any("fewer pairs" in note for note in whole.notes)) == (2, False)


def test_blocks_of_two_processes_do_not_belong_together() -> None:
    drift = Blocks((1, 2, 3), (1.0, 2.0, 4.0))
    old = series(NAME, [[1.0, 2.0, 4.0]] * 4, blocks=dict.fromkeys(range(1, 5), drift))
    other = Blocks((2, 3, 9), (1.0, 2.0, 4.0))
    new = dataclasses.replace(old, blocks=dict.fromkeys(range(1, 5), other))
    (row,) = compare_cases([old], [new], paired=True).rows
    assert row.effect == pytest.approx(1)  # of the medians; block by block it would be 1/2
