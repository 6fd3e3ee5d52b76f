# SPDX-License-Identifier: Apache-2.0
"""The times of one case over its counted invocations, from either kind of file."""

from dataclasses import dataclass

import numpy as np

from workspan.analysis.ceilings import is_memory_bound
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, Status
from workspan.resultfile.read import AnyFile
from workspan.stats.intervals import Floats


@dataclass(frozen=True, eq=False)
class Series:
    """One case.

    samples: seconds, one array per counted invocation, empty unless the status is ok;
    numbers: of these invocations.
    """

    name: str
    samples: tuple[Floats, ...] = ()
    numbers: tuple[int, ...] = ()
    workload: str = ""  # its cases were measured in one process; empty for other programs' files
    variant: str = ""
    threads: int = 1
    memory_bound: bool = False
    scope: str = "host"
    status: Status = Status.OK
    reason: str = ""
    round_trips: tuple[float, ...] = ()  # seconds, of all counted invocations
    disturbed: int = 0  # counted invocations that were disturbed
    own: bool = True  # false for other programs' files: repetitions stand in for invocations


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
    return [_series_of_case(case) for case in file.workspan.cases]


def _series_of_case(case: Case) -> Series:
    measured = [i for i in case.invocations if i.counted] if case.status is Status.OK else []
    return Series(
        name=case.name,
        workload=case.workload,
        variant=case.variant,
        samples=tuple(np.array(i.wall, dtype=np.float64) for i in measured),
        numbers=tuple(i.number for i in measured),
        threads=case.threads,
        memory_bound=is_memory_bound(case),
        scope=case.scope,
        status=case.status,
        reason=case.reason,
        round_trips=tuple(t for i in measured for t in i.round_trips),
        disturbed=sum(bool(i.disturbed) for i in measured),
    )
