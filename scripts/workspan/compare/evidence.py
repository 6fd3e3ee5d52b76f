# SPDX-License-Identifier: Apache-2.0
"""What the verdict on one case rests on: one logarithm for each process, or for each pair.

By time, or by the share of the ceiling that was measured in the same blocks, in which the state
of the machine cancels. A share is turned over, so that more is slower, as with times.
"""

import math
import warnings
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import numpy as np

from workspan.compare.series import Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict
from workspan.stats.intervals import bounded_exp
from workspan.stats.needed import Noise, invocations_needed
from workspan.stats.ratios import (
    Estimate,
    Sides,
    estimate_of_logs,
    paired_t,
    ratio,
    unpaired,
)
from workspan.stats.significance import FEWEST, choose_test
from workspan.support.text import quantity
from workspan.support.units import format_time

By = Literal["time", "share"]
ROUND_TRIP_FACTOR = 1.5
AGAIN: Final = "measure again when the machine is idle"
QUIET: Final = f"{AGAIN}, or interleave both by workspan ab"
ENOUGH: Final = "workspan run --preset gate"  # measures enough invocations for a verdict
PAIRED_TEST: Final = "paired t on logarithms"
UNKNOWN_NOISE: Final = (
    "its times do not vary at all, so their noise is unknown; is the clock too coarse?"
)


class Setting(NamedTuple):
    """The context of a verdict: thresholds, number of compared cases, pairing."""

    thresholds: Thresholds
    compared: int
    paired: bool


@dataclass(frozen=True)
class Evidence:
    """The logarithms of both sides, and of new / old of each pair; None if nothing is paired."""

    by: By
    old: tuple[float, ...]
    new: tuple[float, ...]
    pairs: tuple[float, ...] | None = None

    @property
    def counts(self) -> tuple[int, int]:
        """Processes of both sides."""
        if self.pairs is not None:
            return len(self.pairs), len(self.pairs)
        return len(self.old), len(self.new)

    @property
    def noise(self) -> Noise:
        """Of the logarithm of new / old of single processes. Needs two a side."""
        if self.pairs is not None:
            return Noise(float(np.var(self.pairs, ddof=1)), 1)
        old, new = float(np.var(self.old, ddof=1)), float(np.var(self.new, ddof=1))
        return Noise(old + new, (old + new) ** 2 / (old**2 + new**2) if old or new else 2)

    def estimate(self) -> Estimate:
        """new / old with its interval."""
        if self.pairs is None:
            return unpaired(self.old, self.new)
        found = estimate_of_logs(self.pairs)
        assert found, "a timed pair has an invocation"
        return found

    def test(self, setting: Setting) -> tuple[str, float | None]:
        """The name of the test, and p; None if nothing varies. Empty below FEWEST processes."""
        if min(self.counts) < FEWEST:
            return "", None
        if self.pairs is not None:
            return PAIRED_TEST, paired_t(self.pairs).p
        level = setting.thresholds.significance
        test = choose_test(*self.counts, setting.compared, level)
        assert test, "from FEWEST processes on there is one"
        with warnings.catch_warnings():  # SciPy's, of a side that does not vary: not for the user
            warnings.simplefilter("ignore", RuntimeWarning)
            return test.name, test.p(self.old, self.new)


def evidence_of(old: Series, new: Series, by: By, *, paired: bool) -> Evidence:
    """paired: the k-th invocations belong together. By share: both sides have their ceiling."""
    if by == "share":
        shares = (s.ceiling.shares if s.ceiling else {} for s in (old, new))
        then, now = (tuple(-log for log in side.values()) for side in shares)
        return Evidence(by, then, now)
    if not paired:
        return Evidence(by, old.logs, new.logs)
    found = Sides(new.by_number, old.by_number).logs
    return Evidence(by, old.logs, new.logs, tuple(found.values()))


def compare_times(old: Series, new: Series, *, paired: bool) -> CaseVerdict:
    """The row of a case with times on both sides, before any verdict: effect and interval."""
    found = _estimate_of_times(old, new, paired)
    return CaseVerdict(
        new.name,
        Verdict.NONE,
        "",
        against="" if old.name == new.name else old.name,
        old_time=old.time,
        new_time=new.time,
        effect=found.value,
        interval=found.interval,
        old_invocations=len(old.samples),
        new_invocations=len(new.samples),
        unit=_unit(new, paired),
        time_effect=found.value,
        old_share=_share(old),
        new_share=_share(new),
    )


def _estimate_of_times(old: Series, new: Series, paired: bool) -> Estimate:
    """Pairs of one process are those of its blocks; with a single process they have an interval."""
    if paired and old.blocks and new.blocks and (one := ratio(Sides(new.by_number, old.by_number))):
        return one
    return evidence_of(old, new, "time", paired=paired).estimate()


def _share(series: Series) -> float | None:
    """Of the ceiling beside it; None without one."""
    logs = [*series.ceiling.shares.values()] if series.ceiling else []
    return bounded_exp(math.fsum(logs) / len(logs)) if logs else None


def _unit(series: Series, paired: bool) -> str:
    return "repetition" if not series.own else "pair" if paired else "invocation"


def judged_by(row: CaseVerdict, evidence: Evidence) -> CaseVerdict:
    """The row with effect and interval of this evidence."""
    if evidence.by == "time":
        return row
    found, (old, new) = evidence.estimate(), evidence.counts
    return replace(
        row,
        by=evidence.by,
        effect=found.value,
        interval=found.interval,
        old_invocations=old,
        new_invocations=new,
    )


def find_obstacle(
    old: Series, new: Series, *, paired: bool, by: By = "time"
) -> tuple[str, str] | None:
    """Why a case with times cannot get a verdict, and its detail; None if it can."""
    have = evidence_of(old, new, by, paired=paired).counts
    unit = _unit(new, paired)
    if min(have) < FEWEST:
        more = "" if have[0] == have[1] else f" of old, {have[1]} of new"
        needs = f"a verdict needs {FEWEST}{'' if paired else ' of each'}"
        remedy = f": {ENOUGH}" if unit == "invocation" else ""
        return f"{quantity(have[0], unit)}{more}; {needs}{remedy}", ""
    if not paired and (side := disturbed_side(old, new)):
        return f"{all_disturbed(side)}; {QUIET}", ""
    if by == "time" and not paired and depends_on_placement(old):
        return _moved_cores(old, new)
    return None


def disturbed_side(old: Series, new: Series, sides: tuple[str, str] = ("old", "new")) -> str:
    """The side of which each counted invocation was disturbed, and none tells the code alone."""
    loud = [name for name, one in zip(sides, (old, new), strict=True) if one.is_disturbed]
    return " and of ".join(loud)


def all_disturbed(side: str) -> str:
    """In words, of the side that disturbed_side names."""
    return f"every invocation of {side} was disturbed"


def _moved_cores(old: Series, new: Series) -> tuple[str, str] | None:
    if not old.round_trips or not new.round_trips:
        return None
    then, now = float(np.median(old.round_trips)), float(np.median(new.round_trips))
    if max(then, now) / min(then, now) <= ROUND_TRIP_FACTOR:
        return None
    why = (
        "memory-bound on several threads, and the cores moved: "
        "the core-to-core round trip changed; workspan ab interleaves both"
    )
    return why, f"round trip {format_time(then)}, then {format_time(now)}"


def depends_on_placement(series: Series) -> bool:
    """Whether its time depends on core placement: memory-bound on several threads."""
    return series.threads > 1 and series.scope == "host" and series.memory_bound


def apply_test(row: CaseVerdict, evidence: Evidence, setting: Setting) -> CaseVerdict:
    """The row with test and p; without p if the times do not vary at all."""
    name, p = evidence.test(setting)
    if not name:
        return row
    return replace(row, test=name, p=p, reason=UNKNOWN_NOISE if p is None else "")


def estimate_needed(row: CaseVerdict, evidence: Evidence, setting: Setting) -> CaseVerdict:
    """An inconclusive row with the number of invocations that would probably decide."""
    level = setting.thresholds.significance / setting.compared
    change = setting.thresholds.change
    needed = invocations_needed(evidence.noise, row.effect or 1.0, change, level)
    more = min(evidence.counts) + 1
    return replace(row, needed=needed and max(needed, more))
