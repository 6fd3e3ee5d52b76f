# SPDX-License-Identifier: Apache-2.0
"""Break-even: the sizes from which on the GPU is faster than the best verified code of the host."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workspan.resultfile.model import Case, ResultFile
from workspan.stats.ratios import Estimate

Transfers = Literal["resident", "pageable", "pinned"]
Kind = Literal[
    "always",  # from the smallest measured size on
    "never",  # up to the largest measured size
    "between",  # one bracket, slower below it and faster above
    "in_and_out",  # several brackets, or faster below the only one
    "unknown",  # no size tells which of both is faster
]


@dataclass(frozen=True)
class Point:
    """One size. host: the fastest verified code at any number of threads; ratio: T_host / T."""

    n: int
    host: Case
    device: Case
    ratio: Estimate


@dataclass(frozen=True)
class BreakEven:
    """The answer for one workload and its keys. brackets: measured sizes around each crossing.

    root: n of the crossing, within a narrow bracket; its interval may be that of the interpolation.
    """

    workload: str
    keys: Mapping[str, str]
    transfers: Transfers
    points: tuple[Point, ...]  # by size
    kind: Kind
    brackets: tuple[tuple[int, int], ...] = ()
    root: Estimate | None = None


def break_evens(file: ResultFile) -> tuple[BreakEven, ...]:
    """Those of each workload that was measured on the host and on a GPU, by workload."""
    raise NotImplementedError
