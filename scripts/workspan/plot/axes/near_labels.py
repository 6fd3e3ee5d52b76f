# SPDX-License-Identifier: Apache-2.0
"""Names beside marks: each as near to its mark as it can be without covering anything."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.plot.page import Box

RADII: Final = (5.0, 8.0, 12.0, 17.0, 23.0, 30.0, 38.0)
ANGLES: Final = (0, 180, 330, 30, 210, 150, 300, 60, 240, 120, 270, 90)
NEAR: Final = 8.0  # farther labels are led to their mark by a line
MARGIN: Final = 0.8


@dataclass(frozen=True)
class Placed:
    """A label's box, and whether it is so far from its mark that a line leads there."""

    box: Box
    led: bool


def place_near(
    marks: Sequence[tuple[float, float]],
    widths: Sequence[float],
    height: float,
    panel: Box,
    taken: Sequence[Box] = (),
    lines: Sequence[Box] = (),
) -> list[Placed | None]:
    """The place of each mark's label; None if there is room nowhere. Earlier marks come first.

    taken: must not be covered; lines: only if all else is taken.
    """
    occupied = [*taken, *map(around, marks)]
    found: list[Placed | None] = []
    for (x, y), width in zip(marks, widths, strict=True):
        candidates = [
            placed
            for placed in _candidates(x, y, width, height)
            if placed.led or not _is_nearer_to_another(placed.box, (x, y), marks)
        ]
        boxes = [placed.box for placed in candidates]
        at = first_free(boxes, panel, [*occupied, *lines])
        at = first_free(boxes, panel, occupied) if at is None else at
        found.append(None if at is None else candidates[at])
        if at is not None:
            occupied.append(boxes[at])
    return found


def around(mark: tuple[float, float]) -> Box:
    """What a mark covers."""
    return Box(mark[0] - 3, mark[1] - 3, 6, 6)


def along(xs: Sequence[float], ys: Sequence[float], step: float = 3.0) -> list[Box]:
    """What the line between two points covers, as small boxes."""
    count = max(1, round(math.hypot(xs[1] - xs[0], ys[1] - ys[0]) / step))
    return [
        Box(xs[0] + (xs[1] - xs[0]) * k / count, ys[0] + (ys[1] - ys[0]) * k / count, 0.1, 0.1)
        for k in range(count + 1)
    ]


def first_free(boxes: Sequence[Box], panel: Box, occupied: Sequence[Box]) -> int | None:
    """The first box that is within the panel and covers nothing; None without one."""
    for k, box in enumerate(boxes):
        if _is_within(box, panel) and not any(_grown(box).touches(other) for other in occupied):
            return k
    return None


def _candidates(x: float, y: float, width: float, height: float) -> Iterator[Placed]:
    for radius in RADII:
        for angle in ANGLES:
            across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            middle = x + radius * across + across * width / 2, y + radius * down
            left, top = middle[0] - width / 2, middle[1] - height / 2
            yield Placed(Box(round(left, 2), round(top, 2), width, height), radius > NEAR)


def _is_nearer_to_another(
    box: Box, own: tuple[float, float], marks: Sequence[tuple[float, float]]
) -> bool:
    """Whether a reader would take it for the label of another mark."""
    return any(_distance(box, other) <= _distance(box, own) for other in marks if other != own)


def _distance(box: Box, place: tuple[float, float]) -> float:
    x = max(box.left - place[0], 0, place[0] - box.right)
    y = max(box.top - place[1], 0, place[1] - box.bottom)
    return math.hypot(x, y)


def _is_within(box: Box, panel: Box) -> bool:
    return (
        box.left >= panel.left
        and box.right <= panel.right
        and box.top >= panel.top
        and box.bottom <= panel.bottom
    )


def _grown(box: Box) -> Box:
    return Box(box.left - MARGIN, box.top - MARGIN, box.width + 2 * MARGIN, box.height + 2 * MARGIN)
