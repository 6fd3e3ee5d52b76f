# SPDX-License-Identifier: Apache-2.0
"""What a verdict rests on: processes, pairs, or shares of the ceiling beside."""

import math

import numpy as np
import pytest
from comparing import NAME, series, steady

from workspan.compare.evidence import (
    Evidence,
    Setting,
    compare_times,
    evidence_of,
    find_obstacle,
    judged_by,
)
from workspan.compare.series import Ceiling
from workspan.compare.verdict import Thresholds
from workspan.stats.pairs import Blocks

SETTING = Setting(Thresholds(), 1, paired=False)


def with_shares(times: list[list[float]], shares: list[float], **changed: object) -> object:
    logs = {number: math.log(share) for number, share in enumerate(shares, 1)}
    return series(
        NAME,
        times,
        ceiling=Ceiling("read/omp/n:8/threads:2", "read", logs, dict.fromkeys(logs, -20.0)),
        **changed,
    )


def test_by_share_more_is_slower_and_the_times_do_not_matter() -> None:
    old = with_shares([[1.0], [2.0], [3.0], [1.5]], [0.90, 0.92, 0.91, 0.93])
    new = with_shares([[9.0], [1.0], [2.0], [4.0]], [0.80, 0.82, 0.81, 0.83])
    row = compare_times(old, new, paired=False)
    told = judged_by(row, evidence_of(old, new, "share", paired=False))
    assert told.effect == pytest.approx(0.915 / 0.815, rel=1e-3)
    assert told.interval
    assert 1 < told.interval[0] < told.effect < told.interval[1] < 1.2
    assert (told.by, told.time_effect) == ("share", row.effect)
    assert (told.old_share, told.new_share) == pytest.approx((0.915, 0.815), rel=1e-3)
    assert judged_by(row, evidence_of(old, new, "time", paired=False)) is row


def test_welch_up_to_nine_invocations_ranks_from_ten_and_t_for_pairs() -> None:
    four, ten = (tuple(np.log(np.arange(1.0, n + 1))) for n in (4, 10))
    assert Evidence("time", four[:3], four).test(SETTING) == ("", None)
    assert Evidence("time", four, ten).test(SETTING)[0] == "Welch's t on logarithms"
    assert Evidence("share", ten, ten).test(SETTING)[0] == "Mann-Whitney"
    assert Evidence("time", ten, ten, four).test(SETTING)[0] == "paired t on logarithms"
    assert Evidence("time", ten, ten, (0.1,) * 4).test(SETTING) == ("paired t on logarithms", None)


def test_the_interval_is_that_of_student_and_of_welch() -> None:
    pairs = Evidence("time", (0.0,) * 3, (0.0,) * 3, (0.1, 0.2, 0.3)).estimate()
    half = 4.302653 * 0.1 / math.sqrt(3)  # t with 2 degrees of freedom
    assert pairs.interval == pytest.approx((math.exp(0.2 - half), math.exp(0.2 + half)), rel=1e-5)
    alone = Evidence("time", (0.0, 0.1, 0.2), (0.3, 0.4, 0.5)).estimate()
    half = 2.776445 * 0.1 * math.sqrt(2 / 3)  # equal variances: 4 degrees
    assert alone.interval == pytest.approx((math.exp(0.3 - half), math.exp(0.3 + half)), rel=1e-5)
    assert Evidence("time", (0.0, 0.1), (0.3, 0.4)).estimate().interval is None


def test_the_variance_of_pairs_is_without_the_drift_that_both_share() -> None:
    old, new = (0.0, 2.0), (1.0, 3.0)
    assert Evidence("time", old, new).noise == pytest.approx((4, 2))
    assert Evidence("time", old, (1.0, 1.0)).noise == pytest.approx((2, 1)), "of Welch"
    assert Evidence("time", (1.0, 1.0), (1.0, 1.0)).noise == (0, 2)
    assert Evidence("time", old, new, (1.0, 1.0)).noise == pytest.approx((0, 1))


def test_pairs_of_one_process_are_those_of_its_blocks() -> None:
    old = series(NAME, [[1.0, 2.0, 4.0]], blocks={1: Blocks((1, 2, 3), (1.0, 2.0, 4.0))})
    new = series(NAME, [[3.0, 6.0, 1.0]], blocks={1: Blocks((1, 2, 4), (3.0, 6.0, 1.0))})
    assert compare_times(old, new, paired=True).effect == pytest.approx(3)
    assert compare_times(old, new, paired=False).effect == pytest.approx(3 / 2)
    without = series(NAME, [[3.0]], blocks={1: Blocks((9,), (3.0,))})
    assert evidence_of(old, without, "time", paired=True).pairs == ()


def test_moved_cores_are_an_obstacle_by_time_only() -> None:
    near, far = (
        with_shares(steady(1.0), [0.9] * 10, threads=2, memory_bound=True, round_trips=(trip,))
        for trip in (67e-9, 325e-9)
    )
    assert "cores moved" in (find_obstacle(near, far, paired=False) or ("",))[0]
    assert find_obstacle(near, far, paired=False, by="share") is None
