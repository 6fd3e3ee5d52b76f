# SPDX-License-Identifier: Apache-2.0
"""Scaling: speedups over threads, and the law they follow over what the machine gave.

The laws are those of stats/scaling_law.py. Of a single point Karp and Flatt (Measuring Parallel
Processor Performance, 1990) take the serial fraction (1/S - 1/q) / (1 - 1/q); here q are effective
cores instead of threads.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import exp, log
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from workspan.analysis.ratios.case_ratios import processes_of
from workspan.analysis.ratios.gains import Indexes, gain_of
from workspan.analysis.ratios.judge import Judgements, indexes_of, judge
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.model import Case, ResultFile
from workspan.stats.intervals import Floats
from workspan.stats.ratios import (
    FEWEST_PROCESSES,
    Estimate,
    Sides,
    estimate_of_logs,
)
from workspan.stats.scaling_law import (
    AMDAHL,
    USL,
    Fit,
    estimate_of_values,
    fit,
    karp_flatt,
    noise,
    peaks,
)
from workspan.support.late import Late

FEWEST_COUNTS: Final = 4  # of threads: with three, any law fits
HINT: Final = 0.3  # of the half-width of the coherency: a value from which on it may be there
KINK: Final = 0.05  # relative residual up to which a law holds,
KINK_NOISE: Final = 3.0  # standard deviations of one process, below which it is noise
ALIKE: Final = 0.9  # of the largest step of the residuals: another of that size is of one bump

Refusal = Literal[
    "few_cpus",  # than 4: no more numbers of threads are possible
    "few_counts",  # of threads: fewer than 4
    "few_processes",  # fewer than 3: the curve has no interval
    "no_ceiling",  # nothing tells what the machine gave
    "is_ceiling",  # it is what tells that
    "superlinear",  # its speedup is above the machine's with its interval
    "no_fraction",  # a serial part or a coherency above 1, and no gain before a kink
    "neither_law",  # a kink: residuals beyond the noise
]


@dataclass(frozen=True)
class ScalingPoint:
    """One number of threads. speedup: vs 1 thread; machine: of the ceiling, effective cores.

    karp_flatt: the serial fraction by this point alone, over machine.
    """

    threads: int
    speedup: Estimate
    machine: Estimate | None
    karp_flatt: float | None


@dataclass(frozen=True)
class Law:
    """Amdahl's law, or the universal scalability law if its coherency is told from 0.

    serial, coherency: fractions whose value or interval may be 0 or below. peak: of the USL, the
    effective cores beyond which it gets slower.
    """

    kind: Literal["amdahl", "usl"]
    serial: Estimate
    coherency: Estimate | None = None
    peak: Estimate | None = None

    @property
    def has_no_serial_part(self) -> bool:
        """Whether 0 is within the interval of the serial fraction."""
        return self.serial.interval is not None and self.serial.interval[0] <= 0


@dataclass(frozen=True)
class Scaling:
    """The curve of one variant at one size; law or refusal. kink: threads at which laws break."""

    workload: str
    n: int
    keys: Mapping[str, str]
    variant: str
    points: Sequence[ScalingPoint]  # by threads, 1 included
    law: Law | None
    refusal: Refusal | None
    kink: int | None = None


class Outcome(NamedTuple):
    """A law, or why there is none. kink: threads at which laws break."""

    law: Law | None = None
    refusal: Refusal | None = None
    kink: int | None = None


def scalings(file: ResultFile, judgements: Judgements | None = None) -> tuple[Scaling, ...]:
    """Those of each host code that was measured on 1 thread and on more."""
    ours = file.workspan
    judged = judge(file) if judgements is None else judgements
    indexes = indexes_of(file)
    curves: dict[object, list[Case]] = defaultdict(list)
    for case in ours.cases:
        if case.scope == "host" and case.time and not is_about_concurrency(case):
            key = case.workload, case.n, tuple(sorted(case.keys.items())), case.variant
            curves[key].append(case)
    found = []
    for cases in curves.values():
        curve = sorted(cases, key=lambda c: c.threads)
        if curve[0].threads == 1 < len(curve):
            fitted = [c for c in curve if c.threads <= ours.run.all_threads]
            outcome = _outcome(fitted, indexes, ours.run.all_threads)
            points = Late(partial(_point, judged), curve)
            head = curve[0]
            found.append(Scaling(head.workload, head.n, head.keys, head.variant, points, *outcome))
    return tuple(found)


def _point(judged: Judgements, case: Case) -> ScalingPoint:
    of_case = judged[case.name]
    one = Estimate(1.0, None, sum(i.counted for i in case.invocations), exact=True)
    if case.threads == 1:
        return ScalingPoint(1, one, one, None)
    speedup, machine = of_case.vs_1_thread or one, of_case.machine
    serial = karp_flatt(speedup.value, machine.value) if machine else None
    return ScalingPoint(case.threads, speedup, machine, serial)


def _outcome(curve: Sequence[Case], indexes: Indexes, cpus: int) -> Outcome:
    """The law of a curve, or why there is none."""
    if not curve[0].ceiling:
        return Outcome(refusal="no_ceiling")
    if curve[0].is_ceiling:
        return Outcome(refusal="is_ceiling")
    if cpus < FEWEST_COUNTS:
        return Outcome(refusal="few_cpus")
    if len(curve) < FEWEST_COUNTS:
        return Outcome(refusal="few_counts")
    processes = _processes(curve, indexes)
    if processes is None:
        return Outcome(refusal="no_ceiling")
    cores, times = processes
    if len(times) < FEWEST_PROCESSES:
        return Outcome(refusal="few_processes")
    return law_of(cores, times, [c.threads for c in curve])


def _processes(curve: Sequence[Case], indexes: Indexes) -> tuple[Floats, Floats] | None:
    """Effective cores and times over those on 1 thread, by process and number of threads."""
    first = processes_of(curve[0])
    speedups: list[dict[Hashable, float]] = []
    machines: list[dict[Hashable, float]] = []
    for case in curve[1:]:
        speedups.append(Sides(first, processes_of(case)).logs)
        machine = _machine(case, indexes, list(speedups[-1]))
        if not machine:
            return None
        machines.append(machine)
    common = [key for key in speedups[0] if all(key in by for by in (*speedups, *machines))]
    cores = [[1.0, *(exp(by[key]) for by in machines)] for key in common]
    times = [[1.0, *(exp(-by[key]) for by in speedups)] for key in common]
    return np.array(cores), np.array(times)


def _machine(case: Case, indexes: Indexes, processes: Sequence[Hashable]) -> dict[Hashable, float]:
    """The logarithm of what the machine gave, in each of these processes.

    Measured in other processes, it is the same for all.
    """
    gain = gain_of(case, indexes)
    if gain is None:
        return {}
    of_work, logs, team = log(gain.of_work), gain.sides.logs, gain.team
    if team.row is None or team.row.workload == case.workload:
        return {key: value + of_work for key, value in logs.items()}
    mean = estimate_of_logs([*logs.values()])
    return dict.fromkeys(processes, log(mean.value) + of_work) if mean else {}


def law_of(cores: Floats, times: Floats, threads: Sequence[int]) -> Outcome:
    """The law of at least 3 processes and 4 numbers of threads, or why neither holds.

    A USL with a negative serial part is none: it follows a break, as of a code that collapses.
    """
    amdahl, usl = fit(cores, times, AMDAHL), fit(cores, times, USL)
    coherency = estimate_of_values(usl.coherency)
    is_usl = not _is_negative(estimate_of_values(usl.serial)) and _is_positive(coherency)
    chosen = usl if is_usl else amdahl
    serial = estimate_of_values(chosen.serial)
    is_broken = breaks(chosen)
    first = first_above(-np.log(times * cores))
    if first is not None and (is_broken or _is_negative(serial)):
        return Outcome(refusal="superlinear", kink=threads[first])
    breaks_a_gain = is_broken and times.mean(axis=0).min() < 1
    if not breaks_a_gain and (serial.value > 1 or (is_usl and coherency.value > 1)):
        return Outcome(refusal="no_fraction")
    if is_broken:
        return Outcome(refusal="neither_law", kink=threads[break_place(amdahl.residuals)])
    if not is_usl:
        return Outcome(Law("amdahl", _doubted(serial, usl, coherency)))
    return Outcome(Law("usl", serial, coherency, _peak(usl, coherency)))


def _is_positive(found: Estimate) -> bool:
    return found.interval is not None and found.interval[0] > 0


def _is_negative(found: Estimate) -> bool:
    return found.interval is not None and found.interval[1] < 0


def _doubted(serial: Estimate, usl: Fit, coherency: Estimate) -> Estimate:
    """The serial part with the interval of either law, if there is a hint of coherency, which few
    processes cannot tell from 0: Amdahl's law alone would take it for a serial part.
    """
    other = estimate_of_values(usl.serial).interval
    if not serial.interval or not other or not coherency.interval:
        return serial
    if coherency.value < HINT * (coherency.interval[1] - coherency.value):
        return serial
    ends = min(serial.interval[0], other[0]), max(serial.interval[1], other[1])
    return msgspec.structs.replace(serial, interval=ends)


def breaks(found: Fit) -> bool:
    """Whether the residuals of a law are more than noise."""
    worst = float(np.abs(found.residuals.mean(axis=0)).max())
    return worst > max(KINK, KINK_NOISE * noise(found.residuals))


def break_place(slower: Floats) -> int:
    """The place after the largest step of the residuals of a law, those of slow places positive.

    The largest residual is often elsewhere, as a law leans towards the times beyond a break; so
    give those of the stiffer law. A bump has two steps: it begins where a code gets slower.
    """
    steps = np.diff(slower.mean(axis=0))
    largest = np.abs(steps)
    is_slower = steps.max() >= ALIKE * largest.max()
    return 1 + int(np.argmax(steps if is_slower else largest))


def first_above(gains: Floats) -> int | None:
    """The first place at which a code gains more than the machine: by more than small deviations
    of a law, and with its interval. gains: logarithms over the machine's, by process and place.
    """
    for place, of_place in enumerate(gains.T):
        gain = estimate_of_values(of_place)
        if gain.value > KINK and gain.interval and gain.interval[0] > 0:
            return place
    return None


def _peak(found: Fit, coherency: Estimate) -> Estimate | None:
    """Of the means; its interval only if every process has a peak."""
    each = peaks(found.serial, found.coherency)
    if len(each) == len(found.serial):
        return estimate_of_logs([log(peak) for peak in each])
    middle = peaks([float(found.serial.mean())], [coherency.value])
    return Estimate(middle[0], None, len(found.serial)) if middle else None
