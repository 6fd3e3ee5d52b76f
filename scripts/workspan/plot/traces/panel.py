# SPDX-License-Identifier: Apache-2.0
"""One panel of a timeline. Coordinates are points from its upper left corner, y downwards."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import FancyArrowPatch

from workspan.plot.page import Box
from workspan.plot.style import AXIS, GRID, POINTS_PER_MM, SMALL, WAITING, Color, text_width
from workspan.plot.traces.cpu_labels import place_labels
from workspan.plot.traces.orders import awaits, lifetime
from workspan.plot.traces.trace import Trace

MOST_ROWS: Final = 12
ROW: Final = 5 * POINTS_PER_MM
BAR_TOP, BAR_HEIGHT = 8.2, 5.2  # in its row: room for a label is above the bar
BELOW: Final = 2.0  # between the last row and the time axis
PER_TICK: Final = 42.0  # least distance between labels of the time axis
LEAST_GAP: Final = 0.5  # a shorter one cannot be seen
OUTLINE: Final = 0.4  # width of a line round a bar, so that the shortest can be seen
UNTIL: Final = {"us": 100_000, "ms": 20_000_000_000}  # a longer run has the next unit
NANOSECONDS: Final = {"us": 1e3, "ms": 1e6, "s": 1e9}

Line = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Scale:
    """From nanoseconds since the run began to points."""

    longest: int
    width: float

    @property
    def unit(self) -> str:
        """Of the labels: milliseconds, but for very short and very long runs."""
        return next((unit for unit, longest in UNTIL.items() if self.longest < longest), "s")

    def at(self, time: int) -> float:
        """The place of a time."""
        return time / max(self.longest, 1) * self.width

    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels: round numbers, as many as there is room for."""
        whole = max(self.longest, 1) / NANOSECONDS[self.unit]
        least = whole * PER_TICK / self.width
        power = 10.0 ** math.floor(math.log10(least))
        step = next(power * k for k in (1, 2, 5, 10) if power * k >= least * (1 - 1e-9))
        count = math.floor(whole / step * (1 + 1e-9))
        return [(i * step / whole * self.width, f"{i * step:.6g}") for i in range(count + 1)]


@dataclass(frozen=True)
class Panel:
    """One traced case, and how it is drawn."""

    trace: Trace
    scale: Scale
    colors: dict[int, Color]
    left: float
    shares_scale: bool

    @property
    def rows(self) -> int:
        """Tasks that are drawn."""
        return rows_of(self.trace)

    @property
    def height(self) -> float:
        """Down to the time axis."""
        return self.rows * ROW + BELOW

    @cached_property
    def bars(self) -> dict[int, list[Box]]:
        """The bars of each CPU, in order of time."""
        spans = [
            (span, row)
            for row, task in enumerate(self.trace.tasks[: self.rows])
            for span in task
            if not span.waits
        ]
        found: dict[int, list[Box]] = {}
        for span, row in sorted(spans, key=lambda one: (one[0].begin, one[1])):
            left, right = self.scale.at(span.begin), self.scale.at(span.end)
            box = Box(left, row * ROW + BAR_TOP, right - left, BAR_HEIGHT)
            found.setdefault(span.cpu, []).append(box)
        return found

    @cached_property
    def labels(self) -> dict[int, Box]:
        """Where each CPU is named."""
        widths = {cpu: text_width(f"CPU {cpu}", SMALL) for cpu in self.bars if cpu >= 0}
        return place_labels(
            {cpu: self.bars[cpu] for cpu in widths},
            widths,
            SMALL.line,
            Box(0, 0, self.scale.width, self.rows * ROW),
            _around(
                [*self.waits(), *self.gaps(), *self.arrows(), *self.results(), *self.crosses()]
            ),
        )

    def waits(self) -> list[Line]:
        """The lines of waiting tasks."""
        return [
            self._line(row, span.begin, span.end)
            for row, task in enumerate(self.trace.tasks[: self.rows])
            for span in task
            if span.waits and row not in self.trace.cancelled
        ]

    def crosses(self) -> list[Line]:
        """Where tasks were issued that never ran: lines without a length."""
        cancelled = sorted(row for row in self.trace.cancelled if row < self.rows)
        begins = [(row, self.trace.tasks[row][0].begin) for row in cancelled]
        return [self._line(row, begin, begin) for row, begin in begins]

    def gaps(self) -> list[Line]:
        """The lines of tasks that are ready, but do not run."""
        lines = [
            self._line(row, before.end, after.begin)
            for row, task in enumerate(self.trace.tasks[: self.rows])
            for before, after in itertools.pairwise(task)
        ]
        return [line for line in lines if line[1][0] - line[0][0] >= LEAST_GAP]

    def arrows(self) -> list[Line]:
        """From the issue of a task to its start."""
        return [
            (
                (self.scale.at(one.time), _edge(one.issuer, lower=one.issued > one.issuer)),
                (self.scale.at(one.start), _edge(one.issued, lower=one.issued < one.issuer)),
            )
            for one in self.trace.issues
            if max(one.issuer, one.issued) < self.rows
        ]

    def results(self) -> list[Line]:
        """From the end of a task to the one that issued it and waited for its result."""
        tasks = self.trace.tasks
        return [
            (
                (self.scale.at(lifetime(tasks[one.issued])[1]), _middle(one.issued)),
                (self.scale.at(wait.end), _middle(one.issuer)),
            )
            for one in self.trace.issues
            if max(one.issuer, one.issued) < self.rows and (wait := awaits(one, tasks))
        ]

    def _line(self, row: int, begin: int, end: int) -> Line:
        return (self.scale.at(begin), _middle(row)), (self.scale.at(end), _middle(row))


def _middle(row: int) -> float:
    return row * ROW + BAR_TOP + BAR_HEIGHT / 2


def _edge(row: int, *, lower: bool) -> float:
    return row * ROW + BAR_TOP + (BAR_HEIGHT if lower else 0)


def _around(lines: Iterable[Line]) -> list[Box]:
    """What a line covers, with its width and the head of an arrow."""
    return [
        Box(min(x, u) - 2.5, min(y, v), abs(u - x) + 5, abs(v - y) + 0.1)
        for (x, y), (u, v) in lines
    ]


def rows_of(trace: Trace) -> int:
    """How many of its tasks are drawn."""
    return min(len(trace.tasks), MOST_ROWS)


def extent_of(trace: Trace) -> int:
    """How much of the run is drawn: all of it, or until the last one of the drawn tasks is done."""
    if rows_of(trace) == trace.case.tasks:
        return trace.duration
    return max(span.end for task in trace.tasks[: rows_of(trace)] for span in task)


def unlabelled_cpus(panel: Panel) -> set[int]:
    """The CPUs whose name did not fit into the panel."""
    return set(panel.bars) - set(panel.labels)


def draw_panel(axes: Axes, panel: Panel, *, with_ticks: bool) -> None:
    """Fills the axes of a panel."""
    height = panel.height
    axes.set_xlim(0, panel.scale.width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    _draw_frame(axes, panel, height, with_ticks=with_ticks)
    _add_lines(axes, panel.gaps(), WAITING, 0.7, (0, (1, 2)))
    _add_lines(axes, panel.waits(), WAITING, 1.0)
    for cpu, boxes in sorted(panel.bars.items()):
        _draw_bars(axes, boxes, panel.colors[cpu].mark)
    for begin, end in panel.arrows():
        draw_arrow(axes, begin, end)
    for begin, end in panel.results():
        draw_arrow(axes, begin, end, WAITING)
    for place, _ in panel.crosses():
        draw_cross(axes, *place)
    for cpu, box in panel.labels.items():
        font = SMALL.colored(panel.colors[cpu].text)
        axes.text(box.left, box.bottom - 1.4, va="baseline", **font.arguments(f"CPU {cpu}"))


def _draw_frame(axes: Axes, panel: Panel, height: float, *, with_ticks: bool) -> None:
    """Names of the rows, grid and time axis."""
    ticks = panel.scale.ticks()
    _add_lines(axes, [((x, 0), (x, height)) for x, _ in ticks], GRID, 0.5)
    _add_lines(axes, [((0, height), (panel.scale.width, height))], AXIS, 0.6)
    for x, label in ticks if with_ticks else []:
        axes.text(x, height + 3, ha="center", va="top", **SMALL.arguments(label))
    for row in range(panel.rows):
        name = f"{panel.trace.noun} {row + 1}"
        axes.text(-4, _middle(row), ha="right", va="center", **SMALL.arguments(name))


def _add_lines(
    axes: Axes,
    lines: Sequence[Line],
    color: str,
    width: float,
    dashes: tuple[int, tuple[int, int]] | str = "solid",
) -> None:
    axes.add_collection(
        LineCollection(
            lines, colors=color, linewidths=width, linestyles=dashes, clip_on=False, zorder=1
        )
    )


def _draw_bars(axes: Axes, boxes: Sequence[Box], color: str) -> None:
    corners = [
        [(b.left, b.top), (b.right, b.top), (b.right, b.bottom), (b.left, b.bottom)] for b in boxes
    ]
    axes.add_collection(
        PolyCollection(
            corners,
            facecolors=color,
            edgecolors=color,
            linewidths=OUTLINE,
            clip_on=False,
            zorder=2,
        )
    )


def draw_arrow(
    axes: Axes, begin: tuple[float, float], end: tuple[float, float], color: str = AXIS
) -> None:
    """An arrow that ends at its point exactly."""
    arrow = FancyArrowPatch(
        begin,
        end,
        arrowstyle="-|>",
        shrinkA=0,
        shrinkB=0,
        mutation_scale=5,
        linewidth=0.7,
        color=color,
        clip_on=False,
        zorder=3,
    )
    axes.add_patch(arrow)


def draw_cross(axes: Axes, x: float, y: float) -> None:
    """A cross with its middle there."""
    half = BAR_HEIGHT / 2
    strokes = [((x - half, y - end), (x + half, y + end)) for end in (half, -half)]
    _add_lines(axes, strokes, WAITING, 1.0)
