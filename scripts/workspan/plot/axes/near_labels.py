# SPDX-License-Identifier: Apache-2.0
"""Names beside marks and lines: each as near as it can be without covering anything.

A name has some places around its mark, or along its line, each at a cost: distance, lines that it
covers or that the line to its mark crosses. In turn every name moves to the place that is cheapest
beside all others, until none moves: few rounds, no random numbers, the same places every time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from workspan.plot.axes.shapes import (
    Floats,
    Truths,
    boxes_touch,
    segments_cross,
    segments_enter,
)
from workspan.plot.page import Box

RADII: Final = (4.5, 7.0, 10.0, 13.0, 17.0, 22.0, 28.0, 35.0, 43.0, 52.0, 62.0)
ANGLES: Final = tuple(range(0, 360, 15))
NEAR: Final = 8.0  # farther names are led to their mark by a line
MARGIN: Final = 0.8  # around a name
HALF: Final = 3.0  # of the width of a mark
MOST: Final = 120  # places of a name that are compared
ROUNDS: Final = 12

# Costs, in points by which a name would rather be farther away.
UPRIGHT: Final = 4.0  # of a name above or below its mark, less if it is to the right or left
NEXT: Final = 0.6  # of each place along a line after the first one
LED: Final = 4.0
COVERED: Final = 1000.0  # a line that the name covers
LIGHT: Final = 20.0  # a light line that it covers
CROSSED: Final = 3.0  # a line that its own line crosses
BURIED: Final = 200.0  # its line beneath a text or a mark, or across the line of another name
OVERLAP: Final = 1e6

Place = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """A label's box, and where the line ends that leads there from its mark; None: without one."""

    box: Box
    end: Place | None = None


class _Places(NamedTuple):
    """Those of one name, the cheapest first: boxes, lines from the mark, whether these are drawn,
    and costs.
    """

    boxes: Floats
    lines: Floats
    led: Floats
    costs: Floats


@dataclass(frozen=True)
class Scene:
    """What names must not leave or cover: a panel and marks; and what they had better not: lines,
    by their ends, and, for want of other room, light lines.
    """

    panel: Box
    marks: Sequence[Place]
    lines: Sequence[tuple[Place, Place]] = ()
    light: Sequence[tuple[Place, Place]] = ()

    def arrays(self) -> tuple[Floats, Floats]:
        """The marks and the lines."""
        ends = [(*begin, *end) for begin, end in self.lines]
        return np.asarray(self.marks, np.float64).reshape(-1, 2), _rows(ends)

    def covered_light(self, boxes: Floats) -> Floats:
        """What boxes cost for the light lines that they cover."""
        ends = _rows([(*begin, *end) for begin, end in self.light])
        return np.asarray(LIGHT * segments_enter(ends, _grown(boxes)).sum(axis=0))


def place_names(
    scene: Scene,
    widths: Sequence[float],
    height: float,
    along_lines: Sequence[Sequence[Box]] = (),
) -> tuple[list[Placed | None], list[Box | None]]:
    """The place of each mark's name, and of further names, of which each has places along its line,
    the best first. None if there is room nowhere; names along lines come first, then earlier marks.

    widths: of the names of the marks.
    """
    of_lines = [_places_along(boxes, scene) for boxes in along_lines]
    places = of_lines + [_places(k, width, height, scene) for k, width in enumerate(widths)]
    chosen = _without_overlaps(places, _settled(places))
    found = [None if k is None else _placed(p, k) for p, k in zip(places, chosen, strict=True)]
    boxes = [None if one is None else one.box for one in found[: len(of_lines)]]
    return found[len(of_lines) :], boxes


def around(mark: Place) -> Box:
    """What a mark covers."""
    return Box(mark[0] - HALF, mark[1] - HALF, 2 * HALF, 2 * HALF)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _rows(values: Sequence[Sequence[float]]) -> Floats:
    return np.asarray(values, dtype=np.float64).reshape(-1, 4)


def _placed(places: _Places, k: int) -> Placed:
    left, top, right, bottom = (float(edge) for edge in places.boxes[k])
    box = Box(left, top, round(right - left, 2), round(bottom - top, 2))
    x, y = (float(value) for value in places.lines[k, :2])
    end = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    return Placed(box, end if places.led[k] else None)


def _ring(mark: Place, width: float, height: float) -> Floats:
    """Boxes around a mark, the nearest first."""
    (x, y), found = mark, []
    for radius in RADII:
        for angle in ANGLES:
            across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            left = x + radius * across + (across - 1) * width / 2
            top = y + radius * down + (down - 1) * height / 2
            found.append((round(left, 2), round(top, 2)))
    corners = np.asarray(found)
    return np.column_stack((corners, corners + np.array([width, height])))


def _places(mark: int, width: float, height: float, scene: Scene) -> _Places:
    """The places of the name of one of the marks, and what they cost by themselves."""
    marks, roofs = scene.arrays()
    own, others = marks[mark], np.delete(marks, mark, axis=0)
    boxes = _ring(scene.marks[mark], width, height)
    ends = np.clip(own, boxes[:, :2], boxes[:, 2:])
    away = np.hypot(*(ends - own).T)
    led = away > NEAR
    lines = np.column_stack((np.broadcast_to(own, ends.shape), ends))
    costs = away + UPRIGHT * np.abs(np.sin(np.radians(ANGLES * len(RADII)))) + LED * led
    costs += COVERED * segments_enter(roofs, _grown(boxes)).sum(axis=0)
    costs += scene.covered_light(boxes)
    costs += CROSSED * led * segments_cross(lines, roofs).sum(axis=1)
    apart = others[np.abs(others - own).max(axis=1) > HALF]  # its line begins beneath the others
    costs += BURIED * led * segments_enter(lines, _mark_boxes(apart)).sum(axis=1)
    forbidden = _is_outside(boxes, scene.panel) | _covers(boxes, marks)
    forbidden |= ~led & _is_nearer(boxes, away, others)
    return _cheapest(_Places(boxes, lines, led.astype(np.float64), costs), forbidden)


def _places_along(boxes: Sequence[Box], scene: Scene) -> _Places:
    """Those of a name that has no mark; it covers no line."""
    marks, roofs = scene.arrays()
    rows = _rows([_edges(box) for box in boxes])
    forbidden = _is_outside(rows, scene.panel) | _covers(rows, marks)
    forbidden |= segments_enter(roofs, _grown(rows)).any(axis=0)
    costs = NEXT * np.arange(len(rows), dtype=np.float64) + scene.covered_light(rows)
    return _cheapest(_Places(rows, np.zeros_like(rows), np.zeros(len(rows)), costs), forbidden)


def _cheapest(places: _Places, forbidden: Truths) -> _Places:
    order = np.argsort(np.where(forbidden, np.inf, places.costs), kind="stable")
    best = order[: min(MOST, int(np.sum(~forbidden)))]
    return _Places(*(part[best] for part in places))


def _covers(boxes: Floats, marks: Floats) -> Truths:
    return np.asarray(boxes_touch(_grown(boxes), _mark_boxes(marks)).any(axis=1))


def _grown(boxes: Floats) -> Floats:
    return np.asarray(boxes + np.array([-MARGIN, -MARGIN, MARGIN, MARGIN]))


def _mark_boxes(marks: Floats) -> Floats:
    return np.column_stack((marks - HALF, marks + HALF))


def _is_outside(boxes: Floats, panel: Box) -> Truths:
    left, top, right, bottom = _edges(panel)
    return np.asarray(((boxes[:, :2] < (left, top)) | (boxes[:, 2:] > (right, bottom))).any(axis=1))


def _is_nearer(boxes: Floats, away: Floats, others: Floats) -> Truths:
    """Whether a reader would take a name for that of another mark."""
    nearest = np.clip(others[None], boxes[:, None, :2], boxes[:, None, 2:])
    distance = np.hypot(*np.moveaxis(nearest - others[None], -1, 0))
    return np.asarray((distance <= away[:, None]).any(axis=1))


def _settled(places: Sequence[_Places]) -> list[int | None]:
    """The choice of every name, those with the fewest places first; None: it has no place."""
    chosen: list[int | None] = [None] * len(places)
    able = [k for k, one in enumerate(places) if len(one.costs)]
    for _ in range(ROUNDS):
        before = [*chosen]
        for k in sorted(able, key=lambda k: len(places[k].costs)):
            chosen[k] = int(np.argmin(places[k].costs + _beside(k, places, chosen)))
        if chosen == before:
            break
    return chosen


def _beside(name: int, places: Sequence[_Places], chosen: Sequence[int | None]) -> Floats:
    """What the places of a name cost beside the chosen ones of the others."""
    rest = [(p, k) for j, (p, k) in enumerate(zip(places, chosen, strict=True)) if j != name]
    known = [(p, k) for p, k in rest if k is not None]
    own = places[name]
    if not known:
        return np.zeros(len(own.costs))
    boxes = np.array([p.boxes[k] for p, k in known])
    led = np.array([p.led[k] for p, k in known])
    lines = np.array([p.lines[k] for p, k in known])
    costs = OVERLAP * boxes_touch(_grown(own.boxes), boxes).sum(axis=1)
    costs += BURIED * own.led * segments_enter(own.lines, boxes).sum(axis=1)
    costs += BURIED * (led[:, None] * segments_enter(lines, own.boxes)).sum(axis=0)
    crossings = (led * segments_cross(own.lines, lines)).sum(axis=1)
    return np.asarray(costs + BURIED * own.led * crossings)


def _without_overlaps(places: Sequence[_Places], chosen: Sequence[int | None]) -> list[int | None]:
    """Of names that found no room beside each other the later ones go."""
    kept: list[int | None] = [None] * len(places)
    for name, k in enumerate(chosen):
        if k is not None and _beside(name, places, kept)[k] < OVERLAP:
            kept[name] = k
    return kept
