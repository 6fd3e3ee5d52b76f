# SPDX-License-Identifier: Apache-2.0
"""A run at a glance: the few numbers at the top of its page, and how far all can be trusted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from workspan.analysis.ratios.judge import Judgements
from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.analysis.ratios.times import relative_half_width
from workspan.analysis.verdicts.headline import Headline, Opponent, WorkloadAnswer
from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.model import FAILURES, RateUnit, ResultFile, Status

Code = Literal[
    "arithmetic",  # all CPUs over one, of the ceilings
    "memory",
    "gpu_arithmetic",  # GPU over the best host code, of the ceilings, resident
    "gpu_memory",
    "transfers_win",  # workloads in which the GPU wins with its transfers counted
    "gains",  # the range of what the workloads gain from all CPUs
    "known",  # speedups that have an interval
]


@dataclass(frozen=True)
class Number:
    """One number: gain, low and high of several, or count of all; opponent: of one of the GPU."""

    code: Code
    gain: MachineGain | None = None
    low: float = 0.0
    high: float = 0.0
    count: int = 0
    all: int = 0
    opponent: Opponent | None = None


@dataclass(frozen=True)
class Trust:
    """What limits the numbers of a run. half_known_to: the median of the relative half widths of
    the times that have an interval; clean: the share of samples whose threads had their CPUs;
    skipped_for: the commonest reason of the skipped cases, and how many have it.
    """

    processes: int
    timed: int
    without_interval: int
    warned: int
    failed: int
    skipped: int
    disturbed: int
    records: int
    complete: bool
    half_known_to: float | None = None
    clean: float | None = None
    skipped_for: tuple[str, int] = ("", 0)


def numbers(found: Headline) -> tuple[Number, ...]:
    """At most six, as far as they were measured: with a GPU its own ones in place of the gains."""
    left_out = "gains" if found.kernels.of else ""
    return tuple(one for one in measured(found) if one.code != left_out)


def measured(found: Headline) -> tuple[Number, ...]:
    """All that were measured, for a table of several runs, with a GPU and without."""
    said: list[Number] = []
    if found.arithmetic:
        said.append(Number("arithmetic", gain=found.arithmetic))
    if found.memory:
        said.append(Number("memory", gain=found.memory))
    said += _of_gpu(found) if found.kernels.of else []
    said += _gains(found)
    estimates = [a.gain for a in found.by_gain if a.gain]
    if estimates:
        known = sum(one.interval is not None for one in estimates)
        said.append(Number("known", count=known, all=len(estimates)))
    return tuple(said)


def _of_gpu(found: Headline) -> list[Number]:
    said = [
        *_range("gpu_arithmetic", _over_host(found.counted, "flops")),
        *_range("gpu_memory", _over_host(found.counted, "bytes")),
    ]
    if found.transfers.of:
        said.append(Number("transfers_win", count=found.transfers.won, all=found.transfers.of))
    return [replace(one, opponent=found.opponent) for one in said]


def _over_host(answers: Iterable[WorkloadAnswer], unit: RateUnit) -> list[float]:
    """Of the ceilings, data resident."""
    return [
        a.of_kernel.vs_best_host.value
        for a in answers
        if a.host.is_ceiling and a.host.rate_unit == unit and a.of_kernel.vs_best_host
    ]


def _range(code: Code, values: Sequence[float]) -> list[Number]:
    return [Number(code, low=min(values), high=max(values))] if values else []


def _gains(found: Headline) -> list[Number]:
    """Of the workloads, by code on several threads."""
    ends = found.extremes
    if ends is None or ends.most is ends.least or not (ends.most.gain and ends.least.gain):
        return []
    return [Number("gains", low=ends.least.gain.value, high=ends.most.gain.value)]


def trust(file: ResultFile, judgements: Judgements) -> Trust:
    """How far to trust a run."""
    ours = file.workspan
    timed = [case for case in ours.cases if case.status is Status.OK and case.time]
    reasons = Counter(c.reason for c in ours.cases if c.status is Status.SKIPPED)
    widths = [width for case in timed if (width := relative_half_width(case)) is not None]
    return Trust(
        processes=max(1, ours.run.invocations),
        timed=len(timed),
        without_interval=len(timed) - len(widths),
        warned=sum(bool(case.warnings or judgements[case.name].warnings) for case in timed),
        failed=sum(case.status in FAILURES for case in ours.cases),
        skipped=reasons.total(),
        disturbed=sum(bool(record.disturbed) for record in ours.invocations),
        records=len(ours.invocations),
        complete=ours.run.complete,
        half_known_to=median(widths) if widths else None,
        clean=clean_samples(file).share,
        skipped_for=next(iter(reasons.most_common(1)), ("", 0)),
    )
