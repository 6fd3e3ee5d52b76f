# SPDX-License-Identifier: Apache-2.0
"""A pipeline: its stages overlap, so that the longest one bounds what is gained."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases
from workspan.analysis.figures import Figure, figure
from workspan.analysis.times import time_ratio
from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, PIPELINE

STAGES: Final = {"read": "read_ns", "transform": "transform_ns", "reduce": "reduce_ns"}


@dataclass(frozen=True)
class PipelineRow:
    """One model. rate: items/s; gain: T_seq / T; of_bound: gain / the bound."""

    model: str
    rate: Figure | None = None
    gain: Figure | None = None
    of_bound: Figure | None = None


@dataclass(frozen=True)
class PipelineTable:
    """longest: the stage that takes longest, or empty; bound: the gain that it allows, or the
    number of CPUs if that is less; None if the times of the stages are unknown.
    """

    problem: Problem
    longest: str
    bound: float | None
    rows: tuple[PipelineRow, ...]


def pipeline_table(cases: Iterable[Case], cpus: int, target: float) -> PipelineTable | None:
    """None if not measured."""
    found = WorkloadCases(cases, PIPELINE)
    problem = found.problem(lambda _: True)
    if problem is None:
        return None
    stages = _stages(found.of(BASELINE, problem))
    longest = max(stages, key=lambda stage: stages[stage], default="")
    bound = min(sum(stages.values()) / stages[longest], cpus) if longest else None
    rows = (
        _row(case, found.baseline(case), bound, target)
        for model in found.models
        if (case := found.of(model, problem))
    )
    return PipelineTable(problem, longest, bound, tuple(rows))


def _stages(seq: Case | None) -> dict[str, float]:
    """The times of the stages one after the other; empty if one of them is unknown."""
    counters = seq.counters if seq else {}
    known = {stage: counters[name] for stage, name in STAGES.items() if name in counters}
    return known if len(known) == len(STAGES) and min(known.values()) > 0 else {}


def _row(case: Case, seq: Case | None, bound: float | None, target: float) -> PipelineRow:
    gain = figure(time_ratio(seq, case), target, case, seq)
    share = figure(gain.value / bound, target, case, seq) if gain and bound else None
    return PipelineRow(
        model=case.variant,
        rate=figure(case.n / case.time if case.time else None, target, case),
        gain=gain,
        of_bound=None if case.variant == BASELINE else share,
    )
