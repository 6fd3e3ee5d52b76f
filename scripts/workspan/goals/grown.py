# SPDX-License-Identifier: Apache-2.0
"""A result file of as many rows as wanted, grown from a run: its computing cases at further sizes,
with made-up times of a fixed seed, and the ceilings beside them.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.counting import case_time
from workspan.resultfile.model import Beside, Case, CaseInvocation, ResultFile
from workspan.resultfile.names import case_name

SEED: Final = 1
NOISE: Final = 0.05  # standard deviation of the logarithm of a made-up factor
LISTS: Final = ("cpu", "runs", "block", "at", "waited", "clean", "sm_mhz", "throttled")


@dataclass(frozen=True)
class Growth:
    """How large: rows, and of each the first processes and the first samples of these."""

    rows: int
    processes: int
    samples: int


def write_grown(file: ResultFile, growth: Growth, path: Path) -> None:
    """Writes the file case by case, since it may be larger than the memory.

    A size n of the run becomes as many sizes as there are copies, from n x copies on; each sample
    is multiplied by a random factor. Needs a timed computing case.
    """
    ours = file.workspan
    kept = {case.workload for case in ours.cases if _is_grown(case)}
    records = [r for r in ours.invocations if r.workload in kept and r.number <= growth.processes]
    run = msgspec.structs.replace(ours.run, invocations=growth.processes)
    bare = msgspec.structs.replace(ours, run=run, cases=[], beside=[], invocations=records)
    frame = msgspec.json.encode(msgspec.structs.replace(file, benchmarks=[], workspan=bare))
    head, _, rest = frame.partition(b'"cases":[]')
    middle, _, tail = rest.rpartition(b'"beside":[]')
    grower = _Grower(file, growth)
    with path.open("wb") as out:
        out.write(head + b'"cases":[')
        out.writelines(_listed(grower.cases()))
        out.write(b"]" + middle + b'"beside":[')
        out.writelines(_listed(grower.beside()))
        out.write(b"]" + tail)


def _listed(values: Iterator[msgspec.Struct]) -> Iterator[bytes]:
    for k, value in enumerate(values):
        yield (b",\n" if k else b"\n") + msgspec.json.encode(value)


def _is_grown(case: Case) -> bool:
    return bool(case.time) and not is_about_concurrency(case)


class _Grower:
    """The cases and ceilings of all copies of a run, one at a time."""

    def __init__(self, file: ResultFile, growth: Growth) -> None:
        self._growth = growth
        self._cases = [case for case in file.workspan.cases if _is_grown(case)]
        kept = {case.workload for case in self._cases}
        self._around = [
            b
            for b in file.workspan.beside
            if b.group.workload in kept and b.samples.number <= growth.processes
        ]
        self._copies = math.ceil(growth.rows / len(self._cases))
        self._random = np.random.default_rng(SEED)

    def cases(self) -> Iterator[Case]:
        """As many as wanted: the last copy may lack some."""
        for k in range(self._growth.rows):
            yield self._case(self._cases[k % len(self._cases)], k // len(self._cases))

    def beside(self) -> Iterator[Beside]:
        """Of the copies that are whole: a ceiling without a case of its group is refused."""
        for copy in range(self._growth.rows // len(self._cases)):
            for b in self._around:
                group = msgspec.structs.replace(b.group, n=self._size(b.group.n, copy))
                samples = self._samples(b.samples)
                yield msgspec.structs.replace(b, group=group, samples=samples)

    def _size(self, n: int, copy: int) -> int:
        return n * self._copies + copy

    def _case(self, case: Case, copy: int) -> Case:
        n = self._size(case.n, copy)
        counted = [i for i in case.invocations if i.number <= self._growth.processes]
        invocations = [self._samples(i) for i in counted]
        walls = [wall for i in invocations for wall in i.wall]
        return msgspec.structs.replace(
            case,
            name=case_name(case.workload, case.variant, n, case.keys, case.threads),
            n=n,
            time=case_time(invocations),
            interval=(min(walls), max(walls)),
            invocations=invocations,
        )

    def _samples(self, i: CaseInvocation) -> CaseInvocation:
        most = self._growth.samples
        wall = i.wall[:most]
        factors = np.exp(self._random.normal(0, NOISE, len(wall)))
        lists = {name: getattr(i, name)[:most] for name in LISTS}
        made_up = [float(w * f) for w, f in zip(wall, factors, strict=True)]
        return msgspec.structs.replace(i, wall=made_up, **lists)
