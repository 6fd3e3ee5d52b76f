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
    rows = []
    known: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for case in timed:
        counted = [i.number for i in case.invocations if i.counted]
        problem = problem_of(case)
        known[problem].update(counted)
        rows.append((case.name, problem, len(counted)))
    started = _started(timed, file.workspan.invocations)
    of = {problem: len(counted | started[problem[:2]]) for problem, counted in known.items()}
    return {name: Processes(counted, of[problem]) for name, problem, counted in rows}


def _started(
    cases: Iterable[Case], records: Iterable[InvocationRecord]
) -> dict[tuple[object, ...], set[int]]:
    """The numbers of the processes of each workload and size, as far as there are records. Sizes
    beyond the preset are those of the processes that name them.
    """
    found: dict[tuple[object, ...], set[int]] = defaultdict(set)
    of_preset: dict[str, set[int]] = defaultdict(set)
    for record in records:
        for n in record.sizes:
            found[record.workload, n].add(record.number)
        if not record.sizes:
            of_preset[record.workload].add(record.number)
    for key in {(c.workload, c.n) for c in cases} - found.keys():
        found[key] = of_preset[key[0]]
    return found
