# SPDX-License-Identifier: Apache-2.0
"""The key below a figure: each mark once, with its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from workspan.plot.axes.marks import arrowhead, mark
from workspan.plot.page import MARGIN, Page
from workspan.plot.palette import Look
from workspan.plot.style import SMALL, WAITING, text_width
from workspan.plot.traces.panel import BAR_HEIGHT, draw_arrow, draw_cross

MARK: Final = 14.0  # length of a mark, in points
NARROW: Final = 7.0  # the same of a dot
GAP, BETWEEN = 3.0, 9.0  # behind a mark, and between items
DASHES: Final = {"dots": (0, (1, 2)), "dashes": (0, (4, 2))}
LINE: Final = SMALL.line + 1
Mark = Literal[
    "bar", "line", "dots", "arrow", "cross", "beyond", "dot", "tick", "interval", "dashes"
]


@dataclass(frozen=True)
class Item:
    """A mark and what it means. look: of a `dot`, which may be hollow."""

    mark: Mark
    meaning: str
    color: str = WAITING
    look: Look | None = None
    hollow: bool = False

    @property
    def width(self) -> float:
        """Of the mark."""
        return NARROW if self.mark in ("cross", "dot", "tick", "beyond") else MARK


def add_key(page: Page, items: Sequence[Item]) -> None:
    """Adds the key, in as many lines as it needs."""
    places, left, line = [], 0.0, 0
    width = page.width - 2 * MARGIN
    for item in items:
        needed = item.width + GAP + text_width(item.meaning, SMALL)
        if left and left + needed > width:
            left, line = 0.0, line + 1
        places.append((item, left, line * LINE))
        left += needed + BETWEEN
    height = (line + 1) * LINE

    def draw(axes: Axes) -> None:
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        for item, x, top in places:
            _draw_item(axes, item, x, top + LINE / 2)

    page.panel(MARGIN, MARGIN, height, draw)


def _draw_item(axes: Axes, item: Item, left: float, middle: float) -> None:
    right = left + item.width
    ends = ((left, middle), (right, middle))
    if item.mark == "bar":
        corner = (left, middle - BAR_HEIGHT / 2)
        axes.add_patch(Rectangle(corner, MARK, BAR_HEIGHT, facecolor=item.color, linewidth=0))
    elif item.mark == "arrow":
        draw_arrow(axes, *ends, item.color)
    elif item.mark == "cross":
        draw_cross(axes, (left + right) / 2, middle)
    elif item.mark == "beyond":
        arrowhead(axes, (left + right) / 2, middle + 2, "^", item.color, 3.0)
    elif item.mark == "dot" and item.look:
        mark(axes, (left + right) / 2, middle, item.look, "", hollow=item.hollow)
    else:
        if item.mark == "tick":
            x = (left + right) / 2
            ends = ((x, middle - 4), (x, middle + 4))
        dashes = DASHES.get(item.mark, "solid")
        width = {"dots": 0.7, "interval": 2.0}.get(item.mark, 1.0)
        axes.add_collection(
            LineCollection([ends], colors=item.color, linewidths=width, linestyles=[dashes])
        )
    place = (right + GAP, middle)
    axes.text(*place, va="center_baseline", **SMALL.arguments(item.meaning))
