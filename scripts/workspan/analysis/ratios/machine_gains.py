# SPDX-License-Identifier: Apache-2.0
"""What the machine gave for arithmetic and for memory: the gain of its ceilings from one CPU to
all, of each by itself and of all together, by one estimator.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from statistics import median
from typing import Final, NamedTuple

from workspan.analysis.ratios.case_ratios import processes_of, samples_of
from workspan.analysis.ratios.ceilings import problem_of, problem_of_group, work_of
from workspan.resultfile.model import Beside, Case, RateUnit, ResultFile
from workspan.resultfile.names import TEAM
from workspan.stats.pairs import process_log_ratio
from workspan.stats.ratios import Estimate, Sides, estimate_of_logs
from workspan.support.remembered import remembered

Process = tuple[str, Hashable]  # of a run: workload; number and attempt
UNITS: Final[tuple[RateUnit, ...]] = ("flops", "bytes")
MEMORY: Final = "memory"  # the level whose ceilings tell what the machine gives for memory


class _Gain(NamedTuple):
    """The logarithm of what a ceiling gained in a group or at a size of a process."""

    ceiling: str
    process: Process | None
    log: float


def machine_gain(file: ResultFile, unit: RateUnit) -> Estimate | None:
    """The rate of the ceilings on all CPUs over that on one, from all processes of the run. As a
    process has one ceiling, it lies between the lowest and the highest of machine_gains().
    """
    return _estimate(_gains(file)[unit])


def machine_gains(file: ResultFile, unit: RateUnit) -> dict[str, Estimate]:
    """The same of each ceiling alone, by its name."""
    by_ceiling: dict[str, list[_Gain]] = defaultdict(list)
    for gain in _gains(file)[unit]:
        by_ceiling[gain.ceiling].append(gain)
    found = {ceiling: _estimate(gains) for ceiling, gains in by_ceiling.items()}
    return {ceiling: estimate for ceiling, estimate in found.items() if estimate}


def _estimate(gains: Iterable[_Gain]) -> Estimate | None:
    """One number a process: the median over its groups and sizes."""
    logs: dict[Process | None, list[float]] = defaultdict(list)
    for gain in gains:
        logs[gain.process].append(gain.log)
    return estimate_of_logs([median(of_process) for of_process in logs.values()])


@remembered
def _gains(file: ResultFile) -> Mapping[RateUnit, list[_Gain]]:
    return {unit: _of_unit(file, unit) for unit in UNITS}


def _of_unit(file: ResultFile, unit: RateUnit) -> list[_Gain]:
    """In most processes of the ceiling beside their cases, in those of the ceilings of their rows;
    in bytes only of memory. A file without records of processes is of one.
    """
    ours = file.workspan
    beside = [b for b in ours.beside if b.rate_unit == unit and b.scope == "host"]
    if unit == "bytes":
        beside = [b for b in beside if b.level == MEMORY]
    cpus = ours.run.all_threads
    found = chain(_of_beside(beside, unit, cpus), _of_rows(ours.cases, unit, cpus))
    return [gain if ours.invocations else gain._replace(process=None) for gain in found]


def _of_beside(beside: Sequence[Beside], unit: RateUnit, cpus: int) -> Iterator[_Gain]:
    """One of each group of each process."""
    known = {
        (problem_of_group(b), b.workload, b.samples.number, b.samples.attempt, b.threads): b
        for b in beside
        if b.samples.counted
    }
    for (problem, workload, number, attempt, threads), one in known.items():
        team = known.get((problem, workload, number, attempt, cpus))
        if threads != 1 or team is None or cpus == 1:
            continue
        log = process_log_ratio(samples_of(one.samples), samples_of(team.samples))
        works = work_of(team.cost, unit), work_of(one.cost, unit)
        if log is not None and min(works) > 0:
            process = one.group.workload, (number, attempt)
            yield _Gain(workload, process, log + math.log(works[0] / works[1]))


def _of_rows(cases: Sequence[Case], unit: RateUnit, cpus: int) -> Iterator[_Gain]:
    """One of each size of the ceilings' own rows, in each process: in memory, or at the largest
    size for flops, at which the team's start costs nothing.
    """
    rows = [
        c
        for c in cases
        if c.is_ceiling
        and (c.variant, c.rate_unit, c.scope) == (TEAM, unit, "host")
        and c.time
        and (unit != "bytes" or c.level == MEMORY)
    ]
    if unit == "flops":
        largest = {c.workload: c.n for c in sorted(rows, key=lambda c: c.n)}
        rows = [c for c in rows if c.n == largest[c.workload]]
    alone = {problem_of(c): c for c in rows if c.threads == 1}
    for team in rows:
        if team.threads == cpus > 1 and (one := alone.get(problem_of(team))):
            logs = Sides(processes_of(one), processes_of(team)).logs
            name = team.workload
            yield from (_Gain(name, (name, process), log) for process, log in logs.items())
