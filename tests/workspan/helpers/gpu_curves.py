# SPDX-License-Identifier: Apache-2.0
"""Made-up runs of reduce on host and GPU, whose ratio is a given function of the size."""

from collections.abc import Callable, Sequence

import numpy as np
from block_files import in_blocks, merged, process

from workspan.resultfile.model import ResultFile

BLOCKS = 12
SCOPES = {"cuda": "kernel", "cub": "kernel", "cuda_e2e": "e2e", "cuda_pinned": "e2e"}


def run_of(
    sizes: Sequence[int],
    ratio: Callable[[int], float],
    processes: int = 5,
    noise: float = 0.0,
    variant: str = "cuda",
) -> ResultFile:
    """ratio: T of the host's best code, omp, over T on the GPU. noise: of a process and size."""
    random = np.random.default_rng(7)
    journals = []
    for number in range(1, processes + 1):
        cases = []
        for n in sizes:
            device = 1e-3 * float(np.exp(random.normal(0, noise)))
            times = {
                f"reduce/seq/n:{n}/threads:1": 2e-3 * ratio(n),
                f"reduce/omp/n:{n}/threads:2": 1e-3 * ratio(n),
                f"reduce/{variant}/n:{n}/threads:1": device,
            }
            for name, seconds in times.items():
                scope = SCOPES.get(name.split("/")[1], "host")
                shaky = np.exp(random.normal(0, noise / 3, BLOCKS))
                walls = {k: float(seconds * s) for k, s in enumerate(shaky, 1)}
                cases.append(in_blocks(name, walls, scope=scope))
        journals.append(process(number, cases, []))
    return merged(journals)
