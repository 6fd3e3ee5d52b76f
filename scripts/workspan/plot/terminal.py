# SPDX-License-Identifier: Apache-2.0
"""A chart of rows as text: a line per row, a letter per dot."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.rows import Row
from workspan.plot.axes.scale import LogScale, log_range
from workspan.plot.palette import LOOKS

LETTERS: Final = {
    Place.ONE: "1",
    Place.TEAM: "o",
    Place.HOST_LIBRARY: "^",
    Place.GPU: "*",
    Place.TRANSFERS: "v",
    Place.GPU_LIBRARY: "+",
    Place.MODEL: "x",
}
FRAME: Final = 3  # lines around the rows: the frame, and the ticks
LEAST_WIDTH: Final = 40
POINTS: Final = 4.2  # of a letter, for the room that labels of ticks need


def rows_as_text(rows: Sequence[Row], tick: Callable[[float], str], width: int) -> str:
    """The chart at this width in columns, and a key to its letters."""
    import plotext

    values = [dot.value for row in rows for dot in row.dots]
    low, high = log_range(values)
    columns = max(LEAST_WIDTH, width)
    scale = LogScale(low, high, 0, POINTS * (columns - max(len(row.name) for row in rows)))
    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)  # a line per row, also of those that scroll away
    figure.plot_size(columns, max(2, len(rows)) + FRAME)
    figure.theme("colorless")
    heights = range(len(rows), 0, -1)
    for place in LOOKS:
        if dots := _dots(rows, place, scale):
            xs, ys = ([*side] for side in zip(*dots, strict=True))
            figure.draw(figure.signal(xs, ys, marker=LETTERS[place]))
    ticks = scale.ticks(tick)
    x_ruler, y_ruler = figure.ruler("x"), figure.ruler("y")
    x_ruler.lim(math.log10(low), math.log10(high))
    y_ruler.lim(1, max(2, len(rows)))
    x_ruler.ticks([math.log10(value) for value, _ in ticks], [label for _, label in ticks])
    y_ruler.ticks([*heights], [row.name for row in rows])
    lines = plotext.uncolorize(str(figure.build())).splitlines()
    return "\n".join([*(line.rstrip() for line in lines), *_key(rows, columns)])


def _dots(rows: Sequence[Row], place: Place, scale: LogScale) -> list[tuple[float, int]]:
    """The logarithms and heights of the dots of a place, of any size; the first row is highest."""
    return [
        (math.log10(scale.clipped(dot.value)), len(rows) - k)
        for k, row in enumerate(rows)
        for dot in row.dots
        if dot.look.marker == LOOKS[place].marker
    ]


def _key(rows: Sequence[Row], columns: int) -> list[str]:
    """A line, or one per place if it would be too long."""
    looks = {dot.look.marker: dot.look for row in rows for dot in row.dots}
    items = [
        f"{LETTERS[place]} {looks[usual.marker].label.format(cpus='all CPUs')}"
        for place, usual in LOOKS.items()
        if usual.marker in looks
    ]
    line = "   ".join(items)
    return [line] if len(line) <= columns else items
