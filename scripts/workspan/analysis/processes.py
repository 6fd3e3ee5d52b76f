# SPDX-License-Identifier: Apache-2.0
"""How many of the processes that were to measure a case count for it. One drops out of a row if the
case took too long there for its preset, or if the process died before it.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from workspan.analysis.ratios.ceilings import problem_of
from workspan.resultfile.model import Case, InvocationRecord, ResultFile, Status


class Processes(NamedTuple):
    """counted: those of the case's time; of: all that measured its workload at its size."""

    counted: int
    of: int

    @property
    def is_partial(self) -> bool:
        """Whether the time leaves processes out."""
        return self.counted < self.of


def processes_of_rows(file: ResultFile) -> dict[str, Processes]:
    """Those of each case with a time, by its name."""
    timed = [c for c in file.workspan.cases if c.status is Status.OK and c.time]
    known: dict[object, set[int]] = defaultdict(set)
    for case in timed:
        known[problem_of(case)] |= _counted(case)
    started = _started(timed, file.workspan.invocations)
    return {
        c.name: Processes(len(_counted(c)), len(known[problem_of(c)] | started[c.workload, c.n]))
        for c in timed
    }


def _counted(case: Case) -> set[int]:
    return {i.number for i in case.invocations if i.counted}


def _started(
    cases: Iterable[Case], records: Iterable[InvocationRecord]
) -> dict[tuple[str, int], set[int]]:
    """The numbers of the processes of each workload and size, as far as there are records. Sizes
    beyond the preset are those of the processes that name them.
    """
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    of_preset: dict[str, set[int]] = defaultdict(set)
    for record in records:
        for n in record.sizes:
            found[record.workload, n].add(record.number)
        if not record.sizes:
            of_preset[record.workload].add(record.number)
    for key in {(c.workload, c.n) for c in cases} - found.keys():
        found[key] |= of_preset[key[0]]
    return found
