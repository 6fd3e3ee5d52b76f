# SPDX-License-Identifier: Apache-2.0
"""How many processes would tell an estimate from a border."""

import math
from typing import Final

from workspan.stats.intervals import CONFIDENCE, t_quantile
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate

MOST: Final = 200  # processes, beyond which no run is worth it


def side(found: Estimate, border: float) -> int:
    """1: above the border, -1: below it, 0: its interval crosses it. Without one: by value."""
    low, high = found.interval or (found.value, found.value)
    return int(low >= border) - int(high < border)


def processes_needed(found: Estimate, border: float, level: float = CONFIDENCE) -> int | None:
    """Those whose interval by t would exclude the border, were they as far apart as these.

    None: more than MOST, or the estimate is of less than 3 processes, which tell no deviation.
    """
    if found.interval is None or found.processes < FEWEST_PROCESSES:
        return None

    def t(processes: int) -> float:
        return t_quantile(processes - 1, (1 + level) / 2) / math.sqrt(processes)

    half = math.log(found.interval[1] / found.interval[0]) / 2
    deviation, distance = half / t(found.processes), abs(math.log(found.value / border))
    enough = (m for m in range(found.processes + 1, MOST + 1) if deviation * t(m) < distance)
    return next(enough, None)
