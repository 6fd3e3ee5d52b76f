# SPDX-License-Identifier: Apache-2.0
"""Logarithmic axes in points, with ticks that fit, and labels that give way to each other."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.plot.style import SMALL, Font, text_width

MOST_DECADES: Final = 6.0  # on an axis: what lies farther from the middle becomes an arrow
PADDING: Final = 0.04  # of the length of an axis, at each end
LEAST: Final = 0.06  # decades of an axis: the scale of equal values
BETWEEN: Final = 6.0  # least distance between labels of ticks, in points
STEPS: Final = ((1.0,), (1.0, 2.0, 5.0), (1.0, 3.0))  # labels within a decade, the best first
CLOSER: Final = (1.0, 2.0, 3.0, 5.0, 7.0)  # of an axis that is little more than one
MOST_UPRIGHT: Final = 5  # labels of an upright axis: more are a ladder of numbers
FINE: Final = (5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)  # of its decade: steps of an axis within one

Interval = tuple[float, float]


@dataclass(frozen=True)
class LogScale:
    """From low..high to points from left on; to the right, or upwards if its length is negative."""

    low: float
    high: float
    left: float
    length: float
    base: int = 10  # of the labels: 10, or 2 for sizes and threads

    def at(self, value: float) -> float:
        """The place of a value, rounded: the same on every machine."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self.left + share * self.length, 2)

    def holds(self, value: float) -> bool:
        """Whether a value is on the axis."""
        return self.low <= value <= self.high

    def clipped(self, value: float) -> float:
        """The value, or the end of the axis that is nearest to it."""
        return min(max(value, self.low), self.high)

    def minor_ticks(self) -> list[float]:
        """1, 2, ..., 9 of each decade; none if the axis is a small part of one."""
        if self.high / self.low < 2 or self.base == 2:
            return []
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        found = (k * 10.0**decade for decade in decades for k in range(1, 10))
        return [value for value in found if self.holds(value)]

    def ticks(self, text: Callable[[float], str], size: Font = SMALL) -> list[tuple[float, str]]:
        """Values and labels: the closest ones that leave room between them."""
        found: list[tuple[float, str]] = []
        for values in self._candidates():
            labels = [(value, text(value)) for value in values if self.holds(value)]
            few = len(labels) <= MOST_UPRIGHT or self.length > 0 or len(found) < 2
            if len(labels) > len(found) and few and self._fit(labels, size):
                found = labels
        return found

    def _candidates(self) -> Iterable[list[float]]:
        """From few ticks to many; of as many those that come first."""
        if self.base == 2:
            first, last = math.ceil(math.log2(self.low)), math.floor(math.log2(self.high))
            for every in (8, 5, 4, 3, 2, 1):
                yield [2.0**k for k in range(first, last + 1) if k % every == 0]
            return
        low, high = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for every in (12, 8, 6, 4, 3, 2):
            yield [10.0**k for k in range(low, high + 1) if k % every == 0]
        for steps in STEPS:
            yield [k * 10.0**decade for decade in range(low, high + 1) for k in steps]
        if self.high / self.low < 10:
            for step in (part * 10.0**low for part in FINE):
                first, last = math.ceil(self.low / step), math.floor(self.high / step)
                yield [float(f"{k * step:.10g}") for k in range(first, last + 1)]
        if self.high / self.low < 30:
            yield [k * 10.0**decade for decade in range(low, high + 1) for k in CLOSER]

    def _fit(self, labels: Sequence[tuple[float, str]], size: Font) -> bool:
        upright = self.length < 0
        spans = [
            (self.at(value), 0.8 * size.size if upright else text_width(label, size))
            for value, label in labels
        ]
        room = BETWEEN / 2 if upright else BETWEEN
        return all(
            abs(b - a) >= (width + other) / 2 + room
            for (a, width), (b, other) in itertools.pairwise(spans)
        )


def log_range(values: Iterable[float], ends: Iterable[Interval] = ()) -> Interval:
    """The range of an axis that shows these values, and their intervals as far as is sensible."""
    logs = sorted(math.log10(value) for value in values)
    if not logs:
        return 0.5, 2.0
    middle = logs[len(logs) // 2]
    low, high = (
        max(logs[0], middle - MOST_DECADES),
        min(logs[-1], middle + MOST_DECADES),
    )
    reach = max(0.3, 0.25 * (high - low))  # beyond the values: an interval may be very wide
    bounds = [(math.log10(a), math.log10(b)) for a, b in ends if a > 0 and math.isfinite(b)]
    low = min([low, *(max(a, low - reach) for a, _ in bounds)])
    high = max([high, *(min(b, high + reach) for _, b in bounds)])
    wider = max(PADDING * (high - low), (LEAST - (high - low)) / 2, 1e-3)
    return 10 ** (low - wider), 10 ** (high + wider)


def spread(
    wanted: Sequence[float], sizes: Sequence[float], first: float, last: float
) -> list[float]:
    """Middles of labels along a line, as near to the wanted ones as their sizes allow.

    first, last: the ends of the line. In the order of `wanted`; labels that touch move as one.
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    groups: list[tuple[list[int], float]] = []  # members, and where the group begins
    for i in order:
        groups.append(([i], _begin([i], wanted, sizes, first, last)))
        while len(groups) > 1 and _end(groups[-2], sizes) > groups[-1][1]:
            members = groups[-2][0] + groups[-1][0]
            groups[-2:] = [(members, _begin(members, wanted, sizes, first, last))]
    found = [0.0] * len(wanted)
    for members, begin in groups:
        at = begin
        for i in members:
            found[i] = round(at + sizes[i] / 2, 2)
            at += sizes[i]
    return found


def _begin(
    members: Sequence[int],
    wanted: Sequence[float],
    sizes: Sequence[float],
    first: float,
    last: float,
) -> float:
    """Where a group begins: its labels are off by nothing on average, within the line."""
    before, offs = 0.0, []
    for i in members:
        offs.append(wanted[i] - before - sizes[i] / 2)
        before += sizes[i]
    return max(first, min(sum(offs) / len(offs), last - before))


def _end(group: tuple[Sequence[int], float], sizes: Sequence[float]) -> float:
    return group[1] + sum(sizes[i] for i in group[0])
