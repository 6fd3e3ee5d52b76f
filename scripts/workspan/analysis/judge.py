# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, efficiency, fractions of measured ceilings, and implausible results.

It judges when a file is read, of one process or of many. Its judgements stand beside the file and
are never written into it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.analysis.ceilings import Cases, is_idle, work
from workspan.resultfile.model import LARGEST, Case, CaseWarning, RateUnit, ResultFile, Status

BASELINE: Final = "seq"
TEAM: Final = "omp"  # the variant whose best time stands for all cores
LIKE_CEILINGS: Final = 4.0  # memory ceilings differ by less than this
ABOVE: Final = 1.1  # of a ceiling, beyond which one of the two is wrong
BOUNDS: Final[tuple[RateUnit, ...]] = ("bytes", "flops")  # the rates that ceilings limit


@dataclass(frozen=True)
class Judgement:
    """Ratios of medians, None if not measured or not meaningful. ceiling: a case, or empty.

    Codes of warnings: implausible, above_ceiling, idle, shared_cache.
    """

    vs_seq: float | None = None  # T_seq / T
    vs_1_thread: float | None = None  # the same code on one thread
    efficiency: float | None = None  # vs_1_thread / threads
    vs_all_cores: float | None = None  # T_omp,best / T, of device cases
    of_ceiling: float | None = None  # rate / rate of the ceiling
    ceiling: str = ""
    warnings: tuple[CaseWarning, ...] = ()


Judged = dict[str, Judgement]  # by the name of the case


def judge(file: ResultFile) -> Judged:
    """The judgement on every case of a file; an empty one on cases without times."""
    return judge_cases(file.workspan.cases, file.workspan.run.all_threads)


def judge_cases(cases: Sequence[Case], all_threads: int) -> Judged:
    """The same for cases of one run. all_threads: the number of threads on all cores."""
    known = Cases(cases)
    nothing = Judgement()
    return {
        case.name: _judgement(case, known, all_threads)
        if case.status is Status.OK and case.time
        else nothing
        for case in cases
    }


def noise(case: Case) -> float | None:
    """Half the width of the interval over the time; None without an interval."""
    if case.time is None or not isinstance(case.interval, tuple):
        return None
    return (case.interval[1] - case.interval[0]) / 2 / case.time


def _judgement(case: Case, cases: Cases, all_threads: int) -> Judgement:
    same = cases.same_problem(case)
    vs_1_thread = _over(_first(same, case.variant, 1), case) if case.threads > 1 else None
    of_ceiling, ceiling = _of_ceiling(case, cases)
    return Judgement(
        vs_seq=_over(_first(same, BASELINE), case),
        vs_1_thread=vs_1_thread,
        efficiency=_sound(vs_1_thread / case.threads) if vs_1_thread else None,
        vs_all_cores=_vs_all_cores(case, same, all_threads),
        of_ceiling=of_ceiling,
        ceiling=ceiling.name if ceiling else "",
        warnings=tuple(_warnings(case, cases, of_ceiling, ceiling)),
    )


def _sound(ratio: float) -> float | None:
    """None if a ratio is not positive and finite."""
    return ratio if 0 < ratio <= LARGEST else None


def _over(other: Case | None, case: Case, scale: float = 1) -> float | None:
    """T_other / T_case, times `scale`."""
    return _sound(other.time / case.time * scale) if other and other.time and case.time else None


def _first(cases: Sequence[Case], variant: str, threads: int | None = None) -> Case | None:
    found = (c for c in cases if c.variant == variant and threads in (None, c.threads))
    return next(found, None)


def _vs_all_cores(case: Case, same: Sequence[Case], all_threads: int) -> float | None:
    """A device case against the best time of the OpenMP team, if it ran on all cores."""
    team = [c for c in same if c.variant == TEAM]
    if case.scope == "host" or not any(c.threads == all_threads for c in team):
        return None
    return _over(min(team, key=lambda c: c.time or math.inf), case)


def _fraction(case: Case, ceiling: Case, unit: RateUnit) -> float | None:
    """The rate of `case` over the rate of the ceiling."""
    return _over(ceiling, case, work(case, unit) / work(ceiling, unit))


def _of_ceiling(case: Case, cases: Cases) -> tuple[float | None, Case | None]:
    """Against the ceiling of its workload, and which case that is."""
    unit = case.rate_unit
    if case.scope == "e2e" or not case.ceiling or not work(case, unit) > 0:
        return None, None
    ceiling = cases.fastest_ceiling(case, [case.ceiling], unit)
    return (_fraction(case, ceiling, unit), ceiling) if ceiling else (None, None)


def _limit(case: Case, ceiling: Case, factor: float) -> float:
    """The fraction of a ceiling from which on noise alone does not explain it."""
    return factor + (noise(case) or 0) + (noise(ceiling) or 0)


def _warnings(
    case: Case, cases: Cases, of_ceiling: float | None, ceiling: Case | None
) -> Iterator[CaseWarning]:
    implausible = list(_implausible(case, cases))
    yield from implausible
    if of_ceiling and ceiling and not implausible and of_ceiling > _limit(case, ceiling, ABOVE):
        yield CaseWarning(code="above_ceiling", detail=ceiling.name)
    if is_idle(case):
        yield CaseWarning(code="idle", detail="")
    memory_bound = bool(case.ceiling) and case.rate_unit == "bytes"
    if memory_bound and case.scope == "host" and case.level == "shared":
        yield CaseWarning(code="shared_cache", detail="")


def _implausible(case: Case, cases: Cases) -> Iterator[CaseWarning]:
    """Nothing moves its compulsory bytes, or computes, faster than the fastest such ceiling.

    Ceilings of one unit do not differ by several times.
    """
    for unit in BOUNDS:
        if case.scope == "e2e" or not work(case, unit) > 0:
            continue
        others = [w for w in cases.ceiling_workloads(unit) if w != case.workload]
        best = cases.fastest_ceiling(case, others, unit)
        fraction = _fraction(case, best, unit) if best else None
        like = case.is_ceiling and case.rate_unit == unit
        if best and fraction and fraction > _limit(case, best, LIKE_CEILINGS if like else ABOVE):
            detail = f"{fraction:.2f} of the ceiling {best.name}"
            yield CaseWarning(code="implausible", detail=detail)
