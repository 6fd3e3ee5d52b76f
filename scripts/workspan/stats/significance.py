# SPDX-License-Identifier: Apache-2.0
"""Whether two sets of invocations differ: the tests, their smallest p, the correction for many, and how many invocations would decide.

All take one number for each invocation, its median in seconds. Two-sided. Which test for how many: DESIGN.md section 7.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from workspan.stats.intervals import Floats

FEWEST: Final = 4  # invocations on each side, below which there is no verdict
FEWEST_FOR_RANKS: Final = 10  # from which a test of ranks is preferred, if it can be significant
EXACT_UP_TO: Final = 40  # invocations on a side; beyond, the normal approximation is as good
MOST_NEEDED: Final = 1000
POWER: Final = 0.8


@dataclass(frozen=True)
class Chosen:
    """A test by its name, and its p for (old, new); None where the data cannot tell, because they do not vary at all."""

    name: str
    p: Callable[[Floats, Floats], float | None]


def mann_whitney(old: Floats, new: Floats) -> float | None:
    """Rank-sum test (Mann and Whitney 1947): exact without ties and up to EXACT_UP_TO, else the normal approximation."""
    from scipy.stats import mannwhitneyu

    together = np.concatenate((old, new))
    exact = np.unique(together).size == together.size and max(old.size, new.size) <= EXACT_UP_TO
    p = float(mannwhitneyu(old, new, method="exact" if exact else "asymptotic").pvalue)
    return None if math.isnan(p) else p


def welch_on_logs(old: Floats, new: Floats) -> float | None:
    """Welch's t test (1947) on logarithms: ratios become differences, and their spread more nearly normal."""
    from scipy.stats import ttest_ind

    a, b = np.log(old), np.log(new)
    if _constant(a) and _constant(b):
        return None
    return float(ttest_ind(a, b, equal_var=False).pvalue)


def signed_rank(old: Floats, new: Floats) -> float | None:
    """Wilcoxon's test (1945) of the logarithms of the pairs' ratios."""
    from scipy.stats import wilcoxon

    logs = np.log(new) - np.log(old)
    if not np.any(logs):
        return None
    magnitudes = np.abs(logs)
    exact = (
        np.unique(magnitudes).size == logs.size and bool(np.all(logs)) and logs.size <= EXACT_UP_TO
    )
    return float(wilcoxon(logs, method="exact" if exact else "approx").pvalue)


def paired_t_on_logs(old: Floats, new: Floats) -> float | None:
    """Student's t test (1908) of the logarithms of the pairs' ratios."""
    from scipy.stats import ttest_1samp

    logs = np.log(new) - np.log(old)
    return None if _constant(logs) else float(ttest_1samp(logs, 0.0).pvalue)


def _constant(logs: Floats) -> bool:
    """No more spread than rounding makes."""
    return float(np.ptp(logs)) <= 1e-12


def smallest_p(old: int, new: int, *, paired: bool = False) -> float:
    """What a test of ranks gives at best: 2 / binomial(old + new, old), or 2 / 2^pairs."""
    return min(
        1.0,
        2.0 ** (1 - min(old, 1000))
        if paired
        else 2.0 / math.comb(min(old, 500) + min(new, 500), min(old, 500)),
    )


def choose(
    old: int, new: int, compared: int, level: float, *, paired: bool = False
) -> Chosen | None:
    """The test for so many invocations, where `compared` cases are; None where there are too few for any.

    Ranks only where their smallest p could survive a correction for all cases; else logarithms; from FEWEST on.
    """
    fewer = min(old, new)
    could = smallest_p(old, new, paired=paired) * compared <= level
    if fewer < FEWEST:
        return None
    if paired:
        return (
            Chosen("signed rank", signed_rank)
            if could
            else Chosen("paired t on logarithms", paired_t_on_logs)
        )
    return (
        Chosen("Mann-Whitney", mann_whitney)
        if could and fewer >= FEWEST_FOR_RANKS
        else Chosen("Welch's t on logarithms", welch_on_logs)
    )


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Corrected p, q: rejecting q <= level makes at most that share of false rejections (Benjamini and Hochberg 1995)."""
    from scipy.stats import false_discovery_control

    return [float(q) for q in false_discovery_control(np.clip(p, 0, 1), method="bh")] if p else []


def spread(old: Floats, new: Floats, *, paired: bool = False) -> float:
    """Variance of the logarithm of the ratio of one invocation of new to one of old; of one pair's ratio. At least two of each."""
    if paired:
        return float(np.var(np.log(new) - np.log(old), ddof=1))
    return float(np.var(np.log(old), ddof=1)) + float(np.var(np.log(new), ddof=1))


def invocations_needed(
    variance: float, effect: float, threshold: float, level: float
) -> int | None:
    """How many invocations of each would probably (POWER) decide, were effect and spread as they look; None beyond MOST_NEEDED.

    Past the threshold: to find it at `level` (corrected for all cases), and to see it past. Within: for an interval within.
    n = (z_a + z_b)^2 variance / d^2, times pi / 2 for the median's lesser efficiency, with d the logarithm to be told from 0.
    """
    from scipy.special import ndtri

    edge, log_effect = math.log1p(threshold), abs(math.log(effect))
    to_edge = max(abs(log_effect - edge), 1e-9)
    power = float(ndtri(POWER))
    if log_effect > edge:
        distance = min(log_effect / (float(ndtri(1 - level / 2)) + power), to_edge / power)
    else:
        distance = to_edge / (float(ndtri(0.975)) + power)
    needed = variance * math.pi / 2 / distance**2
    return max(math.ceil(needed), FEWEST) if needed <= MOST_NEEDED else None
