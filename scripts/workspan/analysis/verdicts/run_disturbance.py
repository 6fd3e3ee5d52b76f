# SPDX-License-Identifier: Apache-2.0
"""Whether a run measured its machine, or what else ran on it too."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.cpu_time import increase_on, of_others
from workspan.resultfile.model import InvocationRecord, ResultFile
from workspan.support.remembered import remembered

MOSTLY: Final = 0.5  # share of disturbed processes above which a run is not of its machine alone
CLEAN: Final = 0.8  # share of clean samples below which it is not either


@dataclass(frozen=True)
class Disturbance:
    """Of a run that others disturbed. others: CPUs that other processes used, the median over the
    disturbed processes, of `cpus`; clean: share of the judged samples. None: not known.
    """

    disturbed: int
    processes: int
    others: float | None
    cpus: int
    clean: float | None

    @property
    def is_mostly(self) -> bool:
        """Whether more than MOSTLY of the processes were disturbed, whatever their samples say."""
        return self.disturbed > MOSTLY * self.processes


@remembered
def disturbance(file: ResultFile) -> Disturbance | None:
    """None of a run that counts as one of its machine alone."""
    records, share = file.workspan.invocations, clean_samples(file).share
    loud = [record for record in records if record.disturbed]
    cpus = file.workspan.run.all_threads
    found = Disturbance(len(loud), len(records), _others(loud), cpus, share)
    return found if found.is_mostly or (share is not None and share < CLEAN) else None


def _others(records: Iterable[InvocationRecord]) -> float | None:
    used = [_of_process(record) for record in records]
    known = [cpus for cpus in used if cpus is not None]
    return median(known) if known else None


def _of_process(record: InvocationRecord) -> float | None:
    own = record.user_seconds + record.system_seconds
    seconds = of_others(increase_on(record.cpus, record.before, record.after, "busy"), own)
    return None if seconds is None or record.seconds <= 0 else seconds / record.seconds
