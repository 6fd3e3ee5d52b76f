# SPDX-License-Identifier: Apache-2.0
"""Made-up runs of reduce on several numbers of threads, with the ceiling beside or without it."""

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
import numpy as np
from block_files import ceiling, in_blocks, merged, process
from sample_results import changed

from workspan.resultfile.model import ResultFile

BLOCKS = 8
GROUP = "reduce/seq/n:8/threads:1"


def cores_of_16_cpus(threads: int) -> float:
    """What a machine of 8 cores with 2 hyper-threads each gives."""
    return min(threads, 8) + 0.6 * max(0, threads - 8) / 8


def time_on(q: float, serial: float, coherency: float = 0.0) -> float:
    """Of the universal scalability law, over that on one core."""
    return (1 + serial * (q - 1) + coherency * q * (q - 1)) / q


def scaling_run(
    counts: Sequence[int],
    seconds: Callable[[int], float],
    processes: int = 5,
    ceilings: Literal["beside", "rows", "none"] = "beside",
    noise: float = 0.02,
) -> ResultFile:
    """A run whose omp takes so long by number of threads; the machine has cores_of_16_cpus.

    ceilings: measured in the same blocks, or by rows of other processes.
    """
    random = np.random.default_rng(11)
    journals = []
    for number in range(1, processes + 1):
        shared = float(np.exp(random.normal(0, 0.05)))
        cases = [in_blocks(GROUP, walls(shared, random))]
        beside, rows = [], []
        for p in counts:
            own = shared * float(np.exp(random.normal(0, noise)))
            name = f"reduce/omp/n:8/threads:{p}"
            cases.append(in_blocks(name, walls(seconds(p) * own, random)))
            name, rate = f"read/omp/n:9/threads:{p}", walls(1 / cores_of_16_cpus(p), random)
            beside.append(ceiling(name, rate, GROUP))
            rows.append(in_blocks(name, rate))
        journals.append(process(number, cases, beside if ceilings == "beside" else []))
        if ceilings == "rows":
            journals.append(process(number, rows, []))
    file = merged(journals)
    return with_cpus(file, max(counts))


def with_cpus(file: ResultFile, cpus: int) -> ResultFile:
    """The same on a machine with so many."""
    return changed(file, run=msgspec.structs.replace(file.workspan.run, all_threads=cpus))


def walls(seconds: float, random: np.random.Generator) -> dict[int, float]:
    """The samples of one process, by block."""
    shaky = np.exp(random.normal(0, 0.002, BLOCKS))
    return {k: float(seconds * s) for k, s in enumerate(shaky, 1)}
