# SPDX-License-Identifier: Apache-2.0
"""Whether the time of a case is normal: a tolerance band around a reference of the same hardware.

Results from two machines, or from one at two times, cannot be tested statistically, because no
interval of either includes the variation between machines of one kind; a tolerance band is used
instead. Two processes of one build on one H100 agree within 10 % in 42 of 44 kernels of at least
10 us, and within 25 % in 14 of 18 shorter ones and in 38 of 42 with transfers; memory-bound times
of a host drift by 15 % and more from run to run (docs/how-it-measures.md, Limits). Pure functions.
"""

from dataclasses import dataclass, replace
from statistics import median
from typing import Final, NamedTuple

from workspan.analysis.ratios.ceilings import is_memory_bound
from workspan.compare.evidence import AGAIN, all_disturbed, compare_times, disturbed_side
from workspan.compare.series import Series
from workspan.compare.thresholds import DRIFTING, USUAL, format_percent
from workspan.compare.verdict import CaseVerdict, Verdict
from workspan.resultfile.encode import counted_invocations
from workspan.resultfile.model import Case, CaseWarning
from workspan.stats.intervals import ratio_of_intervals

SIDES: Final = ("the reference", "yours")
SHORTEST: Final = 10e-6  # seconds; below, launch and wake-up latency dominate
CLOCK: Final = 0.02  # smallest relative difference of GPU clocks that is reported


class TimedCase(NamedTuple):
    """A case, and its times as comparisons take them."""

    case: Case
    series: Series
    warnings: tuple[CaseWarning, ...] = ()  # facts and judgements


@dataclass(frozen=True)
class Bands:
    """Largest relative difference of a normal time: usual, and if the time is known to drift."""

    usual: float = USUAL
    drifting: float = DRIFTING


def compare_with_band(reference: TimedCase, yours: TimedCase, bands: Bands) -> CaseVerdict | None:
    """The row of a case with times on both sides; None if their ratio is not a number.

    The interval is that of any comparison; if a side has a single process, it is derived from the
    intervals of both times. NONE if every invocation of a side was disturbed.
    """
    row = compare_times(reference.series, yours.series, paired=False)
    if not reference.case.time or not yours.case.time or row.effect is None:
        return None
    interval = row.interval or _interval_of_both(reference.case, yours.case)
    if why_none := _explain_disturbed(reference.series, yours.series):
        others = tuple(w for w in yours.warnings if w.code != "disturbed")  # the reason says it
        return replace(row, interval=interval, reason=why_none, warnings=others)
    band, why = _choose_band(reference.case, yours.case, interval is not None, bands)
    verdict, reason = _band_verdict(row.effect, interval, band)
    detail = _explain_difference(reference.case, yours.case)
    return replace(
        row,
        interval=interval,
        verdict=verdict,
        reason=reason + (f": {why}" if why else ""),
        detail=detail,
        warnings=() if verdict is Verdict.NORMAL else yours.warnings,
    )


def _explain_disturbed(reference: Series, yours: Series) -> str:
    """Why a case gets NONE, if all times of a side are of what else ran there; else empty."""
    side = disturbed_side(reference, yours, SIDES)
    if not side:
        return ""
    remedy = AGAIN if yours.is_disturbed else "--from FILE|FOLDER names other references"
    return f"{all_disturbed(side)}; {remedy}"


def _interval_of_both(reference: Case, yours: Case) -> tuple[float, float] | None:
    """The interval of T_yours / T_reference that the ends of both intervals allow."""
    then, now = reference.interval, yours.interval
    if not isinstance(then, tuple) or not isinstance(now, tuple):
        return None
    return ratio_of_intervals(then, now)


def _choose_band(reference: Case, yours: Case, interval: bool, bands: Bands) -> tuple[float, str]:
    """The band of a case, and the reason if it is the wide one."""
    if bands.usual == bands.drifting:
        return bands.usual, ""
    if yours.scope == "e2e":
        return bands.drifting, "its transfers depend on the host too"
    if min(yours.time or 0, reference.time or 0) < SHORTEST:
        return bands.drifting, "so short that launch and wake-up latency dominate"
    beyond = yours.level not in ("l1", "l2")
    if yours.scope == "host" and beyond and is_memory_bound(yours):
        return bands.drifting, "memory-bound beyond a core's own caches, where times drift"
    return (bands.usual, "") if interval else (bands.drifting, "too few samples for an interval")


def _band_verdict(
    ratio: float, interval: tuple[float, float] | None, band: float
) -> tuple[Verdict, str]:
    """SLOWER or FASTER only if the whole interval is, as far as there is one."""
    low, high = interval or (ratio, ratio)
    by, limit = format_percent(band), 1 + band
    if 1 / limit <= ratio <= limit:
        return Verdict.NORMAL, f"within {by} of the reference"
    slower = ratio > limit
    if low <= limit and high >= 1 / limit:
        direction = "slower" if slower else "faster"
        return (
            Verdict.INCONCLUSIVE,
            f"looks {direction} by more than {by}, but its interval does not exclude less",
        )
    whole = ", its whole interval too" if interval else ""
    return Verdict.SLOWER if slower else Verdict.FASTER, f"by more than {by}{whole}"


def _explain_difference(reference: Case, yours: Case) -> str:
    """Possible explanations of a difference: the GPU clock, and another cost."""
    then, now = (_median_clock(case) for case in (reference, yours))
    parts = []
    if then and now and abs(now - then) > CLOCK * then:
        parts.append(f"the GPU's clock was {now:.0f} MHz, {then:.0f} in the reference")
    if reference.cost != yours.cost:
        parts.append("the cost of a run differs in the reference")
    return "; ".join(parts)


def _median_clock(case: Case) -> float | None:
    clocks = [
        mhz for i in counted_invocations(case) for mhz in i.sm_mhz if not isinstance(mhz, str)
    ]
    return median(clocks) if clocks else None
