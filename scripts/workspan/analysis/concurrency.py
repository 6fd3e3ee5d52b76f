# SPDX-License-Identifier: Apache-2.0
"""Execution models side by side: the cost of a task, the smallest worthwhile one, and the gains of
waiting and of computing, on one core and on all CPUs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from workspan.analysis.laws.metg import GrainPoint, Metg, metg
from workspan.analysis.ratios.figures import Figure, figure
from workspan.analysis.ratios.judge import Judgements, judge
from workspan.analysis.ratios.model_cases import ModelCases, tasks_of
from workspan.analysis.ratios.times import ratio_to, time_ratio
from workspan.resultfile.model import Case, ResultFile
from workspan.resultfile.names import BASELINE
from workspan.support.units import key_seconds

GRAIN: Final = 2**18  # steps of a computing task that is worth a thread of its own: about 0.25 ms


@dataclass(frozen=True)
class Subject:
    """What the columns are about; 0: not measured. Times in seconds."""

    cpus: int
    waiters: int = 0  # waiting tasks of the gain: the most for which seq was measured on one core
    many: int = 0  # the most waiting tasks of any model on one core, if that is more
    tau: float = 0.0  # for which each of them waits
    steps: int = 0  # n of busy
    grain: int = 0  # steps of each computing task of the gains
    task: float = 0.0  # the time of such a task, by seq


@dataclass(frozen=True)
class ModelRow:
    """One execution model. Times in seconds; None if not measured, or not meaningful."""

    model: str
    task_cost: Figure | None = None  # T / n of empty tasks
    smallest_task: Figure | None = None  # METG(50 %)
    suspicious: bool = False  # METG is refused: efficiencies of 150 % and more
    waiting: Figure | None = None  # T of `waiters` tasks on one core
    waiting_gain: Figure | None = None  # T_seq / T of them
    many_gain: Figure | None = None  # n x tau / T of `many` tasks on one core
    one_core_gain: Figure | None = None  # T_seq / T of computing tasks
    all_cpus_gain: Figure | None = None  # the same on all CPUs
    all_cpus_waiting: Figure | None = None  # T on one core / T on all CPUs of `waiters` tasks
    waiter_bytes: Figure | None = None  # memory of each of the most waiting tasks


@dataclass(frozen=True)
class Concurrency:
    """The models of a file, in its order."""

    subject: Subject
    rows: tuple[ModelRow, ...]


def judge_models(file: ResultFile) -> Concurrency:
    """A row for each execution model with a time."""
    run = file.workspan.run
    cases = ModelCases(file.workspan.cases, run.all_threads)
    judged = _Figures(cases, _subject(cases), judge(file), run.target)
    return Concurrency(judged.subject, tuple(judged.row(model) for model in cases.models))


def _subject(cases: ModelCases) -> Subject:
    waiters = max(cases.waiter_counts(BASELINE), default=0)
    most = max((n for model in cases.models for n in cases.waiter_counts(model)), default=0)
    seq = _computing_task(cases)
    return Subject(
        cpus=cases.cpus,
        waiters=waiters,
        many=most if most > waiters else 0,
        tau=key_seconds(cases.tau) or 0.0,
        steps=seq.n if seq else 0,
        grain=int(seq.keys["grain"]) if seq else 0,
        task=seq.time / tasks_of(seq) if seq and seq.time else 0.0,
    )


def _computing_task(cases: ModelCases) -> Case | None:
    """seq of the most steps, with the grain next to GRAIN that was also measured on one core."""
    found = cases.busy(BASELINE)
    largest = [c for c in found if c.n == max(c.n for c in found)]
    both = [c for c in largest if cases.busy_on_one(BASELINE, c.n, c.keys["grain"])]
    return min(both or largest, key=_octaves_from_grain, default=None)


def _octaves_from_grain(case: Case) -> float:
    return abs(math.log2(int(case.keys["grain"]) / GRAIN))


class _Figures:
    """What the rows of one file are computed from."""

    def __init__(
        self, cases: ModelCases, subject: Subject, judgements: Judgements, target: float
    ) -> None:
        self.subject = subject
        self._cases, self._judgements, self._target = cases, judgements, target

    def row(self, model: str) -> ModelRow:
        cases, s = self._cases, self.subject
        dispatch = cases.dispatch(model)
        on_one, on_all = cases.waiting_on_one(model, s.waiters), cases.waiting(model, s.waiters)
        many = cases.waiting_on_one(model, s.many)
        computing = {int(c.keys["grain"]): c for c in cases.busy(model, s.steps)}
        smallest, deciding = self._metg(model)
        return ModelRow(
            model=model,
            task_cost=self._figure(_task_cost(dispatch), dispatch),
            smallest_task=self._figure(smallest.seconds, *deciding, at_most=smallest.at_most),
            suspicious=smallest.suspicious,
            waiting=self._figure(on_one.time if on_one else None, on_one),
            waiting_gain=self._gain(on_one),
            many_gain=self._figure(_gain_of_many(s, many), many),
            one_core_gain=self._gain(cases.busy_on_one(model, s.steps, str(s.grain))),
            all_cpus_gain=self._gain(computing.get(s.grain)),
            all_cpus_waiting=self._figure(_time_ratio(on_one, on_all), on_all, on_one),
            waiter_bytes=self._waiter_bytes(model),
        )

    def _figure(
        self, value: float | None, *of: Case | None, at_most: bool = False
    ) -> Figure | None:
        """The value, with the doubts about the cases that it comes from."""
        return figure(value, self._target, *of, at_most=at_most)

    def _gain(self, case: Case | None) -> Figure | None:
        """T_seq / T, as `vs seq` has it."""
        if case is None:
            return None
        gain = self._judgements[case.name].vs_seq
        found = self._figure(gain.value if gain else None, case, self._cases.baseline(case))
        return found and replace(found, interval=gain.interval if gain else None)

    def _metg(self, model: str) -> tuple[Metg, list[Case]]:
        """METG(50 %), and the cases that decide it. No one thread can use half of three CPUs."""
        found = self._cases.busy(model, self.subject.steps)
        seq = self._best_seq()
        if model == BASELINE or seq is None or not _are_parallel(found, self._cases.cpus):
            return Metg(None), []
        judged = metg([self._point(case, seq) for case in found])
        return judged, [seq, *(found[i] for i in judged.deciding)]

    def _best_seq(self) -> Case | None:
        """The fastest over the grains: the time without any cost of tasks."""
        found = self._cases.busy(BASELINE, self.subject.steps)
        return min(found, key=lambda c: c.time or math.inf, default=None)

    def _point(self, case: Case, seq: Case) -> GrainPoint:
        cpus = self._cases.cpus
        return GrainPoint(
            granularity=(case.time or 0.0) * cpus / tasks_of(case),
            efficiency=time_ratio(seq, case, 1 / cpus) or 0.0,
        )

    def _waiter_bytes(self, model: str) -> Figure | None:
        """On one core or all, the less: what other processes take meanwhile is in it, so noisy."""
        known = [c for c in self._cases.waiters(model) if c.counters.get("bytes_per_waiter", 0) > 0]
        most = max((c.n for c in known), default=0)
        found = [c.counters["bytes_per_waiter"] for c in known if c.n == most]
        return Figure(min(found), noisy=True) if found else None


def _task_cost(dispatch: Case | None) -> float | None:
    return dispatch.time / dispatch.n if dispatch and dispatch.time else None


def _gain_of_many(subject: Subject, many: Case | None) -> float | None:
    """n x tau, the time of waiting one after the other, / T."""
    return ratio_to(subject.many * subject.tau, many) if many else None


def _time_ratio(other: Case | None, case: Case | None) -> float | None:
    return time_ratio(other, case) if case else None


def _are_parallel(cases: Sequence[Case], cpus: int) -> bool:
    """Whether the model makes more than one thread, or there is only one CPU to use."""
    return cpus == 1 or all(case.threading != "one" for case in cases)
