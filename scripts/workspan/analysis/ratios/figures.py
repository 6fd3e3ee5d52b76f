# SPDX-License-Identifier: Apache-2.0
"""The numbers in tables of execution models, with what is doubtful about each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from workspan.analysis.ratios.ceilings import is_on_one_cpu
from workspan.analysis.ratios.times import is_noisy
from workspan.resultfile.model import Case
from workspan.stats.ratios import estimate_of_logs


@dataclass(frozen=True)
class Figure:
    """A number from cases. noisy: of one of them; one_cpu: meant for several, but on one only.

    interval: its 95 %, where a sentence or a figure shows it; case: the first that it comes from.
    """

    value: float
    noisy: bool = False
    one_cpu: bool = False
    at_most: bool = False  # an upper bound
    interval: tuple[float, float] | None = field(default=None, compare=False)
    case: str = field(default="", compare=False)


def figure(
    value: float | None, target: float, *of: Case | None, at_most: bool = False
) -> Figure | None:
    """The value, with the doubts about the cases that it comes from."""
    known = [case for case in of if case]
    noisy = any(is_noisy(case, target) for case in known)
    one_cpu = any(map(is_on_one_cpu, known))
    name = known[0].name if known else ""
    return None if value is None else Figure(value, noisy, one_cpu, at_most, case=name)


def over_processes(
    values: Sequence[float], target: float, value: float | None = None
) -> Figure | None:
    """Of one number a process: their geometric mean, or `value` if it is known better.

    noisy: the interval over processes is wider than the target, or there is none. It includes
    `value`, which one slow process may have moved beyond it.
    """
    if not values:
        return None if value is None else Figure(value, noisy=True)
    if min(values) <= 0:
        return Figure(math.fsum(values) / len(values) if value is None else value, noisy=True)
    found = estimate_of_logs([math.log(one) for one in values])
    half_width = found.relative_half_width if found else None
    known = value if value is not None else found.value if found else 0.0
    interval = found.interval if found else None
    if interval:
        interval = min(interval[0], known), max(interval[1], known)
    return Figure(known, half_width is None or half_width > target, interval=interval)


def counter(case: Case | None, name: str, scale: float = 1.0) -> Figure | None:
    """A counter, of which a file has no number of each process: noisy."""
    found = case.counters.get(name) if case else None
    return None if found is None else Figure(found * scale, noisy=True)
