# SPDX-License-Identifier: Apache-2.0
"""Scaling: speedups over threads, and the law they follow over what the machine gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate

Refusal = Literal[
    "few_counts",  # of threads: fewer than 4
    "few_processes",  # fewer than 3: the curve has no interval
    "no_ceiling",  # nothing tells what the machine gave
    "is_ceiling",  # it is what tells that
    "superlinear",  # faster than the machine gives, beyond its interval
    "neither_law",  # a kink: residuals beyond the noise
]


@dataclass(frozen=True)
class ScalingPoint:
    """One number of threads. speedup: vs 1 thread; machine: of the ceiling, effective cores.

    karp_flatt: the serial fraction by this point alone (Karp and Flatt 1990), over machine.
    """

    threads: int
    speedup: Estimate
    machine: Estimate | None
    karp_flatt: float | None


@dataclass(frozen=True)
class Law:
    """Amdahl's law, or the universal scalability law if its contention is told from 0.

    serial, contention: fractions whose value or interval may be 0 or below. peak: of the USL, the
    effective cores beyond which it gets slower.
    """

    kind: Literal["amdahl", "usl"]
    serial: Estimate
    contention: Estimate | None = None
    peak: Estimate | None = None

    @property
    def has_no_serial_part(self) -> bool:
        """Whether 0 is within the interval of the serial fraction."""
        return self.serial.interval is not None and self.serial.interval[0] <= 0


@dataclass(frozen=True)
class Scaling:
    """The curve of one variant at one size; law or refusal. kink: threads at which laws break."""

    workload: str
    n: int
    keys: Mapping[str, str]
    variant: str
    points: tuple[ScalingPoint, ...]  # by threads, 1 included
    law: Law | None
    refusal: Refusal | None
    kink: int | None = None


def scalings(file: ResultFile) -> tuple[Scaling, ...]:
    """Those of each host code that was measured on 1 thread and on more."""
    raise NotImplementedError
