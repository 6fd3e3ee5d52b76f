# SPDX-License-Identifier: Apache-2.0
"""What the machine gave for arithmetic and for memory: the gain of its ceilings from one CPU to
all, of each by itself and of all together, by one estimator.

A machine may be in one of two states in a process: a virtual one whose memory gives 1.2 times as
much to two CPUs as to one, then 1.9 times. A mean of both is true of neither, and an interval of it
has hardly a process in it. So a gain is a median with the range of the processes, or two states.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import median
from typing import Final, NamedTuple

from workspan.analysis.ratios.case_ratios import processes_of, samples_of
from workspan.analysis.ratios.ceilings import problem_of, problem_of_group, work_of
from workspan.resultfile.model import Beside, Case, RateUnit, ResultFile
from workspan.resultfile.names import TEAM
from workspan.stats.pairs import process_log_ratio
from workspan.stats.ratios import FEWEST_PROCESSES, Sides
from workspan.support.remembered import remembered

Process = tuple[str, Hashable]  # of a run: workload; number and attempt
UNITS: Final[tuple[RateUnit, ...]] = ("flops", "bytes")
MEMORY: Final = "memory"  # the level whose ceilings tell what the machine gives for memory
APART: Final = 1.15  # factor between two states; each of them is narrower than their distance
LEFT_OUT: Final = 0.05  # of the processes, on each side of their range


class State(NamedTuple):
    """Processes that gained alike, by their median."""

    value: float
    processes: int


@dataclass(frozen=True)
class MachineGain:
    """The rate on all CPUs over that on one, of which each process has one number.

    value: their median, but of two states that of the one with more processes. low, high: nine in
    ten of them lie between. states: both, that with more processes first; empty if there is one.
    """

    value: float
    low: float
    high: float
    processes: int
    states: tuple[State, ...] = ()

    @property
    def is_of_one_process(self) -> bool:
        """Whether nothing is known of how processes differ."""
        return self.processes == 1


class _Gain(NamedTuple):
    """The logarithm of what a ceiling gained in a group or at a size of a process."""

    ceiling: str
    process: Process | None
    log: float


def machine_gain(file: ResultFile, unit: RateUnit) -> MachineGain | None:
    """That of all ceilings, from all processes of the run."""
    return _machine_gain(_gains(file)[unit])


def machine_gains(file: ResultFile, unit: RateUnit) -> dict[str, MachineGain]:
    """The same of each ceiling alone, by its name."""
    by_ceiling: dict[str, list[_Gain]] = defaultdict(list)
    for gain in _gains(file)[unit]:
        by_ceiling[gain.ceiling].append(gain)
    found = {ceiling: _machine_gain(gains) for ceiling, gains in by_ceiling.items()}
    return {ceiling: gain for ceiling, gain in found.items() if gain}


def _machine_gain(gains: Iterable[_Gain]) -> MachineGain | None:
    """Of one number a process: the median over its groups and sizes."""
    logs: dict[Process | None, list[float]] = defaultdict(list)
    for gain in gains:
        logs[gain.process].append(gain.log)
    return gain_of_logs([median(of_process) for of_process in logs.values()])


def gain_of_logs(logs: Sequence[float]) -> MachineGain | None:
    """Of the logarithms of the gains of the processes; None without one."""
    if not logs:
        return None
    ordered = sorted(logs)
    groups = _states(ordered)
    states = tuple(State(math.exp(median(group)), len(group)) for group in groups)
    out = int(LEFT_OUT * len(ordered))
    low, high = ordered[out], ordered[-1 - out]
    found = states if len(states) > 1 else ()
    return MachineGain(states[0].value, math.exp(low), math.exp(high), len(ordered), found)


def _states(ordered: Sequence[float]) -> list[Sequence[float]]:
    """The two groups on both sides of the widest gap, the larger first; or all in one."""
    steps = [(b - a, k) for k, (a, b) in enumerate(pairwise(ordered), 1)]
    gap, k = max(steps, default=(0.0, 0))
    groups = [ordered[:k], ordered[k:]]
    if gap <= math.log(APART) or min(map(len, groups)) < FEWEST_PROCESSES:
        return [ordered]
    if gap <= max(group[-1] - group[0] for group in groups):
        return [ordered]
    return sorted(groups, key=len, reverse=True)


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
