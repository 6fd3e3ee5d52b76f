# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups and what they are made of, fractions of measured ceilings, and doubts.

It judges what it is asked for, of one process or of many. Judgements are never written to a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import NamedTuple

from workspan.analysis.ratios.case_ratios import (
    Ceiling,
    code_factor,
    machine_factor,
    share,
    speedup,
)
from workspan.analysis.ratios.ceilings import fastest, work
from workspan.analysis.ratios.doubts import doubts
from workspan.analysis.ratios.gains import Indexes, first_of, gain_of, indexes
from workspan.analysis.ratios.latency import is_open_loop
from workspan.resultfile.model import Beside, Case, CaseWarning, ResultFile, Status
from workspan.resultfile.names import BASELINE
from workspan.stats.ratios import Estimate
from workspan.support.late import found_once
from workspan.support.remembered import remembered


@dataclass(frozen=True)
class Judgement:
    """Estimates of ratios, None if not measured or not meaningful. ceiling: its name, or empty.

    Codes of warnings: launch, implausible, above_ceiling, starved, one_cpu, shared_cache,
    weak_baseline, library_setting.
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


class _Judged(NamedTuple):
    indexes: Indexes
    judgements: Judgements


def judge(file: ResultFile) -> Judgements:
    """The judgement on every case of a file; an empty one on cases without times."""
    return _judged(file).judgements


def indexes_of(file: ResultFile) -> Indexes:
    """Those by which it was judged."""
    return _judged(file).indexes


def judge_as_whole(part: ResultFile, whole: ResultFile) -> None:
    """From now on the cases of a part are judged as they are in the whole file."""
    _judged.keep(part, _judged(whole))


@remembered
def _judged(file: ResultFile) -> _Judged:
    ours = file.workspan
    run = indexes(ours.cases, ours.beside, ours.environment.variables)
    return _Judged(run, _judgements(ours.cases, run))


def judge_cases(
    cases: Sequence[Case],
    beside: Sequence[Beside] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Judgements:
    """The same for cases of one run, with the ceilings measured beside their groups.

    variables: of the environment.
    """
    return _judgements(cases, indexes(cases, beside, variables))


def _judgements(cases: Sequence[Case], run: Indexes) -> Judgements:
    return {case.name: _judgement(case, run) for case in cases}


def _judgement(case: Case, run: Indexes) -> Judgement:
    if case.status is not Status.OK or not case.time:
        return Judgement()
    if is_open_loop(case):  # its time is that of its schedule, which no code makes shorter
        return Judgement(warnings=tuple(doubts(case, run, None, lambda: None)))
    return _LateJudgement(case, run)


class _LateJudgement(Judgement):
    """Of a case with a time: each part is found when it is asked for. A large file has a hundred
    thousand cases, of which an answer says little.
    """

    _case: Case
    _run: Indexes

    def __init__(self, case: Case, run: Indexes) -> None:
        vars(self).update(_case=case, _run=run)  # frozen

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Judgement) and _parts(self) == _parts(other)

    __hash__ = Judgement.__hash__

    @property
    def vs_seq(self) -> Estimate | None:
        return self._run.vs_seq(self._case)

    @found_once
    def machine(self) -> Estimate | None:
        gain = gain_of(self._case, self._run)
        return machine_factor(gain, self._case) if gain else None

    @found_once
    def code(self) -> Estimate | None:
        seq, gain = first_of(self._same, BASELINE), gain_of(self._case, self._run)
        return code_factor(seq, self._case, gain) if seq and gain and self.machine else None

    @found_once
    def vs_1_thread(self) -> Estimate | None:
        case = self._case
        one = first_of(self._same, case.variant, 1) if case.threads > 1 else None
        return speedup(one, case)

    @property
    def efficiency(self) -> Estimate | None:
        return self.vs_1_thread.scaled(1 / self._case.threads) if self.vs_1_thread else None

    @found_once
    def vs_best_host(self) -> Estimate | None:
        return speedup(self._best_host, self._case)

    @property
    def best_host(self) -> str:
        return self._best_host.name if self._best_host else ""

    @found_once
    def of_ceiling(self) -> Estimate | None:
        return share(self._case, self._ceiling) if self._ceiling else None

    @property
    def ceiling(self) -> str:
        return self._ceiling.name if self._ceiling else ""

    @found_once
    def warnings(self) -> tuple[CaseWarning, ...]:
        return tuple(doubts(self._case, self._run, self._ceiling, lambda: self.of_ceiling))

    @property
    def _same(self) -> Sequence[Case]:
        return self._run.cases.same_problem(self._case)

    @property
    def _best_host(self) -> Case | None:
        return _best_host(self._same) if self._case.scope != "host" else None

    @found_once
    def _ceiling(self) -> Ceiling | None:
        return ceiling_of(self._case, self._run)


def _parts(judgement: Judgement) -> list[object]:
    return [getattr(judgement, field.name) for field in fields(Judgement)]


def _best_host(same: Sequence[Case]) -> Case | None:
    """The host code with the smallest time at any number of threads, libraries included."""
    return fastest(c for c in same if c.scope == "host")


def ceiling_of(case: Case, run: Indexes) -> Ceiling | None:
    """The ceiling in the same blocks; without one the best row that is comparable."""
    unit = case.rate_unit
    if case.scope == "e2e" or not case.ceiling or not work(case, unit) > 0:
        return None
    if beside := run.beside.find(case, case.threads):
        return beside
    return run.row(run.cases.fastest_ceiling(case, [case.ceiling], unit), unit)
