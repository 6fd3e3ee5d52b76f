# SPDX-License-Identifier: Apache-2.0
"""The times of one case over its counted invocations, from either kind of file."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np

from workspan.analysis.ratios.case_ratios import BesideIndex, processes_of, samples_of
from workspan.analysis.ratios.ceilings import is_memory_bound, work
from workspan.resultfile.counting import counting_times
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, Cost, Status
from workspan.resultfile.read import AnyFile
from workspan.stats.intervals import Floats, bounded_exp, fast_median
from workspan.stats.pairs import Blocks, Samples, times_of
from workspan.stats.ratios import Sides


@dataclass(frozen=True)
class Ceiling:
    """The ceiling measured in the blocks of a case: its name and workload. By invocation's number:

    shares: logarithms of the rate of the case over that of the ceiling; times: of its seconds.
    works: of the counted work of a run of the case over that of the ceiling.
    """

    name: str
    workload: str
    shares: Mapping[int, float]
    times: Mapping[int, float]
    works: float = 0.0


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
    memory_bound: bool = False
    is_ceiling: bool = False
    scope: str = "host"
    status: Status = Status.OK
    reason: str = ""
    round_trips: tuple[float, ...] = ()  # seconds, of all counted invocations
    disturbed: int = 0  # counted invocations that were disturbed
    own: bool = True  # false for other programs' files: repetitions stand in for invocations
    blocks: Mapping[int, Blocks] = field(default_factory=dict)  # by number
    ceiling: Ceiling | None = None
    cost: Cost | None = None  # of a run; None for other programs' files

    @property
    def is_disturbed(self) -> bool:
        """Whether each of its counted invocations was."""
        return 0 < len(self.samples) == self.disturbed

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


def series_of(file: AnyFile) -> list[Series]:
    """The cases of a file, in its order."""
    if isinstance(file, ForeignFile):
        return _foreign_series(file)
    beside = BesideIndex(file.workspan.beside)
    return [_series_of_case(case, beside) for case in file.workspan.cases]


def _foreign_series(file: ForeignFile) -> list[Series]:
    """The benchmarks of another program, those without times last."""
    timed = [
        Series(
            name=series.name,
            samples=tuple(np.array([value]) for value in series.seconds),
            numbers=tuple(range(1, len(series.seconds) + 1)),
            threads=series.threads,
            own=False,
        )
        for series in file.series
    ]
    return timed + [
        Series(
            name=one.name,
            threads=one.threads,
            status=Status.FAILED if one.failed else Status.SKIPPED,
            reason=one.reason,
            own=False,
        )
        for one in file.untimed
    ]


def _series_of_case(case: Case, beside: BesideIndex) -> Series:
    measured = [i for i in case.invocations if i.counted] if case.status is Status.OK else []
    blocks = {i.number: found for i in measured if isinstance(found := samples_of(i), Blocks)}
    return Series(
        name=case.name,
        workload=case.workload,
        variant=case.variant,
        samples=tuple(np.array(counting_times(i), dtype=np.float64) for i in measured),
        numbers=tuple(i.number for i in measured),
        threads=case.threads,
        memory_bound=is_memory_bound(case),
        is_ceiling=case.is_ceiling,
        scope=case.scope,
        status=case.status,
        reason=case.reason,
        round_trips=tuple(t for i in measured for t in i.round_trips),
        disturbed=sum(bool(i.disturbed) for i in measured),
        blocks=blocks,
        ceiling=_ceiling_of(case, beside) if measured and case.scope == "host" else None,
        cost=case.cost,
    )


def _ceiling_of(case: Case, beside: BesideIndex) -> Ceiling | None:
    """The ceiling beside a host case; None without one in its blocks."""
    found = None if case.is_ceiling else beside.find(case, case.threads)
    if found is None or not work(case, case.rate_unit) > 0:
        return None
    works = math.log(work(case, case.rate_unit) / found.work)
    logs = Sides(found.processes, processes_of(case)).logs
    number: dict[Hashable, int] = {(i.number, i.attempt): i.number for i in case.invocations}
    shares = {number[process]: log + works for process, log in logs.items()}
    times = {number[process]: _log_time(found.processes[process]) for process in logs}
    return Ceiling(found.name, case.ceiling, shares, times, works) if shares else None


def _log_time(samples: Samples) -> float:
    return math.log(float(fast_median(times_of(samples))))
