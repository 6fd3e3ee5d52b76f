# SPDX-License-Identifier: Apache-2.0
"""Overlap on a GPU: copies in, kernels and copies out of several chunks at the same time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases
from workspan.analysis.case_ratios import speedup
from workspan.analysis.figures import Figure, counter, figure
from workspan.analysis.times import time_ratio
from workspan.resultfile.model import Case
from workspan.resultfile.names import OVERLAP

CHUNKS: Final = {"chunks": 8}  # the table is about a number next to this
IN_ORDER: Final = "cuda"  # one stream, one operation after the other


@dataclass(frozen=True)
class OverlapRow:
    """One variant. time: seconds; gain: over one stream in order.

    efficiency: the time of the longest step, of copies in, kernels and copies out, alone / T: 1 if
    it hides the two others.
    """

    model: str
    time: Figure | None = None
    gain: Figure | None = None
    efficiency: Figure | None = None


@dataclass(frozen=True)
class OverlapTable:
    """Of one size and number of chunks."""

    problem: Problem
    rows: tuple[OverlapRow, ...]


def overlap_table(cases: Iterable[Case], target: float) -> OverlapTable | None:
    """None if nothing ran on a GPU."""
    found = WorkloadCases(cases, OVERLAP)
    problem = found.problem(lambda case: case.scope != "host", CHUNKS)
    if problem is None:
        return None
    in_order = found.of(IN_ORDER, problem)
    rows = (
        _row(case, in_order, target) for model in found.models if (case := found.of(model, problem))
    )
    return OverlapTable(problem, tuple(rows))


def _row(case: Case, in_order: Case | None, target: float) -> OverlapRow:
    ratio = time_ratio(in_order, case) if case.scope != "host" else None
    gain, known = figure(ratio, target, case, in_order), speedup(in_order, case)
    return OverlapRow(
        model=case.variant,
        time=figure(case.time, target, case),
        gain=gain and replace(gain, interval=known.interval if known else None),
        efficiency=counter(case, "overlap_efficiency"),
    )
