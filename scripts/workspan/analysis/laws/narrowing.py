# SPDX-License-Identifier: Apache-2.0
"""Which sizes to measure next, so that the bracket of a break-even gets narrower.

Every step halves the widest gap between measured sizes of a bracket, in octaves, at a power of two.
A size that tells neither side leaves its bracket as it is: then both gaps beside it are halved, and
the steps end at the latest when no gap is wider than a factor of 2.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from workspan.analysis.laws.break_even import BreakEven, Point
from workspan.resultfile.model import Case, Status
from workspan.resultfile.names import BASELINE

WIDEST: Final = 2.0  # factor between the ends of a bracket that is narrow enough

IsUsable = Callable[[int], bool]  # whether a size can be measured, and was not tried yet


@dataclass(frozen=True)
class WideBracket:
    """A bracket that could not be narrowed. refused: a case between that cannot be measured.

    untold: whether a size between was measured, and did not tell which is faster.
    """

    of: BreakEven
    ends: tuple[int, int]
    refused: Case | None
    untold: bool


def wide_brackets(found: Iterable[BreakEven], planned: Sequence[Case]) -> Iterator[WideBracket]:
    """Those that stay wide. planned: the cases that were asked for, measurable or not."""
    for b in found:
        kernels = {p.device.variant for p in b.points}
        refused = [
            c
            for c in planned
            if (c.workload, c.keys) == (b.workload, b.keys)
            and c.status is not Status.PLANNED
            and (c.scope == "host" or c.variant in kernels)
        ]
        for low, high in (ends for ends in b.brackets if not is_narrow(ends)):
            first = next((c for c in refused if low < c.n < high), None)
            untold = any(low < p.n < high for p in b.points)
            yield WideBracket(b, (low, high), first, untold)


def is_narrow(bracket: tuple[int, int]) -> bool:
    """Whether the ends are close enough."""
    return bracket[1] <= WIDEST * bracket[0]


def next_sizes(found: BreakEven, is_usable: IsUsable) -> tuple[int, ...]:
    """One for each bracket that can be narrowed; none if no size is left."""
    sizes = (_size_within(found, bracket, is_usable) for bracket in found.brackets)
    return tuple(n for n in sizes if n is not None)


def sizes_within(found: BreakEven) -> list[int]:
    """All powers of two within its brackets."""
    return [n for low, high in found.brackets for n in _powers_between(low, high)]


def deciding_variants(found: Iterable[BreakEven]) -> set[str]:
    """The kernels, and the host's fastest codes at the sizes of brackets; and the baseline."""
    points = [p for b in found for p in _points_of_brackets(b)]
    return {BASELINE, *(p.host.variant for p in points), *(p.device.variant for p in points)}


def _points_of_brackets(found: BreakEven) -> Iterator[Point]:
    for low, high in found.brackets:
        yield from (p for p in found.points if low <= p.n <= high)


def _size_within(found: BreakEven, bracket: tuple[int, int], is_usable: IsUsable) -> int | None:
    """The usable size that is nearest to the middle of the widest gap that has one."""
    measured = [p.n for p in found.points if bracket[0] <= p.n <= bracket[1]]
    gaps = [gap for gap in pairwise(measured) if not is_narrow(gap)]
    for low, high in sorted(gaps, key=lambda gap: gap[0] / gap[1]):
        if usable := [n for n in _powers_between(low, high) if is_usable(n)]:
            middle = math.sqrt(low * high)
            return min(usable, key=lambda n: abs(math.log(n / middle)))
    return None


def _powers_between(low: int, high: int) -> Iterator[int]:
    """The powers of two between, without the ends."""
    n = 1 << low.bit_length()
    while n < high:
        yield n
        n *= 2
