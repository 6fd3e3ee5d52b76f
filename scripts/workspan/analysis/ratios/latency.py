# SPDX-License-Identifier: Apache-2.0
"""Percentiles of the latencies of tasks, where they are known and where they mean something.

A closed loop issues a request when an earlier one has ended, so one that stalls holds back those
that would have waited behind it: coordinated omission. Its high percentiles look far too good, so
that only its median is told. An open loop issues by a schedule, and counts from when it was due.
"""

from collections.abc import Iterable
from typing import Final

from workspan.analysis.ratios.figures import Figure, over_processes
from workspan.resultfile.encode import counted_invocations
from workspan.resultfile.model import Case, CaseInvocation
from workspan.stats.histograms import Histogram, added, percentile

NANOSECOND: Final = 1e-9
MEDIAN: Final = 500  # per mille
PERCENTILES: Final = (MEDIAN, 900, 990, 999)
RATE_KEY, CLOSED = "rate", "closed"


def is_closed_loop(case: Case) -> bool:
    """Whether each request waits for an earlier one to end, as fast as the server can."""
    return case.keys.get(RATE_KEY) == CLOSED


def is_open_loop(case: Case) -> bool:
    """Whether requests have a schedule: then the time of a run is that of the schedule."""
    return RATE_KEY in case.keys and not is_closed_loop(case)


def percentile_ns(case: Case, invocations: Iterable[CaseInvocation], per_mille: int) -> int | None:
    """Of the tasks of all these processes, in ns; None if unknown, of too few, or misleading."""
    if is_closed_loop(case) and per_mille > MEDIAN:
        return None
    return percentile(added(_histogram(i) for i in invocations if i.latencies), per_mille)


def latency(case: Case | None, per_mille: int, target: float) -> Figure | None:
    """Seconds: of all counted processes together; noisy if those processes differ."""
    counted = counted_invocations(case) if case else []
    together = percentile_ns(case, counted, per_mille) if case else None
    if case is None or together is None:
        return None
    each = [ns for i in counted if (ns := percentile_ns(case, [i], per_mille)) is not None]
    return over_processes([ns * NANOSECOND for ns in each], target, together * NANOSECOND)


def _histogram(i: CaseInvocation) -> Histogram:
    found = i.latencies
    return dict(zip(found.ns, found.tasks, strict=True)) if found else {}
