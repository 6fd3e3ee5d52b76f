# SPDX-License-Identifier: Apache-2.0
"""The verdict on one case: SLOWER, FASTER or SAME where the numbers say so, else why they do not. DESIGN.md section 7."""

import enum
import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from workspan.compare.series import Series
from workspan.resultfile.model import CaseWarning, Status
from workspan.stats.intervals import (
    median_of_medians,
    medians,
    paired_interval,
    paired_ratio,
    ratio_interval,
    ratio_of,
)
from workspan.stats.significance import FEWEST, choose, invocations_needed, spread
from workspan.support.text import counted
from workspan.support.units import format_time

ROUND_TRIP_FACTOR = 1.5


class Verdict(enum.Enum):
    """What is said of a case. The order is the one in which they are shown: first what somebody must look at."""

    BROKEN = "BROKEN"  # ok in old, and not in new
    SLOWER = "SLOWER"
    ONLY_OLD = "ONLY_OLD"
    INCONCLUSIVE = "INCONCLUSIVE"
    NONE = "NONE"  # no verdict; the reason says why
    FIXED = "FIXED"
    FASTER = "FASTER"
    ONLY_NEW = "ONLY_NEW"
    SAME = "SAME"
    NORMAL = "NORMAL"  # against a reference, where no test is made: within the band


@dataclass(frozen=True)
class Rules:
    """threshold: the ratio of times, less one, from which a difference matters; fail_on: verdicts that make the exit code 1."""

    threshold: float = 0.03
    fail_on: frozenset[Verdict] = frozenset({Verdict.SLOWER, Verdict.BROKEN})
    level: float = 0.05  # of false discoveries among all verdicts


@dataclass(frozen=True)
class CaseVerdict:
    """One row. Times in seconds; effect: new / old time, with its 95 % interval; p, q: of the named test, q corrected for all cases.

    reason: why this verdict, the same words for all cases alike; detail: what only this case has to say.
    """

    name: str
    verdict: Verdict
    reason: str
    detail: str = ""
    against: str = ""  # the name of the old case where it is another one
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
    unit: str = "invocation"  # what is counted; "pair", or "repetition" in other programs' files


class Setting(NamedTuple):
    """In which a case is judged: the rules, how many cases are, and whether as pairs."""

    rules: Rules
    compared: int
    paired: bool


def percent(share: float) -> str:
    """3 %, 2.5 %."""
    return f"{share * 100:.3g} %"


FAILED = (Status.FAILED, Status.CRASHED, Status.TIMEOUT)


def without_times(
    old: Series | None, new: Series | None, sides: tuple[str, str] = ("old", "new")
) -> CaseVerdict | None:
    """The row of a case that has not got times on both sides; None for one that has, or was skipped wherever it is."""
    first, second = sides
    then, now = (series.status if series else None for series in (old, new))
    both = [series for series in (old, new) if series]
    name = both[-1].name if both else ""
    died = "; ".join(f"{s.status.value}: {s.reason}" for s in both if s.status in FAILED)
    known = "; ".join(s.reason for s in both if s.status is Status.SKIPPED)
    found: tuple[Verdict, str, str] | None = None
    if now in FAILED and then in FAILED:
        found = Verdict.NONE, "ended badly in both", died
    elif now in FAILED:
        was = (
            f"ok in {first}, not in {second}"
            if then is Status.OK
            else f"not measured in {first}, and ends badly in {second}"
        )
        found = Verdict.BROKEN, was, died
    elif then in FAILED and now is Status.OK:
        found = Verdict.FIXED, f"ended badly in {first}, ok in {second}", died
    elif then in FAILED:
        found = Verdict.ONLY_OLD, f"ended badly in {first}, not measured in {second}", died
    elif then is Status.OK and now is not Status.OK:
        found = Verdict.ONLY_OLD, f"skipped in {second}" if new else f"not in {second}", known
    elif now is Status.OK and then is not Status.OK:
        found = Verdict.ONLY_NEW, f"skipped in {first}" if old else f"not in {first}", known
    if found is None:
        return None
    times = [median_of_medians(s.samples) if s and s.samples else None for s in (old, new)]
    counts = [len(s.samples) if s else 0 for s in (old, new)]
    return CaseVerdict(
        name,
        *found,
        old_time=times[0],
        new_time=times[1],
        old_invocations=counts[0],
        new_invocations=counts[1],
    )


def measured(old: Series, new: Series, *, paired: bool) -> CaseVerdict:
    """The row of a case with times on both sides, before any verdict: times, effect and interval."""
    effect = paired_ratio(old.samples, new.samples) if paired else None
    then, now = median_of_medians(old.samples), median_of_medians(new.samples)
    return CaseVerdict(
        new.name,
        Verdict.NONE,
        "",
        against="" if old.name == new.name else old.name,
        old_time=then,
        new_time=now,
        effect=effect or ratio_of(math.log(now) - math.log(then)),
        interval=paired_interval(old.samples, new.samples)
        if paired
        else ratio_interval(old.samples, new.samples),
        old_invocations=len(old.samples),
        new_invocations=len(new.samples),
        unit=_unit(new, paired),
    )


def _unit(series: Series, paired: bool) -> str:
    return "repetition" if not series.own else "pair" if paired else "invocation"


def needed_words(needed: int | str, unit: str) -> str:
    """20 invocations of each; of pairs there are as many on each side anyway."""
    return counted(needed, unit) + ("" if unit == "pair" else " of each")


def obstacle(old: Series, new: Series, *, paired: bool) -> tuple[str, str] | None:
    """Why a case with times can get no verdict, and its detail; None where it can."""
    have = len(old.samples), len(new.samples)
    unit = _unit(new, paired)
    if min(have) < FEWEST:
        count = counted(have[0], unit) + (
            "" if have[0] == have[1] else f" of old, {have[1]} of new"
        )
        return f"{count}; a verdict needs {FEWEST}{'' if paired else ' of each'}", ""
    if not paired and moves_with_cores(old) and old.round_trips and new.round_trips:
        then, now = float(np.median(old.round_trips)), float(np.median(new.round_trips))
        if not max(then, now) / min(then, now) <= ROUND_TRIP_FACTOR:
            why = "memory-bound on several threads, and the cores moved: the core-to-core round trip changed; interleave by workspan ab"
            return why, f"round trip {format_time(then)}, then {format_time(now)}"
    return None


def moves_with_cores(series: Series) -> bool:
    """Whether its time depends on where its cores are: memory-bound on several threads."""
    return series.threads > 1 and series.scope == "host" and series.memory_bound


def tested(row: CaseVerdict, old: Series, new: Series, setting: Setting) -> CaseVerdict:
    """The row with the test and its p; without p where the times do not vary at all."""
    chosen = choose(
        len(old.samples),
        len(new.samples),
        setting.compared,
        setting.rules.level,
        paired=setting.paired,
    )
    if chosen is None:
        return row
    p = chosen.p(medians(old.samples), medians(new.samples))
    reason = (
        "its times do not vary at all, so that nothing is known of their noise; is the clock too coarse?"
        if p is None
        else ""
    )
    return replace(row, test=chosen.name, p=p, reason=reason)


def judged(row: CaseVerdict, q: float, rules: Rules) -> CaseVerdict:
    """The verdict on a tested row, by q, effect and interval."""
    effect, (low, high), limit = (
        row.effect or 1.0,
        row.interval or (0.0, math.inf),
        1 + rules.threshold,
    )
    by, level = percent(rules.threshold), f"{rules.level:g}"
    slower, faster = effect > limit, effect < 1 / limit
    if q < rules.level and ((slower and low > 1) or (faster and high < 1)):
        verdict = Verdict.SLOWER if slower else Verdict.FASTER
        return replace(
            row,
            q=q,
            verdict=verdict,
            reason=f"by more than {by}, and chance hardly does that (q < {level})",
        )
    if low >= 1 / limit and high <= limit:
        return replace(
            row, q=q, verdict=Verdict.SAME, reason=f"the whole interval lies within {by}"
        )
    if slower or faster:
        why = f"looks {'slower' if slower else 'faster'} by more than {by}, but chance could do that (q >= {level})"
        if q < rules.level:
            why = f"looks {'slower' if slower else 'faster'} by more than {by}, but the interval holds no change at all"
    else:
        differs = "differs, but" if q < rules.level else "no difference found, but"
        why = f"{differs} the interval reaches beyond {by}"
    return replace(row, q=q, verdict=Verdict.INCONCLUSIVE, reason=why)


def with_needed(row: CaseVerdict, old: Series, new: Series, setting: Setting) -> CaseVerdict:
    """An inconclusive row with the number of invocations that would probably decide."""
    variance = spread(medians(old.samples), medians(new.samples), paired=setting.paired)
    level = setting.rules.level / setting.compared
    needed = invocations_needed(variance, row.effect or 1.0, setting.rules.threshold, level)
    return replace(
        row, needed=needed and max(needed, min(row.old_invocations, row.new_invocations) + 1)
    )
