# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, efficiency, fractions of measured ceilings, and implausible results.

It judges when a file is read, of one process or of many. Judgements are never written to a file.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.analysis.ceilings import CaseIndex, is_memory_bound, is_on_one_cpu, is_starved, work
from workspan.resultfile.model import LARGEST, Case, CaseWarning, RateUnit, ResultFile, Status
from workspan.resultfile.names import BASELINE, TEAM

LIKE_CEILINGS: Final = 4.0  # ceilings of one unit differ by less than this factor
ABOVE: Final = 1.1  # fraction of a ceiling above which the case or the ceiling is wrong
BOUNDS: Final[tuple[RateUnit, ...]] = ("bytes", "flops")  # the rates that ceilings limit


@dataclass(frozen=True)
class Judgement:
    """Ratios of medians, None if not measured or not meaningful. ceiling: a case, or empty.

    Codes of warnings: implausible, above_ceiling, starved, one_cpu, shared_cache.
    """

    vs_seq: float | None = None  # T_seq / T
    vs_1_thread: float | None = None  # the same code on one thread
    efficiency: float | None = None  # vs_1_thread / threads
    vs_all_cores: float | None = None  # T_omp,best / T, of device cases
    of_ceiling: float | None = None  # rate / rate of the ceiling
    ceiling: str = ""
    warnings: tuple[CaseWarning, ...] = ()


Judgements = dict[str, Judgement]  # by the name of the case


def judge(file: ResultFile) -> Judgements:
    """The judgement on every case of a file; an empty one on cases without times."""
    return judge_cases(file.workspan.cases, file.workspan.run.all_threads)


def judge_cases(cases: Sequence[Case], all_threads: int) -> Judgements:
    """The same for cases of one run. all_threads: the number of threads on all cores."""
    index = CaseIndex(cases)
    return {case.name: _judgement(case, index, all_threads) for case in cases}


def relative_half_width(case: Case) -> float | None:
    """Half the width of the interval over the time: `+-`; None without an interval."""
    if case.time is None or not isinstance(case.interval, tuple):
        return None
    return (case.interval[1] - case.interval[0]) / 2 / case.time


def is_noisy(case: Case, target: float) -> bool:
    """Whether its interval is wider than the target, or there is none."""
    half_width = relative_half_width(case)
    return half_width is None or half_width > target


def _judgement(case: Case, index: CaseIndex, all_threads: int) -> Judgement:
    if case.status is not Status.OK or not case.time:
        return Judgement()
    same = index.same_problem(case)
    vs_1_thread = time_ratio(_first(same, case.variant, 1), case) if case.threads > 1 else None
    of_ceiling, ceiling = _of_ceiling(case, index)
    return Judgement(
        vs_seq=time_ratio(_first(same, BASELINE), case),
        vs_1_thread=vs_1_thread,
        efficiency=_valid_ratio(vs_1_thread / case.threads) if vs_1_thread else None,
        vs_all_cores=_vs_all_cores(case, same, all_threads),
        of_ceiling=of_ceiling,
        ceiling=ceiling.name if ceiling else "",
        warnings=tuple(_warnings(case, index, of_ceiling, ceiling)),
    )


def _valid_ratio(ratio: float) -> float | None:
    """None if a ratio is not positive and finite."""
    return ratio if 0 < ratio <= LARGEST else None


def time_ratio(other: Case | None, case: Case, scale: float = 1) -> float | None:
    """T_other / T_case, times `scale`; None if one of them has no time."""
    return ratio_to(other.time * scale, case) if other and other.time else None


def ratio_to(seconds: float, case: Case) -> float | None:
    """`seconds`, which no case measured, / T_case; None if the case has no time."""
    return _valid_ratio(seconds / case.time) if case.time else None


def _first(cases: Sequence[Case], variant: str, threads: int | None = None) -> Case | None:
    found = (c for c in cases if c.variant == variant and threads in (None, c.threads))
    return next(found, None)


def _vs_all_cores(case: Case, same: Sequence[Case], all_threads: int) -> float | None:
    """T_omp,best / T of a device case, if the OpenMP team ran on all cores."""
    team = [c for c in same if c.variant == TEAM]
    if case.scope == "host" or not any(c.threads == all_threads for c in team):
        return None
    return time_ratio(min(team, key=lambda c: c.time or math.inf), case)


def _fraction(case: Case, ceiling: Case, unit: RateUnit) -> float | None:
    """The rate of `case` over the rate of the ceiling."""
    return time_ratio(ceiling, case, work(case, unit) / work(ceiling, unit))


def _of_ceiling(case: Case, index: CaseIndex) -> tuple[float | None, Case | None]:
    """The fraction of the ceiling of its workload, and the case that is the ceiling."""
    unit = case.rate_unit
    if case.scope == "e2e" or not case.ceiling or not work(case, unit) > 0:
        return None, None
    ceiling = index.fastest_ceiling(case, [case.ceiling], unit)
    return (_fraction(case, ceiling, unit), ceiling) if ceiling else (None, None)


def _limit(case: Case, ceiling: Case, factor: float) -> float:
    """The fraction of a ceiling above which noise alone is not an explanation."""
    return factor + (relative_half_width(case) or 0) + (relative_half_width(ceiling) or 0)


def _warnings(
    case: Case, index: CaseIndex, of_ceiling: float | None, ceiling: Case | None
) -> Iterator[CaseWarning]:
    implausible = list(_implausible(case, index))
    yield from implausible
    if of_ceiling and ceiling and not implausible and of_ceiling > _limit(case, ceiling, ABOVE):
        yield CaseWarning(code="above_ceiling", detail=ceiling.name)
    if is_starved(case):
        yield CaseWarning(code="starved", detail="")
    if is_on_one_cpu(case):
        yield CaseWarning(code="one_cpu", detail="")
    if is_memory_bound(case) and case.scope == "host" and case.level == "shared":
        yield CaseWarning(code="shared_cache", detail="")


def _implausible(case: Case, index: CaseIndex) -> Iterator[CaseWarning]:
    """No case moves its compulsory bytes, or computes, faster than the fastest ceiling.

    Ceilings of one unit do not differ by a factor of LIKE_CEILINGS.
    """
    for unit in BOUNDS:
        if case.scope == "e2e" or not work(case, unit) > 0:
            continue
        others = [w for w in index.ceiling_workloads(unit) if w != case.workload]
        best = index.fastest_ceiling(case, others, unit)
        fraction = _fraction(case, best, unit) if best else None
        like = case.is_ceiling and case.rate_unit == unit
        if best and fraction and fraction > _limit(case, best, LIKE_CEILINGS if like else ABOVE):
            detail = f"{fraction:.2f} x the ceiling {best.name}"
            yield CaseWarning(code="implausible", detail=detail)
