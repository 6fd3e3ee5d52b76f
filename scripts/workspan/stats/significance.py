# SPDX-License-Identifier: Apache-2.0
"""Significance tests on two sets of invocations, and the correction for many cases.

All take one number per invocation, the logarithm of its time or share, so that ratios become
differences, closer to normal; all are two-sided. Which test is used for how many invocations:
docs/design.md, section 7. Pairs: paired_t() of ratios.py.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workspan.stats.ratios import welch_p

FEWEST: Final = 4  # invocations per side; fewer get no verdict
FEWEST_FOR_RANKS: Final = 10  # from here on a rank test is preferred, if it can be significant
EXACT_UP_TO: Final = 40  # invocations per side; beyond, the normal approximation is as good
Logs = Sequence[float]


@dataclass(frozen=True)
class SignificanceTest:
    """A test by its name, and its p for (old, new): None if the data do not vary at all."""

    name: str
    p: Callable[[Logs, Logs], float | None]


def mann_whitney(old: Logs, new: Logs) -> float | None:
    """Rank-sum test (Mann and Whitney 1947).

    Exact without ties and up to EXACT_UP_TO, else the normal approximation.
    """
    from scipy.stats import mannwhitneyu

    together = np.concatenate((old, new))
    exact = np.unique(together).size == together.size and max(len(old), len(new)) <= EXACT_UP_TO
    p = float(mannwhitneyu(old, new, method="exact" if exact else "asymptotic").pvalue)
    return None if math.isnan(p) else p


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
        else SignificanceTest("Welch's t on logarithms", welch_p)
    )


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """q-values (Benjamini and Hochberg 1995): q <= level bounds the false discovery rate."""
    from scipy.stats import false_discovery_control

    return [float(q) for q in false_discovery_control(np.clip(p, 0, 1), method="bh")] if p else []
