# SPDX-License-Identifier: Apache-2.0
"""How the processes of a run differ: each against the times of the whole run."""

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median

from workspan.resultfile.clean_samples import CleanSamples, clean_of_processes
from workspan.resultfile.counting import process_time
from workspan.resultfile.model import ResultFile


@dataclass(frozen=True)
class ProcessNoise:
    """The n-th process of every workload. drift: its time over that of the run, the median of all
    cases; worst: the case furthest from it, and its factor. clean: share of its judged samples.
    """

    number: int
    cases: int
    drift: float
    worst: str
    worst_factor: float
    clean: float | None
    disturbed: tuple[str, ...]  # the workloads


def process_noise(file: ResultFile) -> tuple[ProcessNoise, ...]:
    """By number; empty for a run of one process, which nothing can be compared with."""
    logs: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for case in file.workspan.cases:
        counted = [i for i in case.invocations if i.counted]
        for i in counted if case.time and len(counted) > 1 else ():
            logs[i.number].append((math.log(process_time(i) / (case.time or 1)), case.name))
    disturbed: dict[int, set[str]] = defaultdict(set)
    for record in file.workspan.invocations:
        if record.disturbed:
            disturbed[record.number].add(record.workload)
    clean, none = clean_of_processes(file), CleanSamples()
    return tuple(
        _noise(number, of_process, clean.get(number, none), tuple(sorted(disturbed[number])))
        for number, of_process in sorted(logs.items())
    )


def _noise(
    number: int, logs: list[tuple[float, str]], clean: CleanSamples, disturbed: tuple[str, ...]
) -> ProcessNoise:
    middle = median(log for log, _ in logs)
    furthest, name = max(logs, key=lambda pair: abs(pair[0]))
    return ProcessNoise(
        number=number,
        cases=len(logs),
        drift=math.exp(middle),
        worst=name,
        worst_factor=math.exp(furthest),
        clean=clean.share,
        disturbed=disturbed,
    )
