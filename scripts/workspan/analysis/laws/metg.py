# SPDX-License-Identifier: Apache-2.0
"""Minimum effective task granularity, METG(50 %), computed as Task Bench does.

Slaughter et al., Task Bench: A Parameterized Benchmark for Evaluating Parallel Runtime Performance,
SC20; its scripts/chart_metg.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

THRESHOLD: Final = 0.5  # efficiency of the smallest task that is worth it
SUSPICIOUS: Final = 1.5  # efficiency from which on the times cannot be right


@dataclass(frozen=True)
class GrainPoint:
    """One grain size: granularity is T x CPUs / tasks, efficiency T_seq / (T x CPUs)."""

    granularity: float
    efficiency: float


@dataclass(frozen=True)
class Metg:
    """The granularity at 50 % efficiency in seconds, and the points that decide it.

    at_most: no finer grain was measured. None: no grain reaches 50 %, or `suspicious`, with
    efficiencies of 150 % and more.
    """

    seconds: float | None
    at_most: bool = False
    suspicious: bool = False
    deciding: tuple[int, ...] = ()  # indices


def metg(points: Sequence[GrainPoint]) -> Metg:
    """The smallest granularity with an efficiency of 50 %, interpolated to the point below.

    points: from the coarsest grain to the finest.
    """
    if any(point.efficiency >= SUSPICIOUS for point in points):
        return Metg(None, suspicious=True)
    efficient = [i for i, point in enumerate(points) if point.efficiency >= THRESHOLD]
    if not efficient:
        return Metg(None)
    smallest = min(efficient, key=lambda i: points[i].granularity)
    if smallest + 1 == len(points):
        return Metg(points[smallest].granularity, at_most=True, deciding=(smallest,))
    above, below = points[smallest], points[smallest + 1]
    if below.granularity >= above.granularity:  # finer, but slower for each task
        return Metg(above.granularity, deciding=(smallest,))
    share = (THRESHOLD - below.efficiency) / (above.efficiency - below.efficiency)
    between = below.granularity + share * (above.granularity - below.granularity)
    return Metg(between, deciding=(smallest, smallest + 1))
