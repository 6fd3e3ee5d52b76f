# SPDX-License-Identifier: Apache-2.0
"""How many samples of a run had their cores, of those that are judged.

Judged are host cases of one thread or a team whose threads are to be on CPUs of their own: those
that wait by design say nothing about the machine.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workspan.resultfile.model import Case, ResultFile
from workspan.support.remembered import remembered


class CleanSamples(NamedTuple):
    """Of the samples of which the kernel told how long their threads waited for a CPU."""

    clean: int = 0
    all: int = 0

    @property
    def share(self) -> float | None:
        """None if the kernel told nothing."""
        return self.clean / self.all if self.all else None


def is_judged(case: Case) -> bool:
    """Whether its samples are clean or disturbed."""
    return case.scope == "host" and case.threading in ("one", "team") and "cpus" not in case.keys


def clean_samples(file: ResultFile, *, teams_only: bool = False) -> CleanSamples:
    """Those of all judged cases. teams_only: of cases on several threads."""
    if teams_only:
        return _sum(_of_processes(c for c in file.workspan.cases if c.threads > 1).values())
    return _sum(clean_of_processes(file).values())


@remembered
def clean_of_processes(file: ResultFile) -> Mapping[int, CleanSamples]:
    """The same of the n-th process of every workload, by number; without those that tell nothing.

    Their sum is that of all.
    """
    return _of_processes(file.workspan.cases)


def _of_processes(cases: Iterable[Case]) -> dict[int, CleanSamples]:
    told: dict[int, list[CleanSamples]] = defaultdict(list)
    for case in filter(is_judged, cases):
        for i in case.invocations:
            if i.counted and i.waited:
                told[i.number].append(CleanSamples(i.clean.count(True), len(i.clean)))
    return {number: _sum(of_process) for number, of_process in told.items()}


def _sum(parts: Iterable[CleanSamples]) -> CleanSamples:
    counts = [*parts]
    return CleanSamples(sum(c.clean for c in counts), sum(c.all for c in counts))
