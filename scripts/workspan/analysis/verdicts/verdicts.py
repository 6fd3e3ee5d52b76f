# SPDX-License-Identifier: Apache-2.0
"""What an expert would say of each problem of a run: findings, as codes with their numbers."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.analysis.laws.roofline import Roofline, rooflines
from workspan.analysis.ratios.ceilings import problem_of, shortest_kernel
from workspan.analysis.ratios.judge import Judgements, judge
from workspan.analysis.ratios.machine_gains import machine_gain
from workspan.analysis.verdicts.device_findings import device_findings
from workspan.analysis.verdicts.finding import (
    Device,
    Finding,
    MachineGains,
    Number,
    Problem,
)
from workspan.analysis.verdicts.host_findings import chosen_case, host_findings, too_small
from workspan.analysis.verdicts.other_problems import OtherProblems
from workspan.resultfile.model import Case, ResultFile
from workspan.resultfile.names import TEAM

ALIKE: Final = 1.15  # by which gains of arithmetic and memory may differ

__all__ = ["Finding", "Number", "Verdict", "machine_gains", "verdicts"]


@dataclass(frozen=True)
class Verdict:
    """The findings on one workload, size and keys. case: the name of the host code they are on."""

    workload: str
    n: int
    keys: Mapping[str, str]
    case: str
    findings: tuple[Finding, ...]


def verdicts(
    file: ResultFile, judgements: Judgements | None = None, *, sizes: int | None = None
) -> tuple[Verdict, ...]:
    """One of each problem, by workload, the largest size first.

    sizes: of a workload and keys so many, the largest ones, and those too small for threads; None:
    all.
    """
    judged = judge(file) if judgements is None else judgements
    series: dict[object, list[Problem]] = defaultdict(list)
    for problem in _problems(file, judged):
        first = problem.cases[0]
        series[first.workload, tuple(sorted(first.keys.items()))].append(problem)
    found = [v for problems in series.values() for v in _of_series(problems, sizes)]
    order = {w: k for k, w in enumerate(dict.fromkeys(c.workload for c in file.workspan.cases))}
    return tuple(sorted(found, key=lambda v: (order[v.workload], -v.n, str(v.keys))))


def _of_series(problems: Iterable[Problem], sizes: int | None) -> Iterator[Verdict]:
    """Of one workload and its keys."""
    said = 0
    for problem in sorted(problems, key=lambda p: -p.cases[0].n):
        if sizes is None or said < sizes or too_small(problem):
            verdict = _verdict(problem)
            if verdict.findings:
                said += 1
                yield verdict


def machine_gains(file: ResultFile, judgements: Judgements | None = None) -> MachineGains:
    """What the ceilings gained from all CPUs, at their largest size."""
    judged = judge(file) if judgements is None else judgements
    cpus = file.workspan.run.all_threads
    teams = [
        c for c in file.workspan.cases if (c.variant, c.threads) == (TEAM, cpus) and c.is_ceiling
    ]
    gains: dict[str, float] = {}
    units: set[str] = set()
    for case in sorted(teams, key=lambda c: c.n)[::-1]:
        if case.workload not in gains and (vs_seq := judged[case.name].vs_seq):
            gains[case.workload] = vs_seq.value
            units.add(case.rate_unit)
    both = {"flops", "bytes"} <= units
    alike = both and max(gains.values()) <= ALIKE * min(gains.values())
    logs = [math.log(gain) for gain in gains.values()]
    cores = round(math.exp(math.fsum(logs) / len(logs))) if alike else None
    arithmetic = machine_gain(file, "flops")
    return MachineGains(cpus, gains, cores, arithmetic.value if arithmetic else None)


def _verdict(problem: Problem) -> Verdict:
    first, case = problem.cases[0], chosen_case(problem)
    found = (*host_findings(problem), *device_findings(problem))
    return Verdict(first.workload, first.n, first.keys, case.name if case else "", found)


def _problems(file: ResultFile, judged: Judgements) -> Iterable[Problem]:
    groups: dict[object, list[Case]] = defaultdict(list)
    for case in file.workspan.cases:
        if case.time and case.computes:
            groups[problem_of(case)].append(case)
    gains, device = machine_gains(file, judged), _device(file, judged)
    roofs: dict[tuple[str, int], Roofline] = {(r.scope, r.threads): r for r in rooflines(file)}
    others = OtherProblems(groups.values(), judged)
    for cases in groups.values():
        yield Problem(tuple(cases), judged, gains, device, roofs, others)


def _device(file: ResultFile, judged: Judgements) -> Device:
    answers: dict[tuple[object, ...], BreakEven] = {
        (b.workload, tuple(sorted(b.keys.items())), b.transfers): b
        for b in break_evens(file, judged)
    }
    return Device(shortest_kernel(file.workspan.cases), answers)
