# SPDX-License-Identifier: Apache-2.0
"""Weak scaling: as much work for each thread. The scaled speedup, and Gustafson's serial fraction.

The scaled speedup is the rate on p threads at their size over that on one thread at its own: p
times the ratio of both times if the work of a thread is the same, and right if it is only about so.
Like the laws of strong scaling, Gustafson's is taken over what the machine gave.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log
from typing import Final, Literal

import numpy as np

from workspan.analysis.laws.scaling import break_place, breaks, first_above
from workspan.analysis.ratios.case_ratios import BesideIndex, Ceiling, processes_of
from workspan.analysis.ratios.ceilings import work
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.model import Case, RateUnit, ResultFile
from workspan.stats.pairs import times_of
from workspan.stats.ratios import (
    FEWEST_PROCESSES,
    Estimate,
    Processes,
    Sides,
    ratio,
)
from workspan.stats.scaling_law import estimate_of_values, fit_gustafson

FEWEST_TEAMS: Final = 3  # numbers of threads, one included: with two, the law always fits
UNITS: Final[tuple[RateUnit, ...]] = ("flops", "bytes", "items")  # of work: the first not 0

Refusal = Literal[
    "no_one_thread",  # its time on one thread is missing
    "no_ceiling",  # nothing tells what the machine gave
    "is_ceiling",  # it is what tells that
    "few_cpus",  # than 3: no more numbers of threads are possible
    "few_teams",  # numbers of threads: fewer than 3
    "few_processes",  # fewer than 3: nothing tells how well the law fits
    "superlinear",  # its scaled speedup is above the machine's with its interval
    "not_the_law",  # residuals beyond the noise
]


@dataclass(frozen=True)
class WeakPoint:
    """One number of threads. work: of a thread, over that on one thread: 1 but for rounding of n.

    machine: what the ceiling gained, effective cores.
    """

    threads: int
    n: int
    work: float
    speedup: Estimate
    machine: Estimate | None


@dataclass(frozen=True)
class WeakScaling:
    """The curve of one variant from one size on; serial, by Gustafson's law, or refusal.

    n: on one thread. kink: threads at which the law breaks.
    """

    workload: str
    n: int
    keys: Mapping[str, str]
    variant: str
    points: tuple[WeakPoint, ...]  # by threads, 1 included
    serial: Estimate | None = None
    refusal: Refusal | None = None
    kink: int | None = None


def weak_scalings(file: ResultFile) -> tuple[WeakScaling, ...]:
    """Those of each host code on several threads, of a run whose sizes grew with the threads."""
    ours = file.workspan
    if ours.run.sweep != "weak_scaling":
        return ()
    beside = BesideIndex(ours.beside)
    codes: dict[object, list[Case]] = defaultdict(list)
    for case in ours.cases:
        if case.scope == "host" and case.time and not is_about_concurrency(case):
            codes[case.workload, tuple(sorted(case.keys.items())), case.variant].append(case)
    return tuple(
        _scaling(curve, beside, ours.run.all_threads)
        for cases in codes.values()
        if any(c.threads > 1 for c in cases)
        for curve in _curves(cases)
    )


def _curves(cases: Sequence[Case]) -> Iterable[list[Case]]:
    """Each size on one thread with the cases whose threads have the nearest work, by threads."""
    alone = sorted((c for c in cases if c.threads == 1), key=lambda c: c.n)
    teams = sorted((c for c in cases if c.threads > 1), key=lambda c: c.threads)
    if not alone:
        return [teams]
    curves: dict[str, list[Case]] = {c.name: [c] for c in alone}
    for team in teams:
        nearest = min(alone, key=lambda c: _distance(team, c))
        curves[nearest.name].append(team)
    return [curve for curve in curves.values() if len(curve) > 1]


def _distance(team: Case, one: Case) -> float:
    gain = _work_of_a_thread(team, one)
    return abs(log(gain)) if gain > 0 else inf


def _work_of_a_thread(case: Case, one: Case) -> float:
    """Over that of one thread."""
    unit: RateUnit = next((u for u in UNITS if work(one, u) > 0), "items")
    alone = work(one, unit)
    return work(case, unit) / case.threads / alone if alone > 0 else 0.0


def _scaling(curve: Sequence[Case], beside: BesideIndex, cpus: int) -> WeakScaling:
    one = curve[0]
    head = (one.workload, one.n, one.keys, one.variant)
    if one.threads > 1:
        return WeakScaling(*head, (), refusal="no_one_thread")
    points = tuple(p for case in curve if (p := _point(case, one, beside)))
    fitted = [case for case in curve if case.threads <= cpus]
    found = _serial(fitted, beside, cpus)
    if isinstance(found, Estimate):
        return WeakScaling(*head, points, serial=found)
    refusal, kink = found
    return WeakScaling(*head, points, refusal=refusal, kink=kink)


def _point(case: Case, one: Case, beside: BesideIndex) -> WeakPoint | None:
    exact = Estimate(1.0, None, len(processes_of(case)), exact=True)
    if case is one:
        return WeakPoint(1, one.n, 1.0, exact, exact)
    share = _work_of_a_thread(case, one)
    found = ratio(_sides(processes_of(one), processes_of(case)))
    if found is None or not share > 0:
        return None
    ceilings = _ceilings(case, one, beside)
    machine = None
    if ceilings:
        alone, team = ceilings
        gain = ratio(_sides(alone.processes, team.processes))
        machine = gain and gain.scaled(team.work / alone.work)
    speedup = found.scaled(share * case.threads)
    return WeakPoint(case.threads, case.n, share, speedup, machine)


def _ceilings(case: Case, one: Case, beside: BesideIndex) -> tuple[Ceiling, Ceiling] | None:
    """Those beside both cases, each on the threads of its case."""
    alone, team = beside.find(one, 1), beside.find(case, case.threads)
    return (alone, team) if alone and team else None


def _unpaired(found: Processes) -> Processes:
    """Without blocks: those of two sizes have numbers in common, and nothing else."""
    return {process: times_of(samples) for process, samples in found.items()}


def _serial(
    curve: Sequence[Case], beside: BesideIndex, cpus: int
) -> Estimate | tuple[Refusal, int | None]:
    """By Gustafson's law, or why not."""
    one = curve[0]
    if not one.ceiling:
        return "no_ceiling", None
    if one.is_ceiling:
        return "is_ceiling", None
    if cpus < FEWEST_TEAMS:
        return "few_cpus", None
    if len(curve) < FEWEST_TEAMS:
        return "few_teams", None
    speedups: list[dict[Hashable, float]] = []
    machines: list[dict[Hashable, float]] = []
    for case in curve[1:]:
        ceilings, share = _ceilings(case, one, beside), _work_of_a_thread(case, one)
        if ceilings is None or not share > 0:
            return "no_ceiling", None
        alone, team = ceilings
        speedups.append(_logs(processes_of(one), processes_of(case), share * case.threads))
        machines.append(_logs(alone.processes, team.processes, team.work / alone.work))
    common = [key for key in speedups[0] if all(key in by for by in (*speedups, *machines))]
    if len(common) < FEWEST_PROCESSES:
        return "few_processes", None
    gains = np.array([[1.0, *(exp(by[key]) for by in speedups)] for key in common])
    cores = np.array([[1.0, *(exp(by[key]) for by in machines)] for key in common])
    found = fit_gustafson(cores, gains)
    serial = estimate_of_values(found.serial)
    is_negative = serial.interval is not None and serial.interval[1] < 0
    is_broken = breaks(found)
    if (is_negative or is_broken) and first_above(np.log(gains / cores)) is not None:
        return "superlinear", None
    if is_broken:
        return "not_the_law", curve[break_place(-found.residuals)].threads
    return serial


def _sides(others: Processes, cases: Processes) -> Sides:
    return Sides(_unpaired(others), _unpaired(cases))


def _logs(others: Processes, cases: Processes, of_work: float) -> dict[Hashable, float]:
    """The logarithm of a ratio of rates, by process."""
    logs = _sides(others, cases).logs
    return {key: value + log(of_work) for key, value in logs.items()}
