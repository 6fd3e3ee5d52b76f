# SPDX-License-Identifier: Apache-2.0
"""A chart of rows: dots with intervals on one logarithmic axis, and columns of text beside it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from workspan.plot.axes.marks import GAP, INTERVAL, Dot, arrowhead, line, mark, prepare, words
from workspan.plot.axes.scale import LogScale, log_range, spread
from workspan.plot.page import MARGIN, Page
from workspan.plot.style import AXIS, BODY, GRID, POINTS_PER_MM, SMALL, Font, text_width, wrapped

ROW: Final = 4.4 * POINTS_PER_MM
COLUMN: Final = 8.0  # between columns
CLOSE: Final = 5.0  # points between dots of a row, below which they move apart
APART: Final = 3.0  # by which dots move up and down
SHADE: Final = "#fdf1e7"
DARK: Final = Font(SMALL.size, "#1a1a1a")
STRONG: Final = Font(SMALL.size, "#1a1a1a", bold=True)


@dataclass(frozen=True)
class Row:
    """A row: its name, its dots, and a text for each column. tick: what the machine gives."""

    name: str
    dots: tuple[Dot, ...]
    cells: tuple[str, ...] = ()
    tick: float | None = None
    strong: frozenset[int] = frozenset()  # cells that stand out
    numbered: Dot | None = None  # the dot whose value is written beside it


@dataclass(frozen=True)
class Marker:
    """A vertical line with a label above it."""

    value: float
    label: str


@dataclass(frozen=True)
class Frame:
    """What the rows have in common. text: of a value; label: of the axis."""

    text: Callable[[float], str]
    label: str
    lines: tuple[Marker, ...] = ()
    headers: tuple[str, ...] = ()
    joined: bool = True  # the dots of a row are joined by a thin line
    lanes: bool = False  # those of a lane are joined by a line in their colour
    shaded: tuple[float, float] | None = None  # the part of the axis that is tinted
    range: tuple[float, float] | None = None  # of the axis, if not that of the values
    tick: Callable[[float], str] | None = None  # labels of the axis; None: as `text`


@dataclass(frozen=True)
class _Layout:
    """Where everything is, in points on the page."""

    rows: Sequence[Row]
    frame: Frame
    scale: LogScale
    top: float  # of the first row
    columns: tuple[float, ...]  # left edges
    width: float
    label_lines: tuple[str, ...]

    @property
    def bottom(self) -> float:
        return self.top + ROW * len(self.rows) + 2

    @property
    def height(self) -> float:
        return self.bottom + 5 + SMALL.line + BODY.line * len(self.label_lines)

    def middle(self, row: int) -> float:
        return self.top + ROW * (row + 0.5)


def add_rows(page: Page, rows: Sequence[Row], frame: Frame) -> None:
    """Adds the chart to a page."""
    layout = _layout(page, rows, frame)

    def draw(axes: Axes) -> None:
        prepare(axes, layout.width, layout.height)
        _draw_axis(axes, layout)
        _draw_lines(axes, layout)
        for index in range(len(rows)):
            _draw_row(axes, layout, index)
        _draw_headers(axes, layout)

    page.panel(0, 0, layout.height, draw)


def _layout(page: Page, rows: Sequence[Row], frame: Frame) -> _Layout:
    left = MARGIN + max(text_width(row.name, SMALL) for row in rows) + 6
    widths = [
        max(
            *(text_width(part, SMALL) for part in header.split("\n")),
            *(text_width(row.cells[k], _font(row, k)) for row in rows),
        )
        for k, header in enumerate(frame.headers)
    ]
    right = page.width - MARGIN - sum(widths) - COLUMN * len(widths)
    numbers = [_number(row, frame) for row in rows]
    room = max((text_width(number, SMALL) + 2 * GAP for number in numbers), default=0.0)
    dots = [dot for row in rows for dot in row.dots]
    values = [dot.value for dot in dots] + [line.value for line in frame.lines]
    values += [row.tick for row in rows if row.tick]
    low, high = log_range(values, [dot.interval for dot in dots if dot.interval])
    low, high = frame.range or (low, high)
    scale = LogScale(low, high, left, max(40.0, right - left - room))
    columns, at = [], right + COLUMN
    for width in widths:
        columns.append(at)
        at += width + COLUMN
    lines = max([1 if frame.lines else 0, *(header.count("\n") + 1 for header in frame.headers)])
    label = wrapped(frame.label, BODY, page.width - 2 * MARGIN)
    top = lines * SMALL.line + 3
    return _Layout(rows, frame, scale, top, tuple(columns), page.width, tuple(label))


def _font(row: Row, cell: int) -> Font:
    return STRONG if cell in row.strong else DARK


def _number(row: Row, frame: Frame) -> str:
    return frame.text(row.numbered.value) if row.numbered else ""


def _draw_axis(axes: Axes, at: _Layout) -> None:
    scale, bottom = at.scale, at.bottom
    right = scale.left + scale.length
    if at.frame.shaded:
        begin, end = (scale.at(scale.clipped(value)) for value in at.frame.shaded)
        corner, size = (begin, at.top), (end - begin, bottom - at.top)
        axes.add_patch(Rectangle(corner, *size, facecolor=SHADE, linewidth=0, zorder=0.1))
    ticks = scale.ticks(at.frame.tick or at.frame.text)
    for value, label in ticks:
        line(axes, [scale.at(value)] * 2, [at.top, bottom], GRID, 0.6, zorder=0.5)
        line(axes, [scale.at(value)] * 2, [bottom, bottom + 3], AXIS, 0.6)
        words(axes, scale.at(value), bottom + 4 + SMALL.line / 2, label, SMALL, "center")
    for value in scale.minor_ticks():
        line(axes, [scale.at(value)] * 2, [bottom, bottom + 1.8], AXIS, 0.4)
    line(axes, [scale.left, right], [bottom, bottom], AXIS, 0.6)
    for number, text in enumerate(at.label_lines):
        y = bottom + 5 + SMALL.line + BODY.line * (number + 0.5)
        half = text_width(text, BODY) / 2
        middle = min(scale.left + scale.length / 2, at.width - MARGIN - half)
        words(axes, max(middle, MARGIN + half), y, text, BODY, "center")


def _draw_lines(axes: Axes, at: _Layout) -> None:
    """Vertical lines, with labels that move apart."""
    lines = [one for one in at.frame.lines if at.scale.holds(one.value)]
    sizes = [text_width(one.label, SMALL) + 4 for one in lines]
    end = at.columns[0] - COLUMN if at.columns else at.width - MARGIN
    places = spread([at.scale.at(one.value) for one in lines], sizes, MARGIN, end)
    for one, x in zip(lines, places, strict=True):
        line(axes, [at.scale.at(one.value)] * 2, [at.top - 2, at.bottom], "#1a1a1a", 0.8)
        words(axes, x, at.top - 3 - SMALL.line / 2, one.label, DARK, "center")


def _draw_headers(axes: Axes, at: _Layout) -> None:
    for header, x in zip(at.frame.headers, at.columns, strict=True):
        lines = header.split("\n")
        for number, text in enumerate(lines):
            y = at.top - 3 - SMALL.line * (len(lines) - number - 0.5)
            words(axes, x, y, text, SMALL)


def _draw_row(axes: Axes, at: _Layout, index: int) -> None:
    row, y, scale = at.rows[index], at.middle(index), at.scale
    end = scale.left + scale.length
    words(axes, scale.left - 6, y, row.name, SMALL, "right")
    line(axes, [scale.left, end], [y, y], GRID, 0.4, zorder=0.4)
    for k, (x, text) in enumerate(zip(at.columns, row.cells, strict=True)):
        words(axes, x, y, text, _font(row, k))
    on_axis = [scale.at(scale.clipped(dot.value)) for dot in row.dots]
    if at.frame.lanes:
        _draw_lanes(axes, at, row, y)
    if at.frame.joined and len(on_axis) > 1:
        line(axes, [min(on_axis), max(on_axis)], [y, y], "#bdbdbd", 0.8, zorder=0.6)
    if row.tick and scale.holds(row.tick):
        line(axes, [scale.at(row.tick)] * 2, [y - 5, y + 5], "#1a1a1a", 1.0, zorder=2)
    for dot, shift in zip(row.dots, _shifts(row.dots, scale), strict=True):
        draw_dot(axes, dot, scale, y + shift, at.frame.text)
    if (numbered := row.numbered) and scale.holds(numbered.value):
        reach = (dot.interval[1] if dot.interval else dot.value for dot in row.dots)
        last = max(*on_axis, *(scale.at(scale.clipped(value)) for value in reach))
        font, text = SMALL.colored(numbered.look.color.text), at.frame.text(numbered.value)
        begin = last + GAP + 2.5
        if row.tick and -2 < scale.at(row.tick) - begin < text_width(text, font) + 2:
            begin = scale.at(row.tick) + GAP
        words(axes, begin, y, text, font)


def _draw_lanes(axes: Axes, at: _Layout, row: Row, y: float) -> None:
    """A line through the dots of each lane, in their colour."""
    lanes = {dot.lane: dot.look.color.mark for dot in row.dots if dot.lane is not None}
    for lane, color in lanes.items():
        places = [at.scale.at(at.scale.clipped(d.value)) for d in row.dots if d.lane == lane]
        line(axes, [min(places), max(places)], [y + (lane or 0)] * 2, color, 0.8, zorder=2)


def _shifts(dots: Sequence[Dot], scale: LogScale) -> list[float]:
    """How far dots move up or down, so that close ones do not cover each other."""
    if any(dot.lane is not None for dot in dots):
        return [dot.lane or 0.0 for dot in dots]
    found = [0.0] * len(dots)
    order = sorted(range(len(dots)), key=lambda i: dots[i].value)
    turn = 1
    for before, after in itertools.pairwise(order):
        near = scale.at(scale.clipped(dots[after].value)) - scale.at(
            scale.clipped(dots[before].value)
        )
        if near < CLOSE:
            if not found[before]:
                found[before] = -turn * APART
            found[after] = -found[before]
            turn = -turn
    return found


def draw_dot(axes: Axes, dot: Dot, scale: LogScale, y: float, text: Callable[[float], str]) -> None:
    """A dot with its interval; beyond the axis an arrow with its number."""
    color = dot.look.color
    ends = (scale.left, scale.left + scale.length)
    if dot.interval:
        low, high = (scale.at(scale.clipped(end)) for end in dot.interval)
        line(axes, [low, high], [y, y], color.mark, INTERVAL, zorder=3)
        if dot.interval[0] < scale.low:
            arrowhead(axes, ends[0] + 1.5, y, "<", color.mark)
        if dot.interval[1] > scale.high:
            arrowhead(axes, ends[1] - 1.5, y, ">", color.mark)
    if scale.holds(dot.value):
        mark(axes, scale.at(dot.value), y, dot.look, dot.name, hollow=dot.hollow)
        return
    beyond = dot.value > scale.high
    arrowhead(axes, ends[beyond] - (2.5 if beyond else -2.5), y, "<>"[beyond], color.mark)
    place, align = (ends[1] - 6, "right") if beyond else (ends[0] + 6, "left")
    words(axes, place, y, text(dot.value), SMALL.colored(color.text), align)
