# SPDX-License-Identifier: Apache-2.0
"""Contention: what an increment of a shared counter costs alone, and beside all other threads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases
from workspan.analysis.laws.scaling import FEWEST_COUNTS, Outcome, Refusal, law_of
from workspan.analysis.ratios.case_ratios import processes_of
from workspan.analysis.ratios.figures import Figure, figure
from workspan.analysis.ratios.times import time_ratio
from workspan.resultfile.model import Case
from workspan.resultfile.names import CONTENTION
from workspan.stats.intervals import bounded_exp
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate, Sides


@dataclass(frozen=True)
class ContentionRow:
    """One kind of counter. Seconds an increment on one thread and on all; gain: of all over one.

    serial, coherency: fractions of the law of scaling over threads, up to one for each CPU.
    refusal, kink: why there is none, if at least four numbers of threads were measured.
    """

    model: str
    one_thread: Figure | None = None
    all_threads: Figure | None = None
    gain: Figure | None = None
    serial: Figure | None = None
    coherency: Figure | None = None
    refusal: Refusal | None = None
    kink: int | None = None


@dataclass(frozen=True)
class ContentionTable:
    """threads: all of them."""

    problem: Problem
    threads: int
    rows: tuple[ContentionRow, ...]


def contention_table(cases: Iterable[Case], cpus: int, target: float) -> ContentionTable | None:
    """None if not measured."""
    found = WorkloadCases(cases, CONTENTION)
    problem = found.problem(lambda _: True)
    if problem is None:
        return None
    rows = (_row(found.all_of(model, problem), cpus, target) for model in found.models)
    return ContentionTable(problem, cpus, tuple(row for row in rows if row))


def _row(curve: Sequence[Case], cpus: int, target: float) -> ContentionRow | None:
    """curve: by threads."""
    if not curve:
        return None
    one = next((case for case in curve if case.threads == 1), None)
    everyone = next((case for case in curve if case.threads == cpus > 1), None)
    law, refusal, kink = _outcome([case for case in curve if case.scope == "host"], cpus)
    return ContentionRow(
        model=curve[0].variant,
        one_thread=_each(one, target),
        all_threads=_each(everyone, target),
        gain=figure(time_ratio(one, everyone), target, one, everyone) if everyone else None,
        serial=_fraction(law.serial, target) if law else None,
        coherency=_fraction(law.coherency, target) if law and law.coherency else None,
        refusal=refusal,
        kink=kink,
    )


def _each(case: Case | None, target: float) -> Figure | None:
    if case is None or not case.time:
        return None
    found, known = figure(case.time / case.n, target, case), case.interval
    interval = (known[0] / case.n, known[1] / case.n) if isinstance(known, tuple) else None
    return found and replace(found, interval=interval)


def _fraction(of: Estimate, target: float) -> Figure:
    """A fraction that may be 0 is known by its upper end only."""
    half_width = of.relative_half_width
    noisy = half_width is None or not 0 <= half_width <= target
    if of.interval and of.interval[0] <= 0:
        return Figure(min(of.interval[1], 1.0), noisy, at_most=True, interval=of.interval)
    return Figure(of.value, noisy, interval=of.interval)


def _outcome(curve: Sequence[Case], cpus: int) -> Outcome:
    """The law over threads, for lack of a ceiling, as far as each has a CPU of its own."""
    if len(curve) < FEWEST_COUNTS or curve[0].threads != 1:
        return Outcome()
    if cpus < FEWEST_COUNTS:
        return Outcome(refusal="few_cpus")
    fitted = [case for case in curve if case.threads <= cpus]
    if len(fitted) < FEWEST_COUNTS:
        return Outcome(refusal="few_counts")
    first = processes_of(fitted[0])
    speedups = [Sides(first, processes_of(case)).logs for case in fitted[1:]]
    common = [key for key in speedups[0] if all(key in by for by in speedups)]
    if len(common) < FEWEST_PROCESSES:
        return Outcome(refusal="few_processes")
    times = np.array([[1.0, *(bounded_exp(-by[key]) for by in speedups)] for key in common])
    threads = [case.threads for case in fitted]
    cores = np.broadcast_to(np.array(threads, dtype=np.float64), times.shape)
    return law_of(cores, times, threads)
