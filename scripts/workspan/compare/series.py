# SPDX-License-Identifier: Apache-2.0
"""The times of one case over its counted invocations, from either kind of file."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from workspan.analysis.ceilings import is_memory_bound, work
from workspan.resultfile.counting import blocks_of, counting_times, process_time
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, Status
from workspan.resultfile.read import AnyFile
from workspan.resultfile.samples import Beside, Group
from workspan.stats.intervals import Floats, bounded_exp, fast_median
from workspan.stats.ratios import Samples, process_log_ratio


class CeilingKey(NamedTuple):
    """A ceiling as rows and groups have it."""

    workload: str
    threads: int
    level: str


@dataclass(frozen=True)
class Ceiling:
    """The ceiling measured in the blocks of a case. By number of the invocation.

    shares: logarithms of the rate of the case over its own; times: of its seconds per unit of work.
    """

    key: CeilingKey
    shares: Mapping[int, float]
    times: Mapping[int, float]


@dataclass(frozen=True, eq=False)
class Series:
    """One case.

    samples: seconds, those that count, one array per counted invocation, empty unless the status
    is ok; numbers: of these invocations; blocks: the same by block, empty if they have none.
    """

    name: str
    samples: tuple[Floats, ...] = ()
    numbers: tuple[int, ...] = ()
    workload: str = ""  # its cases were measured in one process; empty for other programs' files
    variant: str = ""
    threads: int = 1
    level: str = "none"
    memory_bound: bool = False
    is_ceiling: bool = False
    scope: str = "host"
    status: Status = Status.OK
    reason: str = ""
    round_trips: tuple[float, ...] = ()  # seconds, of all counted invocations
    disturbed: int = 0  # counted invocations that were disturbed
    own: bool = True  # false for other programs' files: repetitions stand in for invocations
    blocks: Mapping[int, Mapping[int, float]] = field(default_factory=dict)  # by number
    ceiling: Ceiling | None = None

    @property
    def logs(self) -> tuple[float, ...]:
        """One logarithm an invocation: of the median of its samples."""
        return tuple(math.log(float(fast_median(samples))) for samples in self.samples)

    @property
    def time(self) -> float:
        """Seconds: the geometric mean over invocations; one at least."""
        logs = self.logs
        return bounded_exp(math.fsum(logs) / len(logs))

    @property
    def by_number(self) -> dict[Hashable, Samples]:
        """The samples of each invocation: by block, if they have blocks."""
        alone = dict(zip(self.numbers, (s.tolist() for s in self.samples), strict=True))
        return {number: self.blocks.get(number) or alone[number] for number in self.numbers}


Entries = Mapping[tuple[object, ...], list[Beside]]  # by _key


def series_of(file: AnyFile) -> list[Series]:
    """The cases of a file, in its order."""
    if isinstance(file, ForeignFile):
        return [
            Series(
                name=series.name,
                samples=tuple(np.array([value]) for value in series.seconds),
                numbers=tuple(range(1, len(series.seconds) + 1)),
                threads=series.threads,
                own=False,
            )
            for series in file.series
        ]
    entries: dict[tuple[object, ...], list[Beside]] = defaultdict(list)
    for one in file.workspan.beside:
        if one.samples.counted:
            group = one.group
            entries[_key(group, one.workload, one.threads, one.scope)].append(one)
    return [_series_of_case(case, entries) for case in file.workspan.cases]


def _key(of: Case | Group, ceiling: str, threads: int, scope: str) -> tuple[object, ...]:
    """A ceiling beside the group of a case."""
    return of.workload, of.n, tuple(sorted(of.keys.items())), ceiling, threads, scope


def _series_of_case(case: Case, entries: Entries) -> Series:
    measured = [i for i in case.invocations if i.counted] if case.status is Status.OK else []
    blocks = {i.number: found for i in measured if isinstance(found := blocks_of(i), dict)}
    return Series(
        name=case.name,
        workload=case.workload,
        variant=case.variant,
        samples=tuple(np.array(counting_times(i), dtype=np.float64) for i in measured),
        numbers=tuple(i.number for i in measured),
        threads=case.threads,
        level=case.level,
        memory_bound=is_memory_bound(case),
        is_ceiling=case.is_ceiling,
        scope=case.scope,
        status=case.status,
        reason=case.reason,
        round_trips=tuple(t for i in measured for t in i.round_trips),
        disturbed=sum(bool(i.disturbed) for i in measured),
        blocks=blocks,
        ceiling=_ceiling_of(case, blocks, entries) if case.scope == "host" else None,
    )


def _ceiling_of(
    case: Case, blocks: Mapping[int, Mapping[int, float]], entries: Entries
) -> Ceiling | None:
    """The ceiling beside a host case; None without one in its blocks."""
    found = entries.get(_key(case, case.ceiling, case.threads, case.scope), [])
    found = [one for one in found if _works(one) > 0 and one.rate_unit == case.rate_unit]
    if case.is_ceiling or not found or not work(case, case.rate_unit) > 0:
        return None
    shares = dict(_shares(case, blocks, found))
    times = {one.samples.number: math.log(process_time(one.samples) / _works(one)) for one in found}
    level = CeilingKey(case.ceiling, case.threads, found[0].level)
    return Ceiling(level, shares, times) if shares else None


def _shares(
    case: Case, blocks: Mapping[int, Mapping[int, float]], found: Iterable[Beside]
) -> Iterable[tuple[int, float]]:
    """The logarithm of rate / rate of the ceiling in each process that has pairs."""
    for one in found:
        number = one.samples.number
        log = process_log_ratio(blocks_of(one.samples), blocks.get(number, {}))
        if log is not None:
            yield number, log + math.log(work(case, case.rate_unit) / _works(one))


def _works(one: Beside) -> float:
    return one.cost.flops if one.rate_unit == "flops" else one.cost.bytes
