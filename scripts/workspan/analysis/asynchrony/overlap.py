# SPDX-License-Identifier: Apache-2.0
"""Overlap on a GPU: copies in, kernels and copies out of several chunks at the same time."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases, number_of
from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.figures import Figure, counter, figure
from workspan.analysis.ratios.times import time_ratio
from workspan.resultfile.model import Case
from workspan.resultfile.names import OVERLAP

CHUNKS: Final = "chunks"
NEAR: Final = {CHUNKS: 8}  # the table is about a number next to this
IN_ORDER: Final = "cuda"  # one stream, one operation after the other


@dataclass(frozen=True)
class OverlapRow:
    """One variant. time: seconds; gain: over one stream in order, with its best number of chunks.

    efficiency: the time of the longest step, of copies in, kernels and copies out, alone / T: 1 if
    it hides the two others.
    """

    model: str
    time: Figure | None = None
    gain: Figure | None = None
    efficiency: Figure | None = None


@dataclass(frozen=True)
class OverlapTable:
    """Of one size and number of chunks; the host has one chunk.

    in_order: the chunks of the fastest case on one stream, over which the gains are; 0: none.
    """

    problem: Problem
    in_order: int
    rows: tuple[OverlapRow, ...]


def overlap_table(cases: Iterable[Case], target: float) -> OverlapTable | None:
    """None if nothing ran on a GPU."""
    found = WorkloadCases(cases, OVERLAP)
    problem = found.problem(lambda case: case.scope != "host", NEAR)
    if problem is None:
        return None
    same = [case for case in found.cases if case.n == problem.n]
    on_host = _fastest(case for case in same if case.scope == "host")
    in_order = _fastest(case for case in same if case.variant == IN_ORDER)
    on_device = (case for case in same if case.scope != "host" and case.keys == problem.keys)
    return OverlapTable(
        problem,
        number_of(in_order.keys, CHUNKS) if in_order else 0,
        tuple(_row(case, in_order, target) for case in (on_host, *on_device) if case),
    )


def _fastest(cases: Iterable[Case]) -> Case | None:
    return min(cases, key=lambda case: case.time or math.inf, default=None)


def _row(case: Case, in_order: Case | None, target: float) -> OverlapRow:
    ratio = time_ratio(in_order, case) if case.scope != "host" else None
    gain, known = figure(ratio, target, case, in_order), speedup(in_order, case)
    return OverlapRow(
        model=case.variant,
        time=figure(case.time, target, case),
        gain=gain and replace(gain, interval=known.interval if known else None),
        efficiency=counter(case, "overlap_efficiency"),
    )
