# SPDX-License-Identifier: Apache-2.0
"""Ceilings: the measured rates that a case can be compared with."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from workspan.resultfile.model import Beside, Case, Cost, Level, RateUnit, Status
from workspan.stats.intervals import median_of_few

LEAST_SHARE: Final = 0.8  # of the CPU, below which a case is not a ceiling
NEAR: Final = 1  # octaves between working sets of about the same size
SAME_LEVEL: Final = 3  # octaves up to which a ceiling in the same memory level holds
BOUNDS: Final[tuple[RateUnit, ...]] = ("bytes", "flops")  # the rates that ceilings limit
LAUNCH: Final = 2.0  # times the shortest kernel: up to it, a launch is half of the time or more
OWN_CACHES: Final[tuple[Level, ...]] = ("l1", "l2")  # of a core
LONGEST_LAUNCH: Final = 10e-6  # seconds; a longer kernel does not measure the launch


def working_set(case: Case) -> float:
    """Bytes that the kernel touches: on the device for device variants."""
    f = case.footprint
    return f.kernel_on_host if case.scope == "host" else f.device_case


def cpu_share(case: Case) -> float | None:
    """The share of its threads' time that a host case spent on a core; None on a device.

    Well below 1: other processes took the cores, or threads waited.
    """
    shares = _cpu_shares(case)
    return median_of_few(shares) if shares else None


def _cpu_shares(case: Case) -> list[float]:
    return [i.cpu_share for i in case.invocations if i.counted and i.cpu_share is not None]


def is_starved(case: Case) -> bool:
    """Whether a host case lacked its cores for so long that its time is not the code's.

    Not of cases that wait by their own wish, or whose threads are not as many as it says.
    """
    if "tau" in case.keys or case.threading == "per_task":
        return False
    shares = _cpu_shares(case)
    return bool(shares) and min(shares) < LEAST_SHARE and median_of_few(shares) < LEAST_SHARE


def fastest(cases: Iterable[Case]) -> Case | None:
    """The case with the smallest time of those that have one; None without any."""
    return min((c for c in cases if c.time), key=lambda c: c.time or math.inf, default=None)


def host_threads(cases: Iterable[Case]) -> int:
    """The most threads on which code of the host was measured; 0: it was not."""
    return max((c.threads for c in cases if c.scope == "host" and c.time), default=0)


def shortest_kernel(cases: Iterable[Case]) -> float:
    """The time, in seconds, of the shortest kernel of a run, for want of an empty one; infinity
    without any.
    """
    kernels = (c for c in cases if c.scope == "kernel" and c.status is Status.OK)
    found = fastest(kernels)
    return found.time or math.inf if found else math.inf


def is_launch(case: Case, shortest: float) -> bool:
    """Whether half of a kernel's time or more is its launch, as long as the shortest kernel.

    shortest: of the run, in seconds. Not of kernels that measure launches, as of `dispatch`.
    """
    if case.scope != "kernel" or case.subject == "concurrency" or shortest > LONGEST_LAUNCH:
        return False
    return bool(case.time) and (case.time or 0.0) < LAUNCH * shortest


def is_on_one_cpu(case: Case) -> bool:
    """Whether a case on several CPUs counted that its tasks ran on one of them only."""
    return case.threads > 1 and 0 < case.counters.get("cpus_used", 0) <= 1


def work_of(cost: Cost, unit: RateUnit) -> float:
    """Flops, bytes or items of one run."""
    found: float = getattr(cost, unit)
    return found


def work(case: Case, unit: RateUnit) -> float:
    """The same of a case."""
    return work_of(case.cost, unit)


def rate(case: Case, unit: RateUnit) -> float:
    """Work per second, in flops, bytes or items; 0 without a time."""
    return work(case, unit) / case.time if case.time else 0


def serves_as_ceiling(case: Case) -> bool:
    """Whether it is a case of a ceiling workload that had its cores."""
    return case.is_ceiling and not is_starved(case)


def timed_starts(cases: Sequence[Case]) -> frozenset[str]:
    """The names of the ceilings' rows that time a start, and so measure no bandwidth: that of a
    kernel, or of a team which is slower than one thread though each core has such a cache.
    """
    shortest = shortest_kernel(cases)
    rows = [c for c in cases if c.is_ceiling and c.status is Status.OK and c.time]
    teams = [c for c in rows if c.scope == "host" and c.threads > 1 and c.level in OWN_CACHES]
    alone: dict[object, float] = {}
    for case in rows if teams else ():
        if (case.scope, case.threads) == ("host", 1):
            time = alone.get(problem_of(case), math.inf)
            alone[problem_of(case)] = min(time, case.time or math.inf)
    launches = (c for c in rows if is_launch(c, shortest))
    slower = (c for c in teams if (c.time or 0.0) > alone.get(problem_of(c), math.inf))
    return frozenset(c.name for c in itertools.chain(launches, slower))


def is_memory_bound(case: Case) -> bool:
    """Whether a measured memory bandwidth bounds it."""
    return bool(case.ceiling) and case.rate_unit == "bytes"


def problem_of(case: Case) -> tuple[object, ...]:
    """The problem that variants and thread counts have in common: workload, size and keys."""
    return case.workload, case.n, tuple(sorted(case.keys.items())) if case.keys else ()


def problem_of_group(b: Beside) -> tuple[object, ...]:
    """The problem of the group that a ceiling stands beside, as of a case."""
    group = b.group
    return group.workload, group.n, tuple(sorted(group.keys.items())) if group.keys else ()


def _ceiling_key(case: Case, workload: str) -> object:
    """The properties that a case shares with its ceilings among the cases of `workload`."""
    return workload, case.scope, case.threads, case.keys.get("l2", "")


def _octave(case: Case) -> int | None:
    return math.floor(math.log2(working_set(case))) if working_set(case) > 0 else None


class CaseIndex:
    """The timed cases of a run, indexed so that large files do not take quadratic time.

    starts: the names of the ceilings' rows that time a start.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        self.starts = timed_starts(cases)
        self._known: dict[object, Case | None] = {}
        self._rivals: dict[object, list[tuple[RateUnit, Case]]] = {}
        self._others: dict[tuple[str, RateUnit], tuple[str, ...]] = {}
        self._problems: dict[object, list[Case]] = defaultdict(list)
        self._ceilings: dict[object, dict[int | None, list[Case]]] = defaultdict(
            lambda: defaultdict(list)
        )  # fastest first
        self._workloads: dict[RateUnit, dict[str, None]] = defaultdict(dict)
        usable = [c for c in cases if c.status is Status.OK and c.time]
        for case in usable:
            self._problems[problem_of(case)].append(case)
        ceilings = [c for c in usable if serves_as_ceiling(c)]
        for case in sorted(ceilings, key=lambda c: -rate(c, c.rate_unit)):
            self._ceilings[_ceiling_key(case, case.workload)][_octave(case)].append(case)
        for case in ceilings:
            self._workloads[case.rate_unit].setdefault(case.workload)

    def same_problem(self, case: Case) -> list[Case]:
        """The timed cases of its problem."""
        return self._problems[problem_of(case)]

    def rivals(self, case: Case) -> Sequence[tuple[RateUnit, Case]]:
        """In each unit in which it works, the fastest comparable ceiling of another workload."""
        has_work = case.cost.bytes > 0, case.cost.flops > 0
        same = case.workload, _ceiling_key(case, ""), working_set(case), case.level, has_work
        found = self._rivals.get(same)
        if found is None:
            units = [unit for unit in BOUNDS if work(case, unit) > 0]
            best = [self._rival(case, unit) for unit in units]
            found = [(unit, one) for unit, one in zip(units, best, strict=True) if one]
            self._rivals[same] = found
        return found

    def _rival(self, case: Case, unit: RateUnit) -> Case | None:
        """What a row that times a start reaches all the same can be reached."""
        return self.fastest_ceiling(case, self.other_ceilings(case, unit), unit, starts=True)

    def other_ceilings(self, case: Case, unit: RateUnit) -> tuple[str, ...]:
        """The measured workloads that are ceilings of this unit, in the order of the file, but
        that of the case.
        """
        key = case.workload, unit
        if key not in self._others:
            others = (w for w in self._workloads[unit] if w != case.workload)
            self._others[key] = tuple(others)
        return self._others[key]

    def fastest_ceiling(
        self, case: Case, workloads: Sequence[str], unit: RateUnit, *, starts: bool = False
    ) -> Case | None:
        """The fastest comparable case of these workloads, of about the same size if possible.

        It is that of all cases with the same working set, unless it is their own workload's.
        starts: also rows that time a start.
        """
        left_out = frozenset[str]() if starts else self.starts
        if case.workload in workloads:
            return self._fastest(case, workloads, unit, left_out)
        same = _ceiling_key(case, ""), working_set(case), case.level, tuple(workloads), unit, starts
        if same not in self._known:
            self._known[same] = self._fastest(case, workloads, unit, left_out)
        return self._known[same]

    def _fastest(
        self, case: Case, workloads: Sequence[str], unit: RateUnit, left_out: frozenset[str]
    ) -> Case | None:
        of_all = (self._candidates(case, workload, unit, left_out) for workload in workloads)
        found = [*itertools.chain.from_iterable(of_all)]
        near = [c for c in found if unit == "flops" or _octaves_between(case, c) <= NEAR]
        return max(near or found, key=lambda c: rate(c, unit), default=None)

    def _candidates(
        self, case: Case, workload: str, unit: RateUnit, left_out: frozenset[str]
    ) -> Iterator[Case]:
        """For a ceiling workload its own variants of the same size, for any other workload the
        fastest of each octave.
        """
        if workload == case.workload:
            alike = _ceiling_key(case, workload)
            same = (c for c in self.same_problem(case) if _ceiling_key(c, workload) == alike)
            serve = (c for c in same if serves_as_ceiling(c) and c.name not in left_out)
            yield from (c for c in serve if _is_measurable(case, c, unit))
            return
        octaves = self._ceilings.get(_ceiling_key(case, workload), {})
        middle = _octave(case)
        around = range(middle - SAME_LEVEL, middle + SAME_LEVEL + 1) if middle is not None else ()
        for octave in octaves if unit == "flops" else around:
            rows = (c for c in octaves.get(octave, []) if c.name not in left_out)
            fits = (c for c in rows if _is_comparable(case, c, unit))
            first = next(fits, None)
            if first is None:
                continue
            yield first
            if unit != "flops" and _octaves_between(case, first) > NEAR:
                near = (c for c in fits if _octaves_between(case, c) <= NEAR)
                yield from itertools.islice(near, 1)


def _octaves_between(a: Case, b: Case) -> float:
    """The octaves between their working sets."""
    return abs(math.log2(working_set(a)) - math.log2(working_set(b)))


def _is_measurable(case: Case, ceiling: Case, unit: RateUnit) -> bool:
    """Whether the ceiling does work of this unit and, if in memory, both have a working set."""
    sizes = working_set(case), working_set(ceiling)
    return work(ceiling, unit) > 0 and (unit == "flops" or min(sizes) > 0)


def _is_comparable(case: Case, ceiling: Case, unit: RateUnit) -> bool:
    """Whether a memory ceiling is of about the same size, or of the same level and near.

    A compute ceiling holds for all sizes.
    """
    if not _is_measurable(case, ceiling, unit):
        return False
    if unit == "flops":
        return True
    apart = _octaves_between(case, ceiling)
    return apart <= NEAR or (case.level == ceiling.level and apart <= SAME_LEVEL)
