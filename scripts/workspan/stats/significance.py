# SPDX-License-Identifier: Apache-2.0
"""Significance tests on two sets of invocations, the correction for many cases, and sample sizes.

All take one number per invocation, its time or share, and are two-sided. Which test is used for
how many invocations: docs/design.md, section 7. Pairs: paired_t() of ratios.py.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workspan.stats.intervals import CONFIDENCE, Floats

FEWEST: Final = 4  # invocations per side; fewer get no verdict
FEWEST_FOR_RANKS: Final = 10  # from here on a rank test is preferred, if it can be significant
EXACT_UP_TO: Final = 40  # invocations per side; beyond, the normal approximation is as good
MOST_NEEDED: Final = 1000
POWER: Final = 0.8


@dataclass(frozen=True)
class SignificanceTest:
    """A test by its name, and its p for (old, new): None if the data do not vary at all."""

    name: str
    p: Callable[[Floats, Floats], float | None]


def mann_whitney(old: Floats, new: Floats) -> float | None:
    """Rank-sum test (Mann and Whitney 1947).

    Exact without ties and up to EXACT_UP_TO, else the normal approximation.
    """
    from scipy.stats import mannwhitneyu

    together = np.concatenate((old, new))
    exact = np.unique(together).size == together.size and max(old.size, new.size) <= EXACT_UP_TO
    p = float(mannwhitneyu(old, new, method="exact" if exact else "asymptotic").pvalue)
    return None if math.isnan(p) else p


def welch_on_logs(old: Floats, new: Floats) -> float | None:
    """Welch's t test (1947) on logarithms: ratios become differences, closer to normal."""
    from scipy.stats import ttest_ind

    a, b = np.log(old), np.log(new)
    if _is_constant(a) and _is_constant(b):
        return None
    return float(ttest_ind(a, b, equal_var=False).pvalue)


def _is_constant(logs: Floats) -> bool:
    """No more spread than rounding makes."""
    return float(np.ptp(logs)) <= 1e-12


def smallest_p(old: int, new: int) -> float:
    """Smallest p of a rank test: 2 / binomial(old + new, old)."""
    return min(1.0, 2.0 / math.comb(min(old, 500) + min(new, 500), min(old, 500)))


def choose_test(old: int, new: int, compared: int, level: float) -> SignificanceTest | None:
    """The test for these numbers of invocations and of cases; None below FEWEST invocations.

    A rank test only if its smallest p could survive the correction for all `compared` cases, else
    a t test on logarithms.
    """
    fewer = min(old, new)
    if fewer < FEWEST:
        return None
    return (
        SignificanceTest("Mann-Whitney", mann_whitney)
        if smallest_p(old, new) * compared <= level and fewer >= FEWEST_FOR_RANKS
        else SignificanceTest("Welch's t on logarithms", welch_on_logs)
    )


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """q-values (Benjamini and Hochberg 1995): q <= level bounds the false discovery rate."""
    from scipy.stats import false_discovery_control

    return [float(q) for q in false_discovery_control(np.clip(p, 0, 1), method="bh")] if p else []


def invocations_needed(
    variance: float, effect: float, threshold: float, level: float
) -> int | None:
    """Invocations per side that would decide with probability POWER; None beyond MOST_NEEDED.

    Assumes that effect and variance are as observed. Beyond the threshold: enough to be
    significant at `level` (corrected for all cases) and to exceed the threshold. Within it: enough
    for the interval to lie within. n = (z_a + z_b)^2 variance / d^2; d is the logarithm to be
    distinguished from 0.
    """
    from scipy.special import ndtri

    edge, log_effect = math.log1p(threshold), abs(math.log(effect))
    to_edge = max(abs(log_effect - edge), 1e-9)
    power = float(ndtri(POWER))
    if log_effect > edge:
        distance = min(log_effect / (float(ndtri(1 - level / 2)) + power), to_edge / power)
    else:
        distance = to_edge / (float(ndtri((1 + CONFIDENCE) / 2)) + power)
    needed = variance / distance**2
    return max(math.ceil(needed), FEWEST) if needed <= MOST_NEEDED else None
