# SPDX-License-Identifier: Apache-2.0
"""Small multiples: panels with curves on logarithmic axes, side by side."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from workspan.analysis.laws.break_even import NARROW
from workspan.plot.axes.marks import INTERVAL, arrowhead, asides, line, mark, prepare, words
from workspan.plot.axes.scale import LogScale, log_range, spread
from workspan.plot.page import MARGIN, Box, Page
from workspan.plot.palette import Look
from workspan.plot.style import AXIS, BODY, GRID, HIGHEST, SMALL, TITLE, Font, text_width, wrapped

LEAST_WIDTH: Final = 106.0  # of a panel with its labels, in points
WIDEST: Final = 220.0
PLOT_HEIGHT: Final = 72.0
LEAST_HEIGHT: Final = 50.0  # of a plot, where many share a page
BELOW: Final = SMALL.line + 12  # a plot: the labels of its ticks, and room
GAP: Final = 12.0  # between panels
SPACE: Final = 3.0  # above the note below them
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

    @property
    def name(self) -> str:
        """Its title without unit or variant."""
        return self.title.split(",")[0]

    @property
    def points(self) -> int:
        """How many were measured."""
        return sum(len(curve.points) for curve in self.curves if curve.look)


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


@dataclass(frozen=True)
class _Grid:
    """The panels of a page that is `room` points wide."""

    panels: tuple[Panel, ...]
    room: float

    @property
    def across(self) -> int:
        most = max(1, int((self.room + GAP) // (LEAST_WIDTH + GAP)))
        return min(most, len(self.panels))

    @property
    def width(self) -> float:
        """Of a panel."""
        return min(WIDEST, (self.room - GAP * (self.across - 1)) / self.across)

    @property
    def rows(self) -> list[tuple[Panel, ...]]:
        first = range(0, len(self.panels), self.across)
        return [self.panels[k : k + self.across] for k in first]

    def head(self, row: Sequence[Panel]) -> float:
        return max(_head(panel, self.width) for panel in row)

    def plot_height(self, height: float) -> float:
        """Of plots that fill this height, but no higher than they need to be."""
        plots = height - sum(self.head(row) + BELOW for row in self.rows)
        return min(max(PLOT_HEIGHT, 0.5 * self.width), plots / len(self.rows))


def add_grid(page: Page, panels: Sequence[Panel], frame: Frame, highest: float = HIGHEST) -> None:
    """Adds the panels, row by row. On a page that would be higher than `highest` the plots are
    lower, and if that is not enough, the panels of the fewest points are only named.
    """
    label = wrapped(frame.label, BODY, page.width - 2 * MARGIN)
    room = highest - page.height - BODY.line * len(label) - MARGIN
    grid, plot_height, left_out = _fitting(panels, page.width - 2 * MARGIN, room)
    across, width = grid.across, grid.width
    cells: list[_Cell] = []
    top = 0.0
    for row in grid.rows:
        head = grid.head(row)
        for k, panel in enumerate(row):
            left = MARGIN + k * (width + GAP)
            cells.append(_cell(panel, frame, Box(left, top, width, plot_height), head))
        top += head + plot_height + BELOW
    height = top - 6 + BODY.line * len(label)

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, height)
        for cell in cells:
            _draw(axes, cell)
        for number, text in enumerate(label):
            y = top - 6 + BODY.line * (number + 0.5)
            words(axes, MARGIN + (across * (width + GAP) - GAP) / 2, y, text, BODY, "center")

    page.panel(0, 0, height, draw)
    if left_out:
        page.space(SPACE)
        page.text(_note(left_out), SMALL)


def _fitting(panels: Sequence[Panel], width: float, room: float) -> tuple[_Grid, float, list[str]]:
    """The panels that this height has room for, the height of their plots, and the other names."""
    kept = list(panels)
    while True:
        left_out = [panel.name for panel in panels if panel not in kept]
        note = wrapped(_note(left_out), SMALL, width) if left_out else []
        grid = _Grid(tuple(kept), width)
        plot_height = grid.plot_height(room - SMALL.line * len(note) - SPACE)
        if plot_height >= LEAST_HEIGHT or len(grid.rows) == 1:
            return grid, max(plot_height, LEAST_HEIGHT), left_out
        kept.remove(min(reversed(kept), key=lambda panel: panel.points))


def _note(left_out: Sequence[str]) -> str:
    return f"left out for want of room, of the fewest points: {', '.join(left_out)}"


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
    moved = _asides(cell)
    for k, curve in enumerate(cell.panel.curves):
        _draw_curve(axes, cell, curve, {x: aside for (of, x), aside in moved.items() if of == k})


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


def _asides(cell: _Cell) -> dict[tuple[int, float], float]:
    """How far points with intervals that cover each other move aside, by curve and place."""
    spans: dict[float, dict[int, tuple[float, float]]] = {}
    for k, curve in enumerate(cell.panel.curves):
        for point in curve.points if curve.look else ():
            if point.interval:
                top, bottom = (cell.y.at(cell.y.clipped(end)) for end in point.interval[::-1])
                spans.setdefault(point.x, {})[k] = top, bottom
    return {
        (k, x): aside
        for x, there in spans.items()
        for k, aside in zip(there, asides([*there.values()]), strict=True)
    }


def _draw_curve(axes: Axes, cell: _Cell, curve: Curve, moved: Mapping[float, float]) -> None:
    color = curve.look.color.mark if curve.look else curve.color
    points = sorted(curve.points, key=lambda p: p.x)
    places = [
        (cell.x.at(p.x) + moved.get(p.x, 0.0), cell.y.at(cell.y.clipped(p.y))) for p in points
    ]
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
