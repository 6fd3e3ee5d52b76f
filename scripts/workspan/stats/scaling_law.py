# SPDX-License-Identifier: Apache-2.0
"""Laws of scaling, fitted to the times of each process by itself.

T(q) / T(1) = (1 + s (q - 1) + k q (q - 1)) / q is Gunther's universal scalability law (A General
Theory of Computational Scalability, 2008), and Amdahl's (1967) for k = 0. q are effective cores:
what the machine gave at that number of threads, so that hyper-threads and bandwidth are not blamed
on the code. The law is linear in its parameters, so least squares of relative errors need no start.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from workspan.stats.intervals import CONFIDENCE, Floats, t_quantile
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate

AMDAHL: Final = 2  # parameters: T(1) and s
USL: Final = 3  # and k


class Fit(NamedTuple):
    """One value a process; residuals: of a process and a number of threads, relative."""

    serial: Floats
    coherency: Floats
    residuals: Floats


def fit(cores: Floats, times: Floats, parameters: int) -> Fit:
    """Along the last axis are numbers of threads, at least as many as parameters; processes before.

    T(1) is fitted too: the noise of one time is not spread over all the others.
    """
    relative = times / times[..., :1]
    q = np.broadcast_to(cores, times.shape)
    terms = np.stack([1 / q, (q - 1) / q, q - 1][:parameters], axis=-1) / relative[..., None]
    found, residuals = _least_squares(terms)
    serial = found[..., 1] / found[..., 0]
    coherency = found[..., 2] / found[..., 0] if parameters == USL else np.zeros_like(serial)
    return Fit(serial, coherency, residuals)


def fit_gustafson(cores: Floats, speedups: Floats) -> Fit:
    """Gustafson's law (1988) of scaled speedups, S = q - s (q - 1); the same axes, from two on.

    S(1) is fitted too.
    """
    q = np.broadcast_to(cores, speedups.shape)
    found, residuals = _least_squares(np.stack([q, 1 - q], axis=-1) / speedups[..., None])
    serial = found[..., 1] / found[..., 0]
    return Fit(serial, np.zeros_like(serial), residuals)


def _least_squares(terms: Floats) -> tuple[Floats, Floats]:
    """The factors of the terms, along the last axis, whose sum is the nearest to 1; the rest."""
    normal = np.einsum("...pi,...pj->...ij", terms, terms)
    found = np.linalg.solve(normal, terms.sum(axis=-2)[..., None])[..., 0]
    return found, 1 - np.einsum("...pi,...i->...p", terms, found)


def estimate_of_values(values: Floats, level: float = CONFIDENCE) -> Estimate:
    """The mean of one value a process, which may be 0 or below; interval by t, from 3 on."""
    middle = math.fsum(values) / len(values)
    if len(values) < FEWEST_PROCESSES:
        return Estimate(middle, None, len(values), len(values) == 1)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    half = t_quantile(len(values) - 1, (1 + level) / 2) * error
    return Estimate(middle, (middle - half, middle + half), len(values))


def noise(residuals: Floats) -> float:
    """The deviation of one process from the others, over all numbers of threads."""
    return float(np.sqrt(np.mean(np.var(residuals, axis=0, ddof=1))))


def karp_flatt(speedup: float, cores: float) -> float | None:
    """The serial fraction that one speedup shows (Karp and Flatt 1990); None on one core."""
    return (1 / speedup - 1 / cores) / (1 - 1 / cores) if cores > 1 else None


def peaks(serial: Sequence[float] | Floats, coherency: Sequence[float] | Floats) -> list[float]:
    """sqrt((1 - s) / k) of each process: the cores from which on it gets slower."""
    both = zip(serial, coherency, strict=True)
    return [math.sqrt((1 - s) / k) for s, k in both if s < 1 and k > 0]
