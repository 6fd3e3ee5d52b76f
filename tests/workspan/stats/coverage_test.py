# SPDX-License-Identifier: Apache-2.0
"""Whether 95 % intervals of ratios cover 95 %, by simulation of whole runs with a fixed seed.

The mean of the logarithms is not robust, and need not be: a process that was moved moved both
sides of its ratio, so the ratio stays. What is left is a process that hits one case alone; then
the interval covers and is several times as wide, which is what five such values tell.
"""

import math
from typing import NamedTuple

import numpy as np
import pytest
from comparing import SCALE
from simulated_run import CEILING_ALL, CODE, OMP, SPEEDUP, World, estimates, process_logs

from workspan.stats.ratios import Estimate, unpaired

TRIALS = 200 * SCALE
NOISE = 0.0 if SCALE > 1 else 0.03  # of a coverage by so few trials: two standard errors
SHARED_AND_OWN = World()
HEAVY_TAILS = World(tails=True)
SLOWER = math.log(1.7)  # two cores far from each other, or one core for two threads
ALL_MOVED = World(moved=(SLOWER,) * 4)  # another clock, another host
CORES_MOVED = World(moved=(0.0, SLOWER, 0.0, SLOWER))  # hits what runs on several cores
ONE_HIT = World(moved=(0.0, SLOWER, 0.0, 0.0))  # an accident of one case


class Coverage(NamedTuple):
    """The share of the intervals that hold the truth, and the median of their half-widths, as
    logarithms."""

    share: float
    half_width: float


def coverage(world: World, processes: int, of: str) -> Coverage:
    rng = np.random.default_rng(processes)
    truth = {"speedup": SPEEDUP, "code": CODE}[of]
    hits, widths = 0, []
    for _ in range(TRIALS):
        estimate: Estimate = getattr(estimates(world, processes, rng), of)
        assert estimate.interval
        low, high = estimate.interval
        hits += low <= truth <= high
        widths.append(math.log(high / low) / 2)
    return Coverage(hits / TRIALS, float(np.median(widths)))


@pytest.mark.parametrize("of", ["speedup", "code"])
@pytest.mark.parametrize("processes", [3, 5, 10])
@pytest.mark.parametrize("world", [SHARED_AND_OWN, HEAVY_TAILS], ids=["normal", "heavy_tails"])
def test_intervals_cover_what_they_say(world: World, processes: int, of: str) -> None:
    found = coverage(world, processes, of)
    assert 0.93 - NOISE <= found.share <= 0.98 + NOISE


@pytest.mark.parametrize(
    ("world", "of"),
    [(ALL_MOVED, "speedup"), (ALL_MOVED, "code"), (CORES_MOVED, "code")],
    ids=["all_speedup", "all_code", "cores_code"],
)
def test_a_moved_process_of_five_costs_neither_coverage_nor_width(world: World, of: str) -> None:
    found, without = coverage(world, 5, of), coverage(SHARED_AND_OWN, 5, of)
    assert found.share >= 0.93 - NOISE
    assert found.half_width <= 1.5 * without.half_width


@pytest.mark.parametrize(("world", "of"), [(CORES_MOVED, "speedup"), (ONE_HIT, "code")])
def test_a_process_that_hits_one_side_alone_widens_the_interval_instead_of_misleading(
    world: World, of: str
) -> None:
    found, without = coverage(world, 5, of), coverage(SHARED_AND_OWN, 5, of)
    assert found.share >= 0.93
    assert found.half_width > 3 * without.half_width  # known as badly as it looks


@pytest.mark.parametrize("processes", [3, 5, 10])
@pytest.mark.parametrize("world", [SHARED_AND_OWN, HEAVY_TAILS], ids=["normal", "heavy_tails"])
def test_intervals_between_two_runs_cover_what_they_say(world: World, processes: int) -> None:
    """The change of a share: its processes are not paired with those of the other run."""
    rng, hits = np.random.default_rng(processes), 0
    for _ in range(TRIALS):
        old, new = (
            np.median(logs[:, CEILING_ALL] - logs[:, OMP], axis=1).tolist()
            for logs in (process_logs(world, processes, rng) for _ in range(2))
        )
        change = unpaired(old, new)
        assert change.interval
        hits += change.interval[0] <= 1 <= change.interval[1]
    assert 0.93 - NOISE <= hits / TRIALS <= 0.98 + NOISE


def test_shared_effects_would_ruin_ratios_of_unpaired_times() -> None:
    """The simulation has what pairing is for: without it the interval is twice as wide."""
    paired = coverage(SHARED_AND_OWN, 5, "speedup").half_width
    alone = coverage(World(shared=0.0, own=math.hypot(0.10, 0.04)), 5, "speedup").half_width
    assert alone > 2 * paired
