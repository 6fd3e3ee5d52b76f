# SPDX-License-Identifier: Apache-2.0
"""Ceilings: which measured rates a case can be held against, by where its working set lives."""

import enum
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from workspan.resultfile.model import Case, Machine, Status

LEAST_SHARE: Final = 0.8  # of the CPU, below which a case is no ceiling
MEMORY_FROM: Final = 256 << 20  # bytes
COMPUTE: Final = ("fma", "dfma")  # ceilings that are rates of flops; the others are rates of bytes
BANDWIDTH: Final = ("copy", "read", "triad")


class Level(enum.Enum):
    """Where a working set lives."""

    L1 = 1
    L2 = 2
    SHARED_CACHE = 3
    MEMORY = 4


@dataclass(frozen=True)
class CacheSizes:
    """Bytes, 0 where unknown: the boundaries between footprints that may be compared."""

    l1: float = 0
    l2: float = 0
    device_l2: float = 0


def cache_sizes(machine: Machine) -> CacheSizes:
    """Of the data or unified caches, the smallest of each level where cores differ; of the first GPU."""

    def smallest(level: int) -> float:
        return min(
            (
                c.bytes
                for c in machine.cpu.caches
                if c.level == level and c.type in ("Data", "Unified")
            ),
            default=0,
        )

    return CacheSizes(smallest(1), smallest(2), machine.cuda.gpus[0].l2 if machine.cuda.gpus else 0)


def level_of(case: Case, caches: CacheSizes) -> Level:
    """Its share per thread against half of L1 and L2; from 256 MiB on in memory; between them in a cache that is shared."""
    size = working_set(case)
    if case.scope != "host":
        return Level.L2 if size <= caches.device_l2 / 2 else Level.MEMORY
    if size >= MEMORY_FROM:
        return Level.MEMORY
    share = size / case.threads
    if share <= caches.l1 / 2:
        return Level.L1
    return Level.L2 if share <= caches.l2 / 2 else Level.SHARED_CACHE


def working_set(case: Case) -> float:
    """Bytes that the case goes through: on the device where it runs there."""
    f = case.footprint
    return f.kernel_on_host if case.scope == "host" else f.device_case


def cpu_share(case: Case) -> float:
    """The share of its threads' time that a host case spent on a core; well below 1 where others took the cores, or threads waited."""
    if case.scope != "host" or not case.invocations:
        return 1
    counted = [i for i in case.invocations if i.counted]
    return median(
        median(c / w / case.threads for c, w in zip(i.cpu, i.wall, strict=True)) for i in counted
    )


def is_compute(bound: str) -> bool:
    """Whether the ceiling is a rate of flops."""
    return bound in COMPUTE


def work(case: Case, flops: bool) -> float:
    """Of one run: flops or bytes."""
    return case.cost.flops if flops else case.cost.bytes


def rate(case: Case, flops: bool) -> float:
    """Work per second."""
    return work(case, flops) / case.time if case.time else 0


def _problem(case: Case) -> object:
    return case.workload, case.n, tuple(sorted(case.keys.items()))


def _alike(case: Case, workload: str) -> object:
    """What the ceilings of a case have in common, those that are cases of `workload`."""
    return workload, case.scope, case.threads, case.keys.get("l2", "")


def _octave(case: Case) -> int | None:
    return math.floor(math.log2(working_set(case))) if working_set(case) > 0 else None


class Cases:
    """The usable cases of a run, found by what judgements ask for, so that large files do not take quadratic time."""

    def __init__(self, cases: Iterable[Case], caches: CacheSizes) -> None:
        self.caches = caches
        self.problems: dict[object, list[Case]] = defaultdict(list)
        self.ceilings: dict[object, dict[int | None, list[Case]]] = defaultdict(
            lambda: defaultdict(list)
        )  # fastest first
        usable = [c for c in cases if c.status is Status.OK and c.time]
        for case in usable:
            self.problems[_problem(case)].append(case)
        for case in sorted(
            (c for c in usable if _is_ceiling(c)), key=lambda c: -rate(c, is_compute(c.workload))
        ):
            self.ceilings[_alike(case, case.workload)][_octave(case)].append(case)

    def same_problem(self, case: Case) -> list[Case]:
        """The usable cases of the same workload, size and keys."""
        return self.problems[_problem(case)]

    def fastest_ceiling(self, case: Case, workloads: Sequence[str], flops: bool) -> Case | None:
        """The fastest comparable case among the named workloads: of about the same size, where there are some; of equals the first."""
        found = [c for workload in workloads for c in self._candidates(case, workload, flops)]
        near = [c for c in found if flops or _apart(case, c) <= 1]
        return max(near or found, key=lambda c: rate(c, flops), default=None)

    def _candidates(self, case: Case, workload: str, flops: bool) -> Iterator[Case]:
        """A ceiling workload is held against its own variants of the same size, any other against the fastest of each octave."""
        if workload == case.workload:
            same = (
                c
                for c in self.same_problem(case)
                if _is_ceiling(c) and _alike(c, workload) == _alike(case, workload)
            )
            yield from (c for c in same if work(c, flops) > 0 and (flops or working_set(c) > 0))
            return
        octaves = self.ceilings.get(_alike(case, workload), {})
        middle = _octave(case)
        near = octaves if flops else range(middle - 3, middle + 4) if middle is not None else ()
        for octave in near:
            fits = [c for c in octaves.get(octave, []) if _comparable(case, c, flops, self.caches)]
            yield from fits[:1]
            yield from itertools.islice((c for c in fits if not flops and _apart(case, c) <= 1), 1)


def _is_ceiling(case: Case) -> bool:
    """What did not have its cores is none."""
    return case.workload in BANDWIDTH + COMPUTE and cpu_share(case) >= LEAST_SHARE


def _apart(a: Case, b: Case) -> float:
    """By how many octaves their working sets differ."""
    return abs(math.log2(working_set(a)) - math.log2(working_set(b)))


def _comparable(case: Case, ceiling: Case, flops: bool, caches: CacheSizes) -> bool:
    """A memory ceiling holds for working sets of up to twice or half its size, and of up to eight times its size in the same level.

    A compute ceiling holds for all.
    """
    if not work(ceiling, flops) > 0:
        return False
    if flops:
        return True
    apart = _apart(case, ceiling)
    return apart <= 1 or (level_of(case, caches) == level_of(ceiling, caches) and apart <= 3)
