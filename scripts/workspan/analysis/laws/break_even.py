# SPDX-License-Identifier: Apache-2.0
"""Break-even: the sizes from which on the GPU is faster than the best verified code of the host.

Measured sizes bracket it. Only within a narrow bracket is it interpolated, and only if a third size
tells how well interpolation does.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from workspan.analysis.ratios.case_ratios import processes_of
from workspan.analysis.ratios.ceilings import CaseIndex, host_threads
from workspan.analysis.ratios.judge import Judgements, indexes_of, judge
from workspan.resultfile.model import Case, ResultFile
from workspan.resultfile.names import PAGEABLE, PINNED
from workspan.stats.crossings import (
    Crossing,
    crossing_of_draws,
    crossing_of_processes,
    interpolation_error,
)
from workspan.stats.ratios import Estimate, Sides, draws_of_one_process

NARROW: Final = 4.0  # octaves of a bracket in which interpolation is right by about 1.2

Transfers = Literal["resident", "pageable", "pinned"]
TRANSFERS: Final[tuple[Transfers, ...]] = ("resident", "pageable", "pinned")
Kind = Literal[
    "always",  # faster, and at no measured size told to be slower
    "never",  # slower, and at no measured size told to be faster
    "between",  # slower up to a measured size, faster from another one on
    "in_and_out",  # several brackets, or one with the GPU faster below it
    "unknown",  # no size tells which of both is faster
]


@dataclass(frozen=True)
class Point:
    """One size. host: the fastest verified code at any number of threads; ratio: T_host / T.

    n: in the unit of the workload. host_threads: the most on which code of the host was measured.
    """

    n: int
    host: Case
    device: Case
    ratio: Estimate
    host_threads: int

    @property
    def sign(self) -> int:
        """1: the GPU is faster, -1: slower, 0: not told by the interval. Without one: by value."""
        low, high = self.ratio.interval or (self.ratio.value, self.ratio.value)
        return int(low > 1) - int(high < 1)


@dataclass(frozen=True)
class BreakEven:
    """The answer for one workload and its keys. brackets: measured sizes around each crossing.

    root: n of the crossing of `between`, if it could be interpolated (Fieller's interval,
    stats/crossings.py, widened by the error of leaving a neighbour out).
    """

    workload: str
    keys: Mapping[str, str]
    transfers: Transfers
    points: tuple[Point, ...]  # by size
    kind: Kind
    brackets: tuple[tuple[int, int], ...] = ()
    root: Estimate | None = None

    @property
    def told(self) -> tuple[Point, ...]:
        """The sizes that tell which is faster."""
        return tuple(p for p in self.points if p.sign)

    @property
    def untold(self) -> tuple[Point, ...]:
        """The sizes that do not, apart from those inside a bracket, which it covers."""
        return tuple(p for p in self.points if not p.sign and not self._is_inside(p))

    @property
    def said_of(self) -> tuple[int, int]:
        """The smallest and the largest size that the answer is said of: those between sizes that
        tell, but of `always` up to the largest, with those that do not tell as exceptions.
        """
        known = self.told or self.points
        return known[0].n, (self.points if self.kind == "always" else known)[-1].n

    @property
    def has_exception(self) -> bool:
        """Whether the largest size that does not tell is one that the answer is said of."""
        smallest, largest = self.said_of
        return bool(self.untold) and smallest <= self.untold[-1].n <= largest

    @property
    def by_value(self) -> bool:
        """Whether the answer rests on a size whose ratio has no interval."""
        return any(p.ratio.by_value for p in self.told)

    def _is_inside(self, point: Point) -> bool:
        return any(low < point.n < high for low, high in self.brackets)


def break_evens(file: ResultFile, judgements: Judgements | None = None) -> tuple[BreakEven, ...]:
    """Those of each workload that was measured on the host and on a GPU, in their order."""
    cases = {case.name: case for case in file.workspan.cases}
    judged = judge(file) if judgements is None else judgements
    problems = indexes_of(file).cases
    curves: dict[object, dict[int, Case]] = defaultdict(dict)
    for case in cases.values():
        if (transfers := _transfers(case)) and case.time and judged[case.name].vs_best_host:
            curve = curves[case.workload, tuple(sorted(case.keys.items())), transfers]
            curve[case.n] = min(curve.get(case.n, case), case, key=lambda c: c.time or math.inf)
    found = []
    for curve in curves.values():
        first = next(iter(curve.values()))
        points = tuple(_points((curve[n] for n in sorted(curve)), cases, judged, problems))
        found.append(_break_even(first, points))
    order = {workload: k for k, workload in enumerate(dict.fromkeys(b.workload for b in found))}
    return tuple(
        sorted(
            found,
            key=lambda b: (order[b.workload], str(b.keys), TRANSFERS.index(b.transfers)),
        )
    )


def _transfers(case: Case) -> Transfers | None:
    """What a case of the suite's own kernels contains; None of other cases."""
    if case.scope == "kernel" and case.ours:
        return "resident"
    names: dict[str, Transfers] = {PAGEABLE: "pageable", PINNED: "pinned"}
    return names.get(case.variant)


def _points(
    devices: Iterable[Case], cases: Mapping[str, Case], judged: Judgements, problems: CaseIndex
) -> Iterator[Point]:
    for device in devices:
        of_device = judged[device.name]
        if of_device.vs_best_host:
            host, threads = cases[of_device.best_host], host_threads(problems.same_problem(device))
            yield Point(device.n, host, device, of_device.vs_best_host, threads)


def _break_even(case: Case, points: tuple[Point, ...]) -> BreakEven:
    transfers = _transfers(case)
    assert transfers
    told = [p for p in points if p.sign]
    changes = [(a, b) for a, b in pairwise(told) if a.sign != b.sign]
    kind: Kind = "unknown"
    if changes:
        kind = "between" if len(changes) == 1 and told[0].sign < 0 else "in_and_out"
    elif told:
        kind = "always" if told[0].sign > 0 else "never"
    brackets = tuple((a.n, b.n) for a, b in changes)
    root = _root(points, *brackets[0]) if kind == "between" else None
    return BreakEven(case.workload, case.keys, transfers, points, kind, brackets, root)


def _root(points: Sequence[Point], low: int, high: int) -> Estimate | None:
    """The crossing between these sizes; None if they are far apart, or nothing tells how the curve
    bends.
    """
    x, heights = [math.log(p.n) for p in points], [math.log(p.ratio.value) for p in points]
    bend = interpolation_error(x, heights)
    if math.log2(high / low) > NARROW or bend is None:
        return None
    inside = [p for p in points if low <= p.n <= high]
    found = _crossing(inside)
    if found is None:
        return None
    slope = math.log(inside[-1].ratio.value / inside[0].ratio.value) / math.log(high / low)
    return _estimate(found, bend / abs(slope), inside)


def _estimate(found: Crossing, error: float, inside: Sequence[Point]) -> Estimate:
    """The wider of both intervals, within the bracket."""
    interval = None
    if found.interval:
        ends = min(found.interval[0], found.x - error), max(found.interval[1], found.x + error)
        low, high = (math.exp(end) for end in ends)
        interval = max(low, float(inside[0].n)), min(high, float(inside[-1].n))
    one = any(p.ratio.within_one_process for p in inside)
    return Estimate(math.exp(found.x), interval, min(p.ratio.processes for p in inside), one)


def _crossing(inside: Sequence[Point]) -> Crossing | None:
    """By the processes that measured all of these sizes, or by the blocks of the only one.

    Sizes of different processes, as of `run --break-even`, are independent: they are paired in the
    order of the processes.
    """
    x = [math.log(p.n) for p in inside]
    sides = [Sides(processes_of(p.host), processes_of(p.device)) for p in inside]
    logs = [side.logs for side in sides]
    common: list[Hashable] = [key for key in logs[0] if all(key in of_size for of_size in logs)]
    if common:
        heights = np.array([[of_size[key] for of_size in logs] for key in common])
    else:
        rows = zip(*([*of_size.values()] for of_size in logs), strict=False)
        heights = np.array([*rows])
    if len(heights) != 1:
        return crossing_of_processes(x, heights) if len(heights) else None
    draws = [draws_of_one_process(side) for side in sides if len(side.logs) == 1]
    known = [d for d in draws if d is not None]
    if len(known) < len(inside):
        return crossing_of_processes(x, heights)
    return crossing_of_draws(x, heights[0].tolist(), np.column_stack(known))
