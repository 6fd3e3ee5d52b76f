# SPDX-License-Identifier: Apache-2.0
"""On which side of a border an estimate lies, and how many processes would probably tell.

One rule for all answers: the fewest processes of which an answer comes with probability POWER, if
effect and noise are what was found. The interval is as random as the estimate in its middle, so the
probability that it ends before a border is that of the noncentral t distribution.
"""

import math
from bisect import bisect_left
from collections.abc import Callable
from typing import Final, NamedTuple

from workspan.stats.intervals import CONFIDENCE, t_quantile
from workspan.stats.ratios import CONSTANT, FEWEST_PROCESSES, Estimate
from workspan.stats.significance import FEWEST

POWER: Final = 0.8  # probability of the answer: that of most plans of experiments (Cohen 1988)
MOST: Final = 200  # processes, beyond which no run is worth it
MOST_NEEDED: Final = 1000  # invocations of each side of a comparison


class Noise(NamedTuple):
    """Of the logarithm of new / old of single processes. freedom: degrees for each process more: 1
    of pairs; 2 of two sides whose processes are independent and vary alike, else less.
    """

    variance: float
    freedom: float


def side(found: Estimate, border: float) -> int:
    """1: above the border, -1: below it, 0: its interval crosses it. Without one: by value."""
    low, high = found.interval or (found.value, found.value)
    return int(low >= border) - int(high < border)


def processes_needed(found: Estimate, border: float, level: float = CONFIDENCE) -> int | None:
    """Those whose interval by t would probably exclude the border.

    None: more than MOST, or the estimate is of less than 3 processes, which tell no deviation.
    """
    if found.interval is None or found.processes < FEWEST_PROCESSES:
        return None
    half = math.log(found.interval[1] / found.interval[0]) / 2
    t = t_quantile(found.processes - 1, (1 + level) / 2)
    deviation = half / t * math.sqrt(found.processes)
    distance = abs(math.log(found.value / border))

    def told(processes: int) -> float:
        return _ends_before(distance, deviation / math.sqrt(processes), processes - 1, level)

    return _fewest(told, found.processes + 1, MOST)


def invocations_needed(noise: Noise, effect: float, threshold: float, level: float) -> int | None:
    """Invocations of each side that would probably decide; None beyond MOST_NEEDED.

    Beyond the threshold: enough to be significant at `level` (corrected for all cases) and to
    exceed the threshold. Within it: enough for both ends of the interval to lie within.
    """
    from scipy.special import ndtr

    edge, log_effect = math.log1p(threshold), abs(math.log(effect))

    def decided(invocations: int) -> float:
        error = math.sqrt(noise.variance / invocations)
        freedom = noise.freedom * (invocations - 1)
        if log_effect > edge:
            exceeds = float(ndtr((log_effect - edge) / error))
            return min(_ends_before(log_effect, error, freedom, 1 - level), exceeds)
        ends = (_ends_before(edge + way * log_effect, error, freedom) for way in (1, -1))
        return sum(ends) - 1  # of an interval that reaches beyond both edges neither end is within

    return _fewest(decided, FEWEST, MOST_NEEDED)


def _ends_before(distance: float, error: float, freedom: float, level: float = CONFIDENCE) -> float:
    """The probability that an interval ends before a border at this distance from the truth.

    error: the standard error of its middle. All of logarithms.
    """
    from scipy.special import nctdtr

    away = distance / max(error, CONSTANT)
    found = 1 - float(nctdtr(freedom, away, t_quantile(freedom, (1 + level) / 2)))
    return 1.0 if math.isnan(found) else found  # far out, where it has long been 1


def _fewest(probability: Callable[[int], float], fewest: int, most: int) -> int | None:
    """The first of these numbers that gives POWER; the probability grows with the number."""
    found = bisect_left(range(fewest, most + 1), POWER, key=probability) + fewest
    return found if found <= most else None
