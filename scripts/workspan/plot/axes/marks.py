# SPDX-License-Identifier: Apache-2.0
"""The marks of charts in axes whose coordinates are points: dots, intervals, lines, texts."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle

from workspan.plot.palette import Look
from workspan.plot.style import SMALL, Font

INTERVAL: Final = 2.0  # width of the line of an interval, in points
OUTLINE: Final = 0.9
ASIDE: Final = 2.6  # by which intervals of one place stand apart: more than their width
LONG: Final = 5.0  # of an interval: a mark hides a shorter one
GAP: Final = 3.0  # between a mark and its number


@dataclass(frozen=True)
class Dot:
    """A value on a logarithmic axis. name: of its case; hollow: without an interval."""

    look: Look
    value: float
    interval: tuple[float, float] | None
    name: str
    exact: bool = False  # a value without any error, as of a case against itself
    lane: float | None = None  # points above or below the middle of its row; None: as close ones

    @property
    def hollow(self) -> bool:
        """Whether nothing is known of its error."""
        return self.interval is None and not self.exact


def prepare(axes: Axes, width: float, height: float) -> None:
    """Coordinates of axes: points from the upper left corner, y downwards."""
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()


def mark(axes: Axes, x: float, y: float, look: Look, name: str, *, hollow: bool = False) -> None:
    """One mark. name: of the case, for those who read the figure as SVG."""
    axes.add_line(
        Line2D(
            [round(x, 2)],
            [round(y, 2)],
            linestyle="none",
            marker=look.marker,
            markersize=look.size - (0.3 if hollow else 0),
            markerfacecolor="white" if hollow else look.color.mark,
            markeredgecolor=look.color.mark if hollow else "white",
            markeredgewidth=OUTLINE if hollow else 0.4,
            gid=name or None,
            clip_on=False,
            zorder=4,
        )
    )


def line(
    axes: Axes,
    xs: Sequence[float],
    ys: Sequence[float],
    color: str,
    width: float,
    dashes: tuple[int, tuple[float, ...]] | str = "solid",
    zorder: float = 1,
) -> None:
    """A line through points, with ends that add no length."""
    axes.add_line(
        Line2D(
            [round(x, 2) for x in xs],
            [round(y, 2) for y in ys],
            color=color,
            linewidth=width,
            linestyle=dashes,
            solid_capstyle="butt",
            dash_capstyle="butt",
            clip_on=False,
            zorder=zorder,
        )
    )


def arrowhead(
    axes: Axes, x: float, y: float, direction: str, color: str, size: float = 4.5
) -> None:
    """An arrow at the end of an axis: what it means lies beyond. direction: one of < > ^ v."""
    axes.add_line(
        Line2D(
            [round(x, 2)],
            [round(y, 2)],
            linestyle="none",
            marker=MarkerStyle({"<": 8, ">": 9, "^": 10, "v": 11}[direction]),
            markersize=size,
            color=color,
            clip_on=False,
            zorder=3,
        )
    )


def asides(spans: Sequence[tuple[float, float]]) -> list[float]:
    """How far upright intervals of one place move aside, so that none lies over another.

    spans: their ends, y downwards. They stay if they are apart, or too short to be seen.
    """
    ordered = sorted(spans)
    hidden = any(below < bottom for (_, bottom), (below, _) in itertools.pairwise(ordered))
    if not hidden or max(bottom - top for top, bottom in spans) <= LONG:
        return [0.0] * len(spans)
    return [ASIDE * (k - (len(spans) - 1) / 2) for k in range(len(spans))]


def words(
    axes: Axes, x: float, y: float, text: str, font: Font = SMALL, align: str = "left"
) -> None:
    """One line of text, its middle at y."""
    axes.text(round(x, 2), round(y, 2), text, ha=align, va="center_baseline", **font.arguments())
