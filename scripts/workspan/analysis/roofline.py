# SPDX-License-Identifier: Apache-2.0
"""Roofline: the measured ceilings of a device, and each case against that of its level."""

from dataclasses import dataclass
from typing import Literal

from workspan.resultfile.model import Case, Level, ResultFile


@dataclass(frozen=True)
class Roof:
    """A measured ceiling: the fastest row of a workload in a level. name: of its case."""

    workload: str
    level: Level  # "none" of flops
    kind: Literal["bytes", "flops"]
    rate: float  # per second
    name: str


@dataclass(frozen=True)
class RooflinePoint:
    """A case by its compulsory work. roof: the one that bounds it at its intensity and level."""

    case: Case
    intensity: float  # flops per byte
    rate: float  # flops per second
    roof: Roof | None
    bound: float | None  # flops per second that this roof allows at the intensity


@dataclass(frozen=True)
class Roofline:
    """One device: the host on that many threads, or the GPU."""

    scope: Literal["host", "kernel"]
    threads: int
    roofs: tuple[Roof, ...]
    points: tuple[RooflinePoint, ...]


def rooflines(file: ResultFile) -> tuple[Roofline, ...]:
    """Of the host on one thread and on all, and of the GPU, as far as they were measured."""
    raise NotImplementedError
