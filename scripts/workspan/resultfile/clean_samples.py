# SPDX-License-Identifier: Apache-2.0
"""How many samples of a run had their cores, of those that are judged.

Judged are host cases of one thread or a team whose threads are to be on CPUs of their own: those
that wait by design say nothing about the machine.
"""

from collections.abc import Iterable
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
        return _count(c for c in file.workspan.cases if is_judged(c) and c.threads > 1)
    return _of_all(file)


@remembered
def _of_all(file: ResultFile) -> CleanSamples:
    return _count(filter(is_judged, file.workspan.cases))


def _count(cases: Iterable[Case]) -> CleanSamples:
    told = [i.clean for c in cases for i in c.invocations if i.counted and i.waited]
    return CleanSamples(sum(clean.count(True) for clean in told), sum(map(len, told)))
