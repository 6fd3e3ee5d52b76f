# SPDX-License-Identifier: Apache-2.0
"""What the times of a run say against each other: speedups, efficiency, fractions of measured ceilings, and what cannot be true.

The same judgements as the binary makes on one invocation (harness/judge.cpp), made again on merged cases.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from workspan.analysis.ceilings import (
    BANDWIDTH,
    COMPUTE,
    LEAST_SHARE,
    Cases,
    Level,
    cache_sizes,
    cpu_share,
    is_compute,
    level_of,
    work,
)
from workspan.resultfile.model import LARGEST, Case, Comparison, Interval, Machine, Ratio, Status

BASELINE: Final = "seq"
LIKE_CEILINGS: Final = 4.0  # copy, read and triad differ by less than this
IMPLAUSIBLE: Final = 1.1  # of a ceiling
IDLE = "cores shared or idle: less than 80 % of its threads' time was spent computing; no ceiling"
SHARED = "shared cache: between L2 and 256 MiB, where neighbours are measured too"
# How the warnings given here begin.
OF_JUDGEMENTS: Final = (
    "implausible: ",
    "above its ceiling: ",
    "cores shared or idle: ",
    "shared cache: ",
)

NotMeasured = Literal["not measured"]
NOT_MEASURED: Final = "not measured"


def noise(case: Case) -> float | None:
    """Half the interval over the time; None without an interval."""
    if case.time is None or not isinstance(case.interval, tuple):
        return None
    return (case.interval[1] - case.interval[0]) / 2 / case.time


def _scaled(value: float, interval: Interval | None, scale: float) -> Ratio | NotMeasured:
    """None of it where a number would not be positive and finite."""
    if not 0 < value * scale <= LARGEST:
        return NOT_MEASURED
    if isinstance(interval, tuple) and 0 <= interval[0] * scale <= interval[1] * scale <= LARGEST:
        return Ratio(ratio=value * scale, interval=(interval[0] * scale, interval[1] * scale))
    return Ratio(ratio=value * scale, interval="none")


def speedup(case: Case, other: Case, scale: float = 1) -> Ratio | NotMeasured:
    """T_other / T_case: how many times faster `case` is, times `scale`, with the interval that the ends of both intervals allow."""
    if not case.time or not other.time:
        return NOT_MEASURED
    interval: Interval = "none"
    if (
        isinstance(case.interval, tuple)
        and isinstance(other.interval, tuple)
        and min(case.interval) > 0
    ):
        interval = (other.interval[0] / case.interval[1], other.interval[1] / case.interval[0])
    return _scaled(other.time / case.time, interval, scale)


def _of_ceiling(case: Case, ceiling: Case, flops: bool) -> Ratio | NotMeasured:
    """The rate of `case` over the rate of the ceiling."""
    return speedup(case, ceiling, work(case, flops) / work(ceiling, flops))


def _value(ratio: Ratio | NotMeasured) -> float:
    return ratio.ratio if isinstance(ratio, Ratio) else 0


def _implausible(case: Case, cases: Cases) -> list[str]:
    """Nothing moves its compulsory bytes faster than the fastest of copy, read and triad, nor computes faster than fma.

    And of these none is several times faster than the others.
    """
    warnings = []
    for flops, workloads in ((False, BANDWIDTH), (True, COMPUTE)):
        others = [w for w in workloads if w != case.workload]
        if case.scope == "e2e" or not work(case, flops) > 0:
            continue
        if (best := cases.fastest_ceiling(case, others, flops)) is None:
            continue
        limit = (
            (LIKE_CEILINGS if case.workload in workloads else IMPLAUSIBLE)
            + (noise(case) or 0)
            + (noise(best) or 0)
        )
        if (fraction := _value(_of_ceiling(case, best, flops))) > limit:
            warnings.append(
                f"implausible: {fraction:.2f} of the ceiling {best.name}; look at the cost or at the ceiling"
            )
    return warnings


def _above_its_ceiling(comparison: Comparison) -> list[str]:
    """What is possible, but faster than the ceiling that the table names: that one is too low."""
    fraction = comparison.of_ceiling
    if not isinstance(fraction, Ratio):
        return []
    least = fraction.interval[0] if isinstance(fraction.interval, tuple) else fraction.ratio
    return (
        [f"above its ceiling: {comparison.ceiling} was measured at another size, or disturbed"]
        if least > IMPLAUSIBLE
        else []
    )


def _vs_all_cores(case: Case, same: Sequence[Case], all_threads: int) -> Ratio | NotMeasured:
    """Against the best time of omp, if it ran on all cores."""
    omp = [c for c in same if c.variant == "omp"]
    if case.scope == "host" or not any(c.threads == all_threads for c in omp):
        return NOT_MEASURED
    return speedup(case, min(omp, key=lambda c: c.time or math.inf))


def _comparison(case: Case, cases: Cases, all_threads: int) -> Comparison:
    same = cases.same_problem(case)
    baseline = next((c for c in same if c.variant == BASELINE), None)
    alone = (
        next((c for c in same if c.variant == case.variant and c.threads == 1), None)
        if case.threads > 1
        else None
    )
    vs_1_thread = speedup(case, alone) if alone else NOT_MEASURED
    flops, ceiling = is_compute(case.bound), None
    if case.scope != "e2e" and case.bound and work(case, flops) > 0:
        ceiling = cases.fastest_ceiling(case, [case.bound], flops)
    return Comparison(
        vs_seq=speedup(case, baseline) if baseline else NOT_MEASURED,
        vs_1_thread=vs_1_thread,
        efficiency=_scaled(vs_1_thread.ratio, vs_1_thread.interval, 1 / case.threads)
        if isinstance(vs_1_thread, Ratio)
        else NOT_MEASURED,
        vs_all_cores=_vs_all_cores(case, same, all_threads),
        of_ceiling=_of_ceiling(case, ceiling, flops) if ceiling else NOT_MEASURED,
        ceiling=ceiling.name if ceiling else "",
    )


def _warnings(case: Case, cases: Cases, comparison: Comparison) -> list[str]:
    kept = [w for w in case.warnings if not w.startswith(OF_JUDGEMENTS)]
    new = _implausible(case, cases) or _above_its_ceiling(comparison)
    if cpu_share(case) < LEAST_SHARE:
        new.append(IDLE)
    memory_bound = bool(case.bound) and not is_compute(case.bound)
    if (
        memory_bound
        and case.scope == "host"
        and cases.caches.l2 > 0
        and level_of(case, cases.caches) is Level.SHARED_CACHE
    ):
        new.append(SHARED)
    return kept + new


def judge(cases: Sequence[Case], machine: Machine, all_threads: int) -> list[Case]:
    """The cases with every comparison and warning of judgement made anew. all_threads: what "all cores" means."""
    known = Cases(cases, cache_sizes(machine))

    def judged(case: Case) -> Case:
        comparison = _comparison(case, known, all_threads)
        return msgspec.structs.replace(
            case, comparison=comparison, warnings=_warnings(case, known, comparison)
        )

    return [judged(c) if c.status is Status.OK and c.time else c for c in cases]
