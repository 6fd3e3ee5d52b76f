# SPDX-License-Identifier: Apache-2.0
"""Work, span and parallelism of task graphs: what no schedule exceeds, and what a code gained.

A code whose contract gives the graph counts the seconds of its tasks, each run by itself: of all of
them (work), and of the longest path (span). With p threads it takes at least the larger of work / p
and span: the work law and the span law (Cormen et al., Introduction to Algorithms).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workspan.analysis.ratios.judge import Judgements, judge
from workspan.resultfile.model import Case, ResultFile
from workspan.stats.ratios import Estimate

WORK: Final = "work_seconds"
SPAN: Final = "span_seconds"
TILES: Final = "tiles"
KINDS: Final = ("potrf", "trsm", "syrk", "gemm")  # of tile tasks, each with its seconds


@dataclass(frozen=True)
class TaskGraph:
    """A case on several threads and its graph of tasks on tiles x tiles tiles; times in seconds.

    each: of one task of a kind; speedup: over the same code on one thread, if that was measured.
    """

    case: Case
    tiles: int
    each: Mapping[str, float]
    work: float
    span: float
    speedup: Estimate | None

    @property
    def parallelism(self) -> float:
        """The gain from as many threads as the graph can use."""
        return self.work / self.span

    @property
    def bound(self) -> float:
        """The gain that no schedule exceeds on the threads of the case."""
        return min(float(self.case.threads), self.parallelism)


def task_graphs(file: ResultFile, judgements: Judgements | None = None) -> tuple[TaskGraph, ...]:
    """Of all cases on several threads that counted it; none of older files."""
    judged = judge(file) if judgements is None else judgements
    return tuple(
        TaskGraph(
            case,
            int(counted[TILES]),
            {kind: counted.get(f"{kind}_seconds", 0.0) for kind in KINDS},
            counted[WORK],
            counted[SPAN],
            judged[case.name].vs_1_thread,
        )
        for case in file.workspan.cases
        if case.time and case.threads > 1 and _is_known(counted := case.counters)
    )


def _is_known(counted: Mapping[str, float]) -> bool:
    """Whether all is there, and possible: the longest path is a part of the work."""
    return TILES in counted and 0 < counted.get(SPAN, 0.0) <= counted.get(WORK, 0.0) * (1 + 1e-9)
