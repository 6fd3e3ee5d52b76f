# SPDX-License-Identifier: Apache-2.0
"""Made-up runs of weak scaling: reduce by omp, whose n grows with the threads."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np
from block_files import ceiling, in_blocks, merged, process
from sample_results import changed
from scaling_runs import cores_of_16_cpus, walls

from workspan.resultfile.model import ResultFile

BYTES = 4.0  # of work, an element


def gustafson(serial: float) -> Callable[[int], float]:
    """The scaled speedup by number of threads, of this serial fraction."""

    def speedup(threads: int) -> float:
        cores = cores_of_16_cpus(threads)
        return cores - serial * (cores - 1)

    return speedup


def weak_run(
    teams: Sequence[int],
    speedup: Callable[[int], float],
    *,
    sizes: Sequence[int] = (1000,),
    rounding: float = 1.0,
    processes: int = 5,
    noise: float = 0.005,
    with_ceilings: bool = True,
    workload: str = "reduce",
) -> ResultFile:
    """sizes: of one thread. speedup: scaled. rounding: of n, on several threads."""
    random = np.random.default_rng(5)
    journals = []
    for number in range(1, processes + 1):
        cases, beside = [], []
        for first in sizes:
            for p in teams:
                n = first if p == 1 else round(rounding * first * p)
                rate = speedup(p) * float(np.exp(random.normal(0, noise)))
                seconds = 1e-6 * (n / first) / rate
                name = f"{workload}/omp/n:{n}/threads:{p}"
                cases.append(in_blocks(name, walls(seconds, random), cost=_cost(n)))
                gained = walls(1e-6 * n / cores_of_16_cpus(p), random)
                of = {"cost": _cost(n)}  # as much for a thread
                beside.append(ceiling(f"read/omp/n:{n}/threads:{p}", gained, name, **of))
        journals.append(process(number, cases, beside if with_ceilings else []))
    file = merged(journals)
    run = msgspec.structs.replace(file.workspan.run, all_threads=max(teams), sweep="weak_scaling")
    return changed(file, run=run)


def _cost(n: int) -> dict[str, Any]:
    return {"flops": 0.0, "bytes": BYTES * n, "items": 1.0 * n}
