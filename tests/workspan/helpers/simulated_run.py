# SPDX-License-Identifier: Apache-2.0
"""Simulated runs of known truth: a kernel and its ceiling, each on one thread and on all cores.

The logarithm of a time is the truth, plus what its process does to all four cases, plus what it
does to this case alone, plus the noise of the sample, which only ever slows it down.
"""

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workspan.stats.pairs import Blocks
from workspan.stats.ratios import Estimate, Sides, quotient, ratio

BLOCKS: Final = 12
SEQ, OMP, CEILING_1, CEILING_ALL = range(4)
TRUTH: Final = np.log([[1e-3], [1e-3 / 1.9], [5e-4], [5e-4 / 2]])
SPEEDUP: Final = 1.9
CODE: Final = 0.95  # the speedup over what the machine gives its ceiling


@dataclass(frozen=True)
class World:
    """shared, own: standard deviations of the logarithms between processes.

    tails: Student's t with 3 degrees of freedom for a case's own effect, and one sample of ten
    slowed by far more than the others. moved: what the first process does to the logarithm of
    each case, besides.
    """

    shared: float = 0.10
    own: float = 0.04
    samples: float = 0.05
    tails: bool = False
    moved: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class Estimates(NamedTuple):
    """What a run says."""

    speedup: Estimate
    code: Estimate


def process_logs(world: World, processes: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Logarithms of times by process, case and block."""
    shape = (processes, 4, 1)
    if world.tails:
        own = rng.standard_t(3, shape) / math.sqrt(3) * world.own  # of the same deviation
    else:
        own = rng.normal(0, world.own, shape)
    logs = TRUTH + rng.normal(0, world.shared, (processes, 1, 1)) + own
    noise = np.abs(rng.normal(0, world.samples, (processes, 4, BLOCKS)))
    if world.tails:
        hit = rng.random(noise.shape) < 0.1
        noise += hit * rng.pareto(1.5, noise.shape) * world.samples
    logs[0] += np.array(world.moved)[:, None]
    return np.asarray(logs + noise)


def estimates(world: World, processes: int, rng: np.random.Generator) -> Estimates:
    """Those of one simulated run."""
    times = np.exp(process_logs(world, processes, rng))
    seq, omp, one, every = (
        {p: Blocks(range(BLOCKS), times[p, case].tolist()) for p in range(processes)}
        for case in (SEQ, OMP, CEILING_1, CEILING_ALL)
    )
    speedup, code = ratio(Sides(seq, omp)), quotient(Sides(seq, omp), Sides(one, every))
    assert speedup
    assert code
    return Estimates(speedup, code)
