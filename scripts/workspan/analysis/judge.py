# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups and what they are made of, fractions of measured ceilings, and doubts.

It judges when a file is read, of one process or of many. Judgements are never written to a file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from workspan.analysis.case_ratios import (
    BesideIndex,
    Ceiling,
    ceiling_of_row,
    machine_and_code,
    share,
    speedup,
)
from workspan.analysis.ceilings import (
    CaseIndex,
    fastest,
    is_launch,
    is_memory_bound,
    is_on_one_cpu,
    is_starved,
    shortest_kernel,
    work,
)
from workspan.analysis.model_cases import is_about_concurrency
from workspan.resultfile.model import (
    LARGEST,
    Beside,
    Case,
    CaseWarning,
    RateUnit,
    ResultFile,
    Status,
)
from workspan.resultfile.names import BASELINE, TEAM
from workspan.stats.ratios import Estimate

LIKE_CEILINGS: Final = 4.0  # ceilings of one unit differ by less than this factor
ABOVE: Final = 1.1  # fraction of a ceiling above which the case or the ceiling is wrong
WEAK: Final = 1.05  # speedup on one thread from which on a baseline is weak
REMEMBERED: Final = 8  # files
BOUNDS: Final[tuple[RateUnit, ...]] = ("bytes", "flops")  # the rates that ceilings limit


@dataclass(frozen=True)
class Judgement:
    """Estimates of ratios, None if not measured or not meaningful. ceiling: its name, or empty.

    Codes of warnings: launch, implausible, above_ceiling, starved, one_cpu, shared_cache,
    weak_baseline, bent_library.
    """

    vs_seq: Estimate | None = None  # T_seq / T
    machine: Estimate | None = None  # of several threads: rate of the ceiling / that on one thread
    code: Estimate | None = None  # vs_seq / machine
    vs_1_thread: Estimate | None = None  # the same code on one thread
    efficiency: Estimate | None = None  # vs_1_thread / threads
    vs_best_host: Estimate | None = None  # of device cases: T of the fastest host code / T
    best_host: str = ""  # the name of that case
    of_ceiling: Estimate | None = None  # rate / rate of the ceiling
    ceiling: str = ""
    warnings: tuple[CaseWarning, ...] = ()

    @property
    def is_launch(self) -> bool:
        """Whether half of its time or more is the launch of a kernel."""
        return any(warning.code == "launch" for warning in self.warnings)


Judgements = dict[str, Judgement]  # by the name of the case
_judged: dict[int, tuple[ResultFile, Judgements]] = {}  # by the id of the file, the last at the end


def judge(file: ResultFile) -> Judgements:
    """The judgement on every case of a file; an empty one on cases without times.

    Of the files judged last it is remembered: a page asks for it a dozen times.
    """
    ours, known = file.workspan, _judged.pop(id(file), None)
    of_file = ours.cases, ours.beside, ours.environment.variables
    found = known[1] if known else judge_cases(*of_file)
    _judged[id(file)] = (file, found)  # the file is kept, so that its id stays its own
    while len(_judged) > REMEMBERED:
        del _judged[next(iter(_judged))]
    return found


def judge_cases(
    cases: Sequence[Case],
    beside: Sequence[Beside] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Judgements:
    """The same for cases of one run, with the ceilings measured beside their groups.

    variables: of the environment.
    """
    run = _Run(CaseIndex(cases), BesideIndex(beside), variables, shortest_kernel(cases))
    return {case.name: _judgement(case, run) for case in cases}


def relative_half_width(case: Case) -> float | None:
    """Half the width of the interval over the time: `+-`; None without an interval."""
    if case.time is None or not isinstance(case.interval, tuple):
        return None
    return (case.interval[1] - case.interval[0]) / 2 / case.time


def is_noisy(case: Case, target: float) -> bool:
    """Whether its interval is wider than the target, or there is none."""
    half_width = relative_half_width(case)
    return half_width is None or half_width > target


class _Run(NamedTuple):
    """The cases of a run and the ceilings beside them. shortest: the time of a kernel."""

    cases: CaseIndex
    beside: BesideIndex
    variables: Mapping[str, str]
    shortest: float


def _judgement(case: Case, run: _Run) -> Judgement:
    if case.status is not Status.OK or not case.time:
        return Judgement()
    same = run.cases.same_problem(case)
    seq = _first(same, BASELINE)
    vs_1_thread = speedup(_first(same, case.variant, 1), case) if case.threads > 1 else None
    machine, code = _machine_and_code(case, seq, run)
    best = _best_host(same) if case.scope != "host" else None
    ceiling = _ceiling(case, run)
    of_ceiling = share(case, ceiling) if ceiling else None
    return Judgement(
        vs_seq=speedup(seq, case),
        machine=machine,
        code=code,
        vs_1_thread=vs_1_thread,
        efficiency=vs_1_thread.scaled(1 / case.threads) if vs_1_thread else None,
        vs_best_host=speedup(best, case),
        best_host=best.name if best else "",
        of_ceiling=of_ceiling,
        ceiling=ceiling.name if ceiling else "",
        warnings=tuple(_warnings(case, run, of_ceiling, ceiling)),
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


def _best_host(same: Sequence[Case]) -> Case | None:
    """The host code with the smallest time at any number of threads, libraries included."""
    return fastest(c for c in same if c.scope == "host")


def _fraction(case: Case, ceiling: Case, unit: RateUnit) -> float | None:
    """The rate of `case` over the rate of the ceiling, of their times."""
    return time_ratio(ceiling, case, work(case, unit) / work(ceiling, unit))


def _ceiling(case: Case, run: _Run) -> Ceiling | None:
    """The ceiling in the same blocks; without one the best row that is comparable."""
    unit = case.rate_unit
    if case.scope == "e2e" or not case.ceiling or not work(case, unit) > 0:
        return None
    if beside := run.beside.find(case, case.threads):
        return beside
    return ceiling_of_row(run.cases.fastest_ceiling(case, [case.ceiling], unit), unit)


def _machine_and_code(
    case: Case, seq: Case | None, run: _Run
) -> tuple[Estimate | None, Estimate | None]:
    one, team = machine_ceilings(case, run.cases, run.beside)
    return machine_and_code(seq, case, one, team)


def machine_ceilings(
    case: Case, cases: CaseIndex, beside: BesideIndex
) -> tuple[Ceiling | None, Ceiling | None]:
    """The ceiling on one thread and on those of a host case on several.

    A ceiling's own workload has its ceiling among its rows.
    """
    if case.scope != "host" or case.threads == 1 or not case.ceiling:
        return None, None
    one, team = (beside.find(case, threads) for threads in (1, case.threads))
    if one is not None and team is not None:
        return one, team
    found = _team_ceiling(case, cases)
    alone = _first(cases.same_problem(found), found.variant, 1) if found else None
    return ceiling_of_row(alone, case.rate_unit), ceiling_of_row(found, case.rate_unit)


def _team_ceiling(case: Case, index: CaseIndex) -> Case | None:
    """The row on all threads of a case whose rate tells what the machine gave."""
    if not case.is_ceiling:
        return index.fastest_ceiling(case, [case.ceiling], case.rate_unit)
    return _first(index.same_problem(case), TEAM, case.threads)


def _limit(case: Case, ceiling: Case | None, factor: float) -> float:
    """The fraction of a ceiling above which noise alone is not an explanation."""
    of_ceiling = relative_half_width(ceiling) if ceiling else None
    return factor + (relative_half_width(case) or 0) + (of_ceiling or 0)


def _is_above(case: Case, of_ceiling: Estimate | None, ceiling: Ceiling) -> bool:
    return of_ceiling is not None and of_ceiling.value > _limit(case, ceiling.row, ABOVE)


def _warnings(
    case: Case, run: _Run, of_ceiling: Estimate | None, ceiling: Ceiling | None
) -> Iterator[CaseWarning]:
    if is_launch(case, run.shortest):  # as is its ceiling, which says nothing then
        yield CaseWarning(code="launch", detail="")
    elif implausible := list(_implausible(case, run.cases)):
        yield from implausible
    elif ceiling and _is_above(case, of_ceiling, ceiling):
        yield CaseWarning(code="above_ceiling", detail=ceiling.name)
    if better := _better_baseline(case, run.cases):
        yield CaseWarning(code="weak_baseline", detail=better.name)
    if is_starved(case):
        yield CaseWarning(code="starved", detail="")
    if is_on_one_cpu(case):
        yield CaseWarning(code="one_cpu", detail="")
    if is_memory_bound(case) and case.scope == "host" and case.level == "shared":
        yield CaseWarning(code="shared_cache", detail="")
    if bending := _bending(case, run.variables):
        yield CaseWarning(code="bent_library", detail=bending)


def _bending(case: Case, variables: Mapping[str, str]) -> str:
    """The variables that a library's variant is bent by: those with the library's name."""
    prefix = f"{case.variant.upper()}_"
    found = (f"{k}={v}" for k, v in sorted(variables.items()) if k.startswith(prefix))
    return "" if case.ours else " ".join(found)


def _better_baseline(case: Case, index: CaseIndex) -> Case | None:
    """Of a baseline: the code on one thread that is faster beyond doubt by WEAK, the fastest.

    Not of execution models, whose point is that tasks wait at the same time.
    """
    if case.variant != BASELINE or is_about_concurrency(case):
        return None
    alone = [c for c in index.same_problem(case) if c.scope == "host" and c.threads == 1]
    known = {c.name: (c, speedup(case, c)) for c in alone if c is not case}
    faster = [
        (found.value, name)
        for name, (_, found) in known.items()
        if found and found.interval and found.interval[0] > WEAK
    ]
    return known[max(faster)[1]][0] if faster else None


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
