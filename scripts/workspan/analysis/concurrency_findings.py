# SPDX-License-Identifier: Apache-2.0
"""What the gains of the execution models say as a whole: the best of each kind, and its meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workspan.analysis.concurrency import Concurrency, ModelRow
from workspan.analysis.ratios.figures import Figure
from workspan.resultfile.names import BASELINE, THREAD_EACH

NOTHING: Final = 1.1  # a gain up to which nothing was gained: noise alone is an explanation
OVERLAP: Final = 2.0  # gain of waiting from which on waits overlap


@dataclass(frozen=True)
class LittlesLaw:
    """Of many waiting threads, those that exist at a time: tau / cost of a thread (Little, A Proof
    for the Queuing Formula L = lambda W, 1961).
    """

    cost: float  # seconds to make a thread and end it
    at_a_time: float
    gain: float  # measured


@dataclass(frozen=True)
class Findings:
    """The best gain of the models other than seq; None if not measured.

    A gain that was meant for several CPUs and had one is not a result.
    """

    waiting_on_one: float | None = None
    computing_on_one: float | None = None
    computing_on_all: float | None = None
    waiting_on_all: float | None = None  # over one core, of the model that gains most there
    littles_law: LittlesLaw | None = None

    @property
    def waits_overlap(self) -> bool:
        """On one core."""
        return self.waiting_on_one is not None and self.waiting_on_one >= OVERLAP

    @property
    def is_not_parallel(self) -> bool:
        """Whether one core shows concurrency without parallelism."""
        computing = self.computing_on_one
        return self.waits_overlap and computing is not None and computing <= NOTHING


def find(judged: Concurrency) -> Findings:
    """The findings in the rows of a file."""
    rows = [row for row in judged.rows if row.model != BASELINE]
    waiting = [row for row in rows if row.waiting_gain and judged.subject.waiters > 1]
    most = max(waiting, key=lambda row: _value(row.waiting_gain), default=None)
    several = judged.subject.cpus > 1
    return Findings(
        waiting_on_one=_value(most.waiting_gain) if most else None,
        computing_on_one=_best(row.one_core_gain for row in rows),
        computing_on_all=_best(row.all_cpus_gain for row in rows) if several else None,
        waiting_on_all=_best([most.all_cpus_waiting]) if several and most else None,
        littles_law=next((law for row in rows if (law := _littles_law(row, judged))), None),
    )


def _value(figure: Figure | None) -> float:
    return figure.value if figure else 0.0


def _best(figures: Iterable[Figure | None]) -> float | None:
    return max((f.value for f in figures if f and not f.one_cpu), default=None)


def _littles_law(row: ModelRow, judged: Concurrency) -> LittlesLaw | None:
    """Of a thread for each task; None if all are made before the first one ends."""
    subject = judged.subject
    if row.model != THREAD_EACH or not row.task_cost or not row.many_gain:
        return None
    at_a_time = subject.tau / row.task_cost.value
    if not at_a_time < subject.many:
        return None
    return LittlesLaw(row.task_cost.value, at_a_time, row.many_gain.value)
