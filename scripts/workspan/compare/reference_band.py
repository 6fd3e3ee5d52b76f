# SPDX-License-Identifier: Apache-2.0
"""Whether the time of a case is normal, held against a reference of the same hardware. Pure functions.

Two machines, or one at two times: no test is made, because no interval of either knows how machines of one kind differ. Normal is a band.
Two processes of one build on one H100 agree within 10 % in 42 of 44 kernels of at least 10 us, and within 25 % in 14 of 18 shorter ones and
in 38 of 42 with transfers; memory-bound times of a host drift by 15 % and more from run to run (the README's Limits).
"""

from dataclasses import dataclass, replace
from statistics import median
from typing import Final, NamedTuple

from workspan.compare.series import Series
from workspan.compare.verdict import CaseVerdict, Verdict, measured, percent
from workspan.resultfile.encode import counted
from workspan.resultfile.model import LARGEST, Case, CaseWarning

USUAL: Final = 0.10
DRIFTING: Final = 0.25
SHORTEST: Final = 10e-6  # seconds: below it launches and wake-ups are measured
CLOCK: Final = 0.02  # by which clocks of a GPU differ worth telling


class Timed(NamedTuple):
    """A case, and its times as `compare` takes them."""

    case: Case
    series: Series
    warnings: tuple[CaseWarning, ...] = ()  # facts and judgements


@dataclass(frozen=True)
class Bands:
    """By how much a time may differ and be normal: usually, and where drift is known to be larger."""

    usual: float = USUAL
    drifting: float = DRIFTING


def judged(reference: Timed, yours: Timed, bands: Bands) -> CaseVerdict | None:
    """The row of a case with times on both sides; None where their ratio is no number.

    The interval is the one of `compare`; where a side is of one process, what the intervals of both times allow.
    """
    row = measured(reference.series, yours.series, paired=False)
    if not reference.case.time or not yours.case.time or row.effect is None:
        return None
    interval = row.interval or _interval_of_ends(reference.case, yours.case)
    band, why = _band(reference.case, yours.case, interval is not None, bands)
    verdict, reason = _verdict(row.effect, interval, band)
    detail = _detail(reference.case, yours.case)
    return replace(
        row,
        interval=interval,
        verdict=verdict,
        reason=reason + (f": {why}" if why else ""),
        detail=detail,
        warnings=() if verdict is Verdict.NORMAL else yours.warnings,
    )


def _interval_of_ends(reference: Case, yours: Case) -> tuple[float, float] | None:
    """The interval of T_yours / T_reference that the ends of both intervals allow."""
    then, now = reference.interval, yours.interval
    if not isinstance(then, tuple) or not isinstance(now, tuple) or not min(then) > 0:
        return None
    low, high = now[0] / then[1], now[1] / then[0]
    return (low, high) if 0 <= low <= high <= LARGEST else None


def _band(reference: Case, yours: Case, interval: bool, bands: Bands) -> tuple[float, str]:
    """The band of a case, and why it is the wider one where it is."""
    if bands.usual == bands.drifting:
        return bands.usual, ""
    if yours.scope == "e2e":
        return bands.drifting, "its transfers are the host's too"
    if min(yours.time or 0, reference.time or 0) < SHORTEST:
        return bands.drifting, "so short that launches and wake-ups are measured"
    beyond = yours.level not in ("l1", "l2")
    if yours.scope == "host" and beyond and yours.rate_unit != "flops":
        return bands.drifting, "memory-bound beyond a core's caches, where times drift"
    return (bands.usual, "") if interval else (bands.drifting, "too few samples for an interval")


def _verdict(
    ratio: float, interval: tuple[float, float] | None, band: float
) -> tuple[Verdict, str]:
    """Slower or faster only where the whole interval is, if there is one."""
    low, high = interval or (ratio, ratio)
    by, limit = percent(band), 1 + band
    if 1 / limit <= ratio <= limit:
        return Verdict.NORMAL, f"within {by} of the reference"
    slower = ratio > limit
    if low <= limit and high >= 1 / limit:
        return (
            Verdict.INCONCLUSIVE,
            f"looks {'slower' if slower else 'faster'} by more than {by}, but its interval does not exclude less",
        )
    return Verdict.SLOWER if slower else Verdict.FASTER, f"by more than {by}" + (
        ", its whole interval too" if interval else ""
    )


def _detail(reference: Case, yours: Case) -> str:
    """What may explain a difference: another clock of the GPU, another cost."""
    then, now = (_clock(case) for case in (reference, yours))
    parts = []
    if then and now and abs(now - then) > CLOCK * then:
        parts.append(f"the GPU's clock was {now:.0f} MHz, {then:.0f} in the reference")
    if reference.cost != yours.cost:
        parts.append("the work of a run is stated otherwise in the reference")
    return "; ".join(parts)


def _clock(case: Case) -> float | None:
    clocks = [mhz for i in counted(case) for mhz in i.sm_mhz if not isinstance(mhz, str)]
    return median(clocks) if clocks else None
