# SPDX-License-Identifier: Apache-2.0
"""Medians of invocations and their confidence intervals.

Samples from one process are correlated, so the process (invocation) is the statistical unit.
Intervals are hierarchical bootstraps: invocations are drawn with replacement, then the samples of
each (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). They are
seeded from the data, so the same data give the same bytes.
"""

import hashlib
import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

CONFIDENCE: Final = 0.95  # level of every interval; kConfidence of harness/support/statistics.hpp
REPLICATES: Final = 2000
POOL: Final = 256  # bootstrapped medians of one invocation, to draw from
MANY: Final = 500  # invocations; beyond, order statistics are as good as a bootstrap, and cheaper
LARGEST_LOG: Final = 690.0  # bound of log ratios, so that ratios stay finite

Floats = NDArray[np.float64]
Samples = Sequence[Sequence[float]] | Sequence[Floats]  # one sequence of times for each invocation


def fast_median(values: Sequence[float] | Floats) -> Floats:
    """The median along the last axis of finite values; on short axes much faster than numpy's."""
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    size = ordered.shape[-1]
    return np.asarray((ordered[..., (size - 1) // 2] + ordered[..., size // 2]) / 2)


def invocation_medians(invocations: Samples) -> Floats:
    """The median of each invocation's samples."""
    return np.array([fast_median(samples) for samples in invocations], dtype=np.float64)


def median_of_medians(invocations: Samples) -> float:
    """Location of a case, in the unit of its samples. Needs at least one sample per invocation."""
    return float(fast_median(invocation_medians(invocations)))


def bounded_exp(log_ratio: float) -> float:
    """The exponential, clamped to stay finite and positive."""
    return math.exp(min(max(log_ratio, -LARGEST_LOG), LARGEST_LOG))


def order_statistics_interval(
    values: Sequence[float] | Floats, level: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Distribution-free interval of the median; None for too few values (below 6 for 95 %).

    Its twin is median_interval() in harness/support/statistics.cpp, which decides when the binary
    stops sampling; this one also serves other levels and medians of many invocations.
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = ordered.size
    # The rank-th smallest and largest miss the median if fewer than `rank` values lie on one
    # side of it: binomial(n, 1/2).
    rank = int(binom.ppf((1 - level) / 2, n, 0.5)) if n else 0
    if rank > 0 and binom.cdf(rank - 1, n, 0.5) > (1 - level) / 2:
        rank -= 1
    return (float(ordered[rank - 1]), float(ordered[n - rank])) if rank > 0 else None


def time_interval(invocations: Samples, level: float = CONFIDENCE) -> tuple[float, float] | None:
    """Interval around median_of_medians, in the unit of the samples: a bootstrap from 2 to MANY
    invocations, else order statistics.

    A single invocation says nothing about the next: its interval is that of its samples, as
    the binary writes it; None if they are too few (below 6 for 95 %).
    """
    if len(invocations) == 1:
        return order_statistics_interval(invocations[0], level)
    if len(invocations) > MANY:
        return order_statistics_interval(invocation_medians(invocations), level)
    logs = np.log(resample(invocations, seeded_generator(invocations)))
    estimate = median_of_medians(invocations)
    low, high = percentile_interval(logs, math.log(estimate), len(invocations) - 1, level)
    return min(bounded_exp(low), estimate), max(bounded_exp(high), estimate)


def ratio_interval(
    old: Samples, new: Samples, level: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Interval of median_of_medians(new) / median_of_medians(old); None below two invocations."""
    fewer = min(len(old), len(new))
    if fewer < 2:
        return None
    if max(len(old), len(new)) > MANY:
        both = time_interval(old, level), time_interval(new, level)
        return ratio_of_intervals(both[0], both[1]) if both[0] and both[1] else None
    generator = seeded_generator([*old, *new])
    logs = np.log(resample(new, generator)) - np.log(resample(old, generator))
    estimate = math.log(median_of_medians(new)) - math.log(median_of_medians(old))
    low, high = percentile_interval(logs, estimate, 2 * fewer - 2, level)
    return bounded_exp(low), bounded_exp(high)


def paired_ratio(old: Samples, new: Samples) -> float:
    """The median of the ratios new / old of the k-th invocations: drift hits both and cancels."""
    return bounded_exp(
        float(fast_median(np.log(invocation_medians(new)) - np.log(invocation_medians(old))))
    )


def paired_interval(
    old: Samples, new: Samples, level: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Interval of paired_ratio: pairs are resampled, then the samples of both. None below two."""
    pairs = len(old)
    if pairs != len(new):
        raise ValueError("pairs need as many invocations of old as of new")
    if pairs < 2:
        return None
    generator = seeded_generator([*old, *new])
    drawn = generator.integers(pairs, size=(replicate_count(pairs), pairs))
    logs = np.log(_draw_medians(new, drawn, generator)) - np.log(
        _draw_medians(old, drawn, generator)
    )
    low, high = percentile_interval(
        fast_median(logs), math.log(paired_ratio(old, new)), pairs - 1, level
    )
    return bounded_exp(low), bounded_exp(high)


def percentile_interval(
    logs: Floats, estimate: float, freedom: int, level: float = CONFIDENCE
) -> tuple[float, float]:
    """Percentiles of bootstrapped logarithms, widened about the estimate for small samples.

    The factor is t / z, as for means of few values (Hesterberg, What Teachers Should Know about
    the Bootstrap, 2015, section 3.2). By simulation (tests/workspan/stats/intervals_test.py) the
    bare percentiles of 2, 3 and 4 invocations cover 75, 89 and 92 % instead of 95.
    """
    from scipy.special import ndtri, stdtrit

    tail = (1 - level) / 2
    low, high = np.quantile(logs, (tail, 1 - tail))
    factor = float(stdtrit(freedom, tail) / ndtri(tail))
    return estimate + factor * min(float(low) - estimate, 0.0), estimate + factor * max(
        float(high) - estimate, 0.0
    )


def resample(invocations: Samples, generator: np.random.Generator) -> Floats:
    """Bootstrapped medians of medians."""
    k = len(invocations)
    return fast_median(
        _draw_medians(invocations, generator.integers(k, size=(replicate_count(k), k)), generator)
    )


def replicate_count(invocations: int) -> int:
    """Number of bootstrap replicates: fewer for many invocations, as each replicate costs more."""
    return max(REPLICATES // 4, min(REPLICATES, 200_000 // invocations))


def _draw_medians(
    invocations: Samples, drawn: NDArray[np.int64], generator: np.random.Generator
) -> Floats:
    pools = np.array(
        [
            bootstrap_medians(np.sort(np.asarray(samples, dtype=np.float64)), generator)
            for samples in invocations
        ]
    )
    return np.asarray(pools[drawn, generator.integers(POOL, size=drawn.shape)])


def bootstrap_medians(ordered: Floats, generator: np.random.Generator, count: int = POOL) -> Floats:
    """Medians of bootstrap resamples of sorted samples.

    Instead of drawing m samples for each median, draws which ones would be in the middle: order
    statistics of m uniform numbers are beta distributed, and their rank among the sorted samples
    is exact.
    """
    m = ordered.size
    below, above = (m + 1) // 2, m // 2 + 1  # ranks of the middle two; equal if m is odd
    lower = generator.beta(below, m + 1 - below, size=count)
    if above == below:
        return np.asarray(ordered[_sample_index(lower, m)])
    # Given the lower of the two, the upper is the smallest of the m - below numbers above it.
    upper = lower + (1 - lower) * (1 - generator.random(count) ** (1 / (m - below)))
    return np.asarray((ordered[_sample_index(lower, m)] + ordered[_sample_index(upper, m)]) / 2)


def _sample_index(u: Floats, m: int) -> NDArray[np.int64]:
    return np.asarray(np.minimum((u * m).astype(np.int64), m - 1))


def seeded_generator(invocations: Samples) -> np.random.Generator:
    """Random numbers seeded by the data alone."""
    digest = hashlib.blake2b(digest_size=16)
    for samples in invocations:
        digest.update(len(samples).to_bytes(8, "little"))
        digest.update(np.asarray(samples, dtype="<f8").tobytes())
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest.digest(), "little")))


def ratio_of_intervals(old: tuple[float, float], new: tuple[float, float]) -> tuple[float, float]:
    """The interval of new / old that the ends of both positive intervals allow."""
    low, high = math.log(new[0]) - math.log(old[1]), math.log(new[1]) - math.log(old[0])
    return bounded_exp(low), bounded_exp(high)
