# SPDX-License-Identifier: Apache-2.0
"""Small multiples: panels with curves on logarithmic axes, side by side."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from workspan.analysis.laws.break_even import NARROW
from workspan.plot.axes.marks import INTERVAL, arrowhead, line, mark, prepare, words
from workspan.plot.axes.scale import LogScale, log_range, spread
from workspan.plot.page import MARGIN, Box, Page
from workspan.plot.palette import Look
from workspan.plot.style import AXIS, BODY, GRID, SMALL, TITLE, Font, text_width, wrapped

LEAST_WIDTH: Final = 106.0  # of a panel with its labels, in points
WIDEST: Final = 220.0
PLOT_HEIGHT: Final = 72.0
GAP: Final = 12.0  # between panels
DOTTED: Final = (0, (1, 2))


@dataclass(frozen=True)
class Point:
    """A measured point. name: of its case."""

    x: float
    y: float
    interval: tuple[float, float] | None
    name: str
    exact: bool = False

    @property
    def hollow(self) -> bool:
        """Whether nothing is known of its error."""
        return self.interval is None and not self.exact


@dataclass(frozen=True)
class Curve:
    """Points of one place; without a look a line alone, as of a model. bare: without a line."""

    points: tuple[Point, ...]
    look: Look | None = None
    color: str = AXIS
    dashes: tuple[int, tuple[float, ...]] | str = "solid"
    bare: bool = False


@dataclass(frozen=True)
class Limit:
    """A vertical line with a label: the size at which a cache is full."""

    x: float
    label: str
    color: str
    text_color: str


@dataclass(frozen=True)
class Panel:
    """One of the multiples."""

    title: str
    curves: tuple[Curve, ...]
    limits: tuple[Limit, ...] = ()
    note: str = ""  # below its title


@dataclass(frozen=True)
class Frame:
    """What the panels have in common."""

    x_text: Callable[[float], str]
    y_text: Callable[[float], str]
    label: str  # below all panels
    base: int = 2


@dataclass(frozen=True)
class _Cell:
    """A panel and where it is."""

    panel: Panel
    frame: Frame
    x: LogScale
    y: LogScale
    lines: tuple[str, ...]  # of the title
    left: float
    top: float
    head: float  # height of title and note

    @property
    def bottom(self) -> float:
        return self.y.left


def add_grid(page: Page, panels: Sequence[Panel], frame: Frame) -> None:
    """Adds the panels, row by row."""
    across = max(1, int((page.width - 2 * MARGIN + GAP) // (LEAST_WIDTH + GAP)))
    across = min(across, len(panels))
    width = min(WIDEST, (page.width - 2 * MARGIN - GAP * (across - 1)) / across)
    plot_height = max(PLOT_HEIGHT, 0.5 * width)
    cells: list[_Cell] = []
    top = 0.0
    for first in range(0, len(panels), across):
        row = panels[first : first + across]
        head = max(_head(panel, width) for panel in row)
        for k, panel in enumerate(row):
            left = MARGIN + k * (width + GAP)
            cells.append(_cell(panel, frame, Box(left, top, width, plot_height), head))
        top += head + plot_height + SMALL.line + 12
    label = wrapped(frame.label, BODY, page.width - 2 * MARGIN)
    height = top - 6 + BODY.line * len(label)

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, height)
        for cell in cells:
            _draw(axes, cell)
        for number, text in enumerate(label):
            y = top - 6 + BODY.line * (number + 0.5)
            words(axes, MARGIN + (across * (width + GAP) - GAP) / 2, y, text, BODY, "center")

    page.panel(0, 0, height, draw)


def _head(panel: Panel, width: float) -> float:
    lines = len(wrapped(panel.title, TITLE, width))
    note = len(wrapped(panel.note, SMALL, width)) if panel.note else 0
    return TITLE.line * lines + SMALL.line * (note + bool(panel.limits)) + 3


def _cell(panel: Panel, frame: Frame, place: Box, head: float) -> _Cell:
    """place: its left, top and width, and the height of its axes."""
    points = [point for curve in panel.curves for point in curve.points]
    y_range = log_range((p.y for p in points), (p.interval for p in points if p.interval))
    y = LogScale(*y_range, place.top + head + place.height, -place.height)
    labels = [text_width(text, SMALL) for _, text in y.ticks(frame.y_text)]
    inset = max(labels, default=0.0) + 5
    x_range = log_range([p.x for p in points])
    x = LogScale(*x_range, place.left + inset, place.width - inset, frame.base)
    lines = tuple(wrapped(panel.title, TITLE, place.width))
    return _Cell(panel, frame, x, y, lines, place.left, place.top, head)


def _draw(axes: Axes, cell: _Cell) -> None:
    for number, text in enumerate(cell.lines):
        words(axes, cell.left, cell.top + TITLE.line * (number + 0.5), text, TITLE)
    below = cell.top + TITLE.line * len(cell.lines)
    note = wrapped(cell.panel.note, SMALL, cell.x.left + cell.x.length - cell.left)
    for number, text in enumerate(note if cell.panel.note else []):
        words(axes, cell.left, below + SMALL.line * (number + 0.5), text, SMALL)
    _draw_axes(axes, cell)
    _draw_limits(axes, cell)
    for curve in cell.panel.curves:
        _draw_curve(axes, cell, curve)


def _draw_axes(axes: Axes, cell: _Cell) -> None:
    x, y, bottom = cell.x, cell.y, cell.bottom
    ends = [x.left, x.left + x.length]
    for value, text in y.ticks(cell.frame.y_text):
        line(axes, ends, [y.at(value)] * 2, GRID, 0.6)
        words(axes, x.left - 3, y.at(value), text, SMALL, "right")
    for value, text in x.ticks(cell.frame.x_text):
        line(axes, [x.at(value)] * 2, [bottom, bottom + 2.5], AXIS, 0.6)
        words(axes, x.at(value), bottom + 3.5 + SMALL.line / 2, text, SMALL, "center")
    line(axes, ends, [bottom, bottom], AXIS, 0.6)


def _draw_limits(axes: Axes, cell: _Cell) -> None:
    """Vertical lines; their labels move apart."""
    limits = [limit for limit in cell.panel.limits if cell.x.holds(limit.x)]
    sizes = [text_width(limit.label, SMALL) + 4 for limit in limits]
    first, last = cell.left, cell.x.left + cell.x.length
    places = spread([cell.x.at(limit.x) for limit in limits], sizes, first, last)
    top = cell.bottom + cell.y.length
    for limit, place in zip(limits, places, strict=True):
        x = cell.x.at(limit.x)
        line(axes, [x, x], [top - 1, cell.bottom], limit.color, 0.8, DOTTED)
        font = Font(SMALL.size, limit.text_color)
        words(axes, place, top - 2 - SMALL.line / 2, limit.label, font, "center")


def _draw_curve(axes: Axes, cell: _Cell, curve: Curve) -> None:
    color = curve.look.color.mark if curve.look else curve.color
    points = sorted(curve.points, key=lambda p: p.x)
    places = [(cell.x.at(p.x), cell.y.at(cell.y.clipped(p.y))) for p in points]
    if curve.look is None:
        xs, ys = zip(*places, strict=True)
        line(axes, xs, ys, color, 0.9, curve.dashes, zorder=1.5)
        return
    for k, (a, b) in enumerate(itertools.pairwise(points) if not curve.bare else ()):
        near = math.log2(b.x / a.x) <= NARROW
        xs, ys = zip(places[k], places[k + 1], strict=True)
        line(axes, xs, ys, color, 1.1 if near else 0.8, "solid" if near else DOTTED, zorder=2)
    for point, (x, y) in zip(points, places, strict=True):
        if point.interval:
            ends = [cell.y.at(cell.y.clipped(end)) for end in point.interval]
            line(axes, [x, x], ends, color, INTERVAL, zorder=3)
        if cell.y.holds(point.y):
            mark(axes, x, y, curve.look, point.name, hollow=point.hollow)
        else:
            arrowhead(axes, x, y, "^" if point.y > cell.y.high else "v", color)
            words(axes, x + 4, y, cell.frame.y_text(point.y), SMALL)
