# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups and what they are made of, fractions of measured ceilings, and doubts.

It judges when a file is read, of one process or of many. Judgements are never written to a file.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

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
from workspan.support.remembered import remembered


class Judgement(msgspec.Struct, frozen=True, gc=False):
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
    same = run.cases.same_problem(case)
    if is_open_loop(case):  # its time is that of its schedule, which no code makes shorter
        return Judgement(warnings=tuple(doubts(case, run, None, None)))
    seq, gain = first_of(same, BASELINE), gain_of(case, run)
    machine = machine_factor(gain, case) if gain else None
    vs_1_thread = speedup(first_of(same, case.variant, 1), case) if case.threads > 1 else None
    best = _best_host(same) if case.scope != "host" else None
    ceiling = _ceiling(case, run)
    of_ceiling = share(case, ceiling) if ceiling else None
    return Judgement(
        vs_seq=run.vs_seq(case),
        machine=machine,
        code=code_factor(seq, case, gain) if seq and gain and machine else None,
        vs_1_thread=vs_1_thread,
        efficiency=vs_1_thread.scaled(1 / case.threads) if vs_1_thread else None,
        vs_best_host=speedup(best, case),
        best_host=best.name if best else "",
        of_ceiling=of_ceiling,
        ceiling=ceiling.name if ceiling else "",
        warnings=tuple(doubts(case, run, of_ceiling, ceiling)),
    )


def _best_host(same: Sequence[Case]) -> Case | None:
    """The host code with the smallest time at any number of threads, libraries included."""
    return fastest(c for c in same if c.scope == "host")


def _ceiling(case: Case, run: Indexes) -> Ceiling | None:
    """The ceiling in the same blocks; without one the best row that is comparable."""
    unit = case.rate_unit
    if case.scope == "e2e" or not case.ceiling or not work(case, unit) > 0:
        return None
    if beside := run.beside.find(case, case.threads):
        return beside
    return run.row(run.cases.fastest_ceiling(case, [case.ceiling], unit), unit)
