# SPDX-License-Identifier: Apache-2.0
"""A pipeline: its stages overlap, so that the longest one bounds what is gained."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases
from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.figures import Figure, figure
from workspan.analysis.ratios.latency import latency
from workspan.analysis.ratios.times import per_second, time_ratio
from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, PIPELINE

STAGES: Final = {"read": "read_ns", "transform": "transform_ns", "reduce": "reduce_ns"}


@dataclass(frozen=True)
class PipelineRow:
    """One model. rate: items/s; gain: T_seq / T, and the same on one core; of_bound: gain / the
    bound; p50: seconds from the beginning of the first stage to the end of the last one.

    handing_over: seconds an item beyond what the bound allows; on one core beyond T_seq.
    """

    model: str
    rate: Figure | None = None
    one_core_gain: Figure | None = None
    gain: Figure | None = None
    of_bound: Figure | None = None
    p50: Figure | None = None
    one_core_handing_over: Figure | None = None
    handing_over: Figure | None = None


@dataclass(frozen=True)
class PipelineTable:
    """longest: the stage that takes longest, or empty; bound: the gain that it allows, or the
    number of CPUs if that is less; None if the times of the stages are unknown. item: seconds that
    one takes by seq.
    """

    problem: Problem
    longest: str
    bound: float | None
    item: float | None
    rows: tuple[PipelineRow, ...]


def pipeline_table(cases: Iterable[Case], cpus: int, target: float) -> PipelineTable | None:
    """None if not measured."""
    found = WorkloadCases(cases, PIPELINE)
    problem = found.problem(lambda _: True)
    if problem is None:
        return None
    seq = found.of(BASELINE, problem)
    stages = _stages(seq)
    longest = max(stages, key=lambda stage: stages[stage], default="")
    bound = min(sum(stages.values()) / stages[longest], cpus) if longest else None
    rows = (_row(found, model, problem, bound, target) for model in found.models)
    item = seq.time / seq.n if seq and seq.time else None
    return PipelineTable(problem, longest, bound, item, tuple(row for row in rows if row))


def _stages(seq: Case | None) -> dict[str, float]:
    """The times of the stages one after the other; empty if one of them is unknown."""
    counters = seq.counters if seq else {}
    known = {stage: counters[name] for stage, name in STAGES.items() if name in counters}
    return known if len(known) == len(STAGES) and min(known.values()) > 0 else {}


def _row(
    found: WorkloadCases, model: str, problem: Problem, bound: float | None, target: float
) -> PipelineRow | None:
    case, seq = found.of(model, problem), found.of(BASELINE, problem)
    if case is None:
        return None
    on_one, seq_on_one = (found.on_one_core(of, problem) for of in (model, BASELINE))
    one_core = time_ratio(seq_on_one, on_one) if on_one else None
    gain = figure(time_ratio(seq, case), target, case, seq)
    known = speedup(seq, case)
    share = gain and bound and replace(gain, value=gain.value / bound)
    return PipelineRow(
        model=model,
        rate=figure(per_second(case.n, case), target, case),
        one_core_gain=figure(one_core, target, on_one, seq_on_one),
        gain=gain and replace(gain, interval=known.interval if known else None),
        of_bound=share if share and model != BASELINE else None,
        p50=latency(case, 500, target),
        one_core_handing_over=_beyond(seq_on_one, on_one, 1.0, target),
        handing_over=_beyond(seq, case, bound, target),
    )


def _beyond(
    seq: Case | None, case: Case | None, gain: float | None, target: float
) -> Figure | None:
    """What an item takes longer than by seq with this gain; None of seq itself."""
    if not (case and case.time and seq and seq.time and gain) or case.variant == BASELINE:
        return None
    found = figure((case.time - seq.time / gain) / case.n, target, case, seq)
    if not found or not isinstance(case.interval, tuple) or not isinstance(seq.interval, tuple):
        return found
    (low, high), (seq_low, seq_high) = case.interval, seq.interval
    ends = (low - seq_high / gain) / case.n, (high - seq_low / gain) / case.n
    return replace(found, interval=ends)
