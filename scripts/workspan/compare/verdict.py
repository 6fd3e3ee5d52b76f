# SPDX-License-Identifier: Apache-2.0
"""The verdict on one case: SLOWER, FASTER or SAME, or why none is possible.

The rules are in docs/design.md, section 7.
"""

import enum
import math
from dataclasses import dataclass, replace
from typing import Literal

from workspan.compare.series import Series
from workspan.compare.thresholds import CHANGE, format_percent
from workspan.resultfile.model import FAILURES, CaseWarning, Status
from workspan.stats.needed import MOST_NEEDED
from workspan.support.text import quantity

MOST_ESTIMATED = MOST_NEEDED  # invocations; beyond, `needed` is None


class Verdict(enum.Enum):
    """The verdict on a case. The order is that of display: first what needs attention."""

    BROKEN = "BROKEN"  # ok in old, but not in new
    SLOWER = "SLOWER"
    ONLY_OLD = "ONLY_OLD"
    INCONCLUSIVE = "INCONCLUSIVE"
    NONE = "NONE"  # no verdict; the reason says why
    FIXED = "FIXED"
    FASTER = "FASTER"
    ONLY_NEW = "ONLY_NEW"
    SAME = "SAME"
    NORMAL = "NORMAL"  # against a reference, without a test: within the tolerance band


@dataclass(frozen=True)
class Thresholds:
    """When a difference counts, and when it fails the command.

    change: the smallest relative change of time, as estimated, that counts; fail_on: verdicts for
    exit code 1; significance: the bound on false discoveries among all verdicts.
    """

    change: float = CHANGE
    fail_on: frozenset[Verdict] = frozenset({Verdict.SLOWER, Verdict.BROKEN})
    significance: float = 0.05


@dataclass(frozen=True)
class CaseVerdict:
    """One row of a comparison.

    Times in seconds; by: what the verdict rests on; effect: new / old time, by share relative to
    the ceiling's, with its 95 % interval; time_effect: new / old time in any case; p, q: of the
    named test, q corrected for all cases. reason: of this verdict, in the same words for all
    cases; detail: of this case only.
    """

    name: str
    verdict: Verdict
    reason: str
    detail: str = ""
    against: str = ""  # the name of the old case, if it is a different one
    old_time: float | None = None
    new_time: float | None = None
    effect: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    q: float | None = None
    test: str = ""
    old_invocations: int = 0
    new_invocations: int = 0
    needed: int | None = None  # of `unit`, on each side, that would probably decide
    warnings: tuple[CaseWarning, ...] = ()  # of the new side
    unit: str = "invocation"  # or "pair", or "repetition" in other programs' files
    by: Literal["time", "share"] = "time"
    time_effect: float | None = None
    old_share: float | None = None  # of the ceiling measured beside it
    new_share: float | None = None


def verdict_from_status(
    old: Series | None, new: Series | None, sides: tuple[str, str] = ("old", "new")
) -> CaseVerdict | None:
    """The row of a case without times on both sides.

    None for a case with times, and for one that was skipped in every file that has it.
    """
    both = [series for series in (old, new) if series]
    found = _status_verdict(old, new, sides)
    if found is None:
        return None
    verdict, reason = found
    failures = "; ".join(f"{s.status.value}: {s.reason}" for s in both if s.status in FAILURES)
    skips = "; ".join(s.reason for s in both if s.status is Status.SKIPPED)
    times = [s.time if s and s.samples else None for s in (old, new)]
    counts = [len(s.samples) if s else 0 for s in (old, new)]
    return CaseVerdict(
        both[-1].name,
        verdict,
        reason,
        failures or skips,
        old_time=times[0],
        new_time=times[1],
        old_invocations=counts[0],
        new_invocations=counts[1],
    )


def _status_verdict(
    old: Series | None, new: Series | None, sides: tuple[str, str]
) -> tuple[Verdict, str] | None:
    """Verdict and reason by the statuses alone; None if both are ok, or neither was measured."""
    first, second = sides
    then, now = (series.status if series else None for series in (old, new))
    if now in FAILURES:
        if then in FAILURES:
            return Verdict.NONE, "failed in both"
        if then is Status.OK:
            return Verdict.BROKEN, f"ok in {first}, not in {second}"
        return Verdict.BROKEN, f"not measured in {first}, failed in {second}"
    if then in FAILURES:
        if now is Status.OK:
            return Verdict.FIXED, f"failed in {first}, ok in {second}"
        return Verdict.ONLY_OLD, f"failed in {first}, not measured in {second}"
    if then is Status.OK and now is not Status.OK:
        return Verdict.ONLY_OLD, f"skipped in {second}" if new else f"not in {second}"
    if now is Status.OK and then is not Status.OK:
        return Verdict.ONLY_NEW, f"skipped in {first}" if old else f"not in {first}"
    return None


def needed_words(needed: int | str, unit: str) -> str:
    """20 invocations of each; or 20 pairs, of which both sides have the same number."""
    return quantity(needed, unit) + ("" if unit == "pair" else " of each")


def decide_verdict(row: CaseVerdict, q: float, thresholds: Thresholds) -> CaseVerdict:
    """The verdict on a tested row, by q, effect and interval.

    SLOWER and FASTER are tested against no change; only the estimate is beyond the threshold.
    """
    effect, (low, high) = row.effect or 1.0, row.interval or (0.0, math.inf)
    limit, level = 1 + thresholds.change, thresholds.significance
    by, significant = format_percent(thresholds.change), q < level
    slower, faster = effect > limit, effect < 1 / limit
    if significant and ((slower and low > 1) or (faster and high < 1)):
        verdict = Verdict.SLOWER if slower else Verdict.FASTER
        reason = f"statistically significant (q < {level:g}), and the estimate is beyond {by}"
    elif low >= 1 / limit and high <= limit:
        verdict, reason = Verdict.SAME, f"the whole interval lies within {by}"
    elif slower or faster:
        verdict = Verdict.INCONCLUSIVE
        reason = f"looks {'slower' if slower else 'faster'} by more than {by}, but " + (
            "the interval includes 1 (no change)"
            if significant
            else f"not statistically significant (q >= {level:g})"
        )
    else:
        verdict = Verdict.INCONCLUSIVE
        difference = "differs" if significant else "no difference found"
        reason = f"{difference}, but the interval reaches beyond {by}"
    return replace(row, q=q, verdict=verdict, reason=reason)
