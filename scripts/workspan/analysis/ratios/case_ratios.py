# SPDX-License-Identifier: Apache-2.0
"""Ratios of the times of two cases, and of a case to its ceiling: each an estimate from pairs."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.analysis.ratios.ceilings import problem_of, problem_of_group, work, work_of
from workspan.resultfile.counting import counting_blocks, counting_times
from workspan.resultfile.model import Beside, Case, CaseInvocation, RateUnit
from workspan.resultfile.names import case_name
from workspan.stats.intervals import median_of_few
from workspan.stats.pairs import Blocks, Samples
from workspan.stats.ratios import (
    Estimate,
    Processes,
    Sides,
    quotient,
    ratio,
    unpaired,
)
from workspan.support.late import found_once

RECENT: Final = 256  # cases whose samples are remembered: a problem asks often for its baseline
MOST: Final = 1e290  # a ratio beyond which is of times that no clock told


_recent: dict[int, tuple[Case, Processes]] = {}  # by the id of the case, the last at the end


@dataclass(frozen=True, eq=False)
class Ceiling:
    """A measured ceiling: its name, the work of a run, and what each process measured.

    row: the row that serves, for lack of a ceiling in the same blocks.
    """

    name: str
    work: float
    measured: Sequence[CaseInvocation]
    row: Case | None = None

    @found_once
    def processes(self) -> Processes:
        """The samples of each, in seconds of a run."""
        return _samples_of_each(self.measured)

    @found_once
    def logs(self) -> list[float]:
        """Of a row: the logarithm of its time in each process, for all cases that it serves."""
        return _logs(self.row) if self.row else []

    @found_once
    def longest(self) -> float:
        """Of its samples, in seconds of a run."""
        return max(max(i.wall) for i in self.measured if i.counted)


@dataclass(frozen=True)
class Gain:
    """What a ceiling gains from several threads: on one, and on as many as a case has."""

    one: Ceiling
    team: Ceiling

    @found_once
    def sides(self) -> Sides:
        """Their samples, whose ratios all cases of a group share."""
        return Sides(self.one.processes, self.team.processes)

    @property
    def of_work(self) -> float:
        """The work of a run on several threads over that on one."""
        return self.team.work / self.one.work

    @found_once
    def ratio(self) -> Estimate | None:
        """The rate on several threads over that on one."""
        found = ratio(self.sides)
        return found and _valid(found.scaled(self.of_work))


class BesideIndex:
    """The ceilings measured beside groups, by group, workload, scope and number of threads.

    Of the processes that count.
    """

    def __init__(self, beside: Iterable[Beside]) -> None:
        self._found: dict[object, Ceiling | None] = {}
        self._ceilings: dict[object, dict[str, list[Beside]]] = {}
        for b in beside:
            if not b.samples.counted:
                continue
            group = problem_of_group(b)
            name = case_name(b.workload, b.variant, b.n, b.keys, b.threads)
            same = self._ceilings.setdefault((group, b.workload, b.scope, b.threads), {})
            same.setdefault(name, []).append(b)

    def find(self, case: Case, threads: int) -> Ceiling | None:
        """The ceiling beside the group of a case, on this number of threads.

        One in bytes on the threads of the case is of its level: another says nothing of it.
        """
        key = (problem_of(case), case.ceiling, case.scope, threads)
        levelled = case.rate_unit != "flops" and threads == case.threads
        choice = key, case.level if levelled else "", case.rate_unit
        if choice not in self._found:
            self._found[choice] = self._first(key, case, levelled)
        return self._found[choice]

    def _first(self, key: object, case: Case, levelled: bool) -> Ceiling | None:
        for name, entries in self._ceilings.get(key, {}).items():
            if levelled and entries[0].level != case.level:
                continue
            done = work_of(entries[0].cost, case.rate_unit)
            return Ceiling(name, done, [b.samples for b in entries]) if done > 0 else None
        return None


def samples_of(i: CaseInvocation) -> Samples:
    """Those of a process that count, in seconds of a run."""
    blocks, times = counting_blocks(i)
    return Blocks(blocks, times) if blocks else times


def processes_of(case: Case) -> Processes:
    """The samples of each counted process, in seconds of a run, by number and attempt.

    Of the cases that were asked for last they are remembered.
    """
    known = _recent.get(id(case))
    if known is not None:
        return known[1]
    found = _samples_of_each(case.invocations)
    _recent[id(case)] = case, found  # the case is kept, so that its id stays its own
    if len(_recent) > RECENT:
        del _recent[next(iter(_recent))]
    return found


def _samples_of_each(measured: Iterable[CaseInvocation]) -> Processes:
    return {(i.number, i.attempt): samples_of(i) for i in measured if i.counted}


def ceiling_of_row(row: Case, unit: RateUnit) -> Ceiling:
    """A row as a ceiling."""
    return Ceiling(row.name, work(row, unit), row.invocations, row)


def speedup(other: Case | None, case: Case) -> Estimate | None:
    """T_other / T_case of two cases of one problem, which share their processes.

    None without `other`, without a common process, or if it is beyond all numbers.
    """
    if other is None:
        return None
    if other is case:
        return Estimate(1.0, None, len(processes_of(case)), exact=True)
    return _valid(ratio(Sides(processes_of(other), processes_of(case))))


def share(case: Case, ceiling: Ceiling) -> Estimate | None:
    """The rate of a case over that of its ceiling, both in the unit of the case's rate: 1 is the
    measured limit. None if both were never measured together.
    """
    of_work = work(case, case.rate_unit) / ceiling.work
    if ceiling.row is case:
        return Estimate(1.0, None, len(ceiling.processes), exact=True)
    if ceiling.row is None or ceiling.row.workload == case.workload:
        found = ratio(Sides(ceiling.processes, processes_of(case)))
    else:
        found = _of_rows(ceiling, ceiling.row, case)
    return found and _valid(found.scaled(of_work))


def machine_factor(gain: Gain, case: Case) -> Estimate | None:
    """The rate of the ceiling on all threads of a case over that on one."""
    found = gain.ratio
    return found.scaled(1.0, from_rows=True) if found and _is_elsewhere(gain.team, case) else found


def code_factor(seq: Case, case: Case, gain: Gain) -> Estimate | None:
    """T_seq / T over what the machine gave."""
    top, from_rows = Sides(processes_of(seq), processes_of(case)), _is_elsewhere(gain.team, case)
    found = _independent_quotient(top, gain.sides) if from_rows else quotient(top, gain.sides)
    return _scaled(found, 1 / gain.of_work, from_rows)


def _is_elsewhere(ceiling: Ceiling, case: Case) -> bool:
    """Whether it was measured in other processes than the case."""
    return ceiling.row is not None and ceiling.row.workload != case.workload


def _independent_quotient(top: Sides, bottom: Sides) -> Estimate | None:
    """The same of ratios from different processes, which have no pairs."""
    of_bottom, of_top = ([*sides.logs.values()] for sides in (bottom, top))
    return unpaired(of_bottom, of_top) if of_bottom and of_top else None


def _of_rows(ceiling: Ceiling, row: Case, case: Case) -> Estimate:
    """T_row / T_case of cases of different workloads, so of different processes."""
    above, below = _counted(row), _counted(case)
    found = None
    if len(above) == len(below) == 1:
        found = ratio(Sides({0: counting_times(above[0])}, {0: counting_times(below[0])}))
    if found is None:
        found = unpaired(_logs(case), ceiling.logs)
    return found.scaled(1.0, from_rows=True)


def _counted(case: Case) -> list[CaseInvocation]:
    return [i for i in case.invocations if i.counted]


def _logs(case: Case) -> list[float]:
    return [median_of_few([*map(math.log, counting_times(i))]) for i in _counted(case)]


def _scaled(found: Estimate | None, factor: float, from_rows: bool) -> Estimate | None:
    return found and _valid(found.scaled(factor, from_rows=from_rows))


def _valid(found: Estimate | None) -> Estimate | None:
    """None if it is beyond all numbers."""
    if found is None or not 1 / MOST < found.value < MOST:
        return None
    return found
