# SPDX-License-Identifier: Apache-2.0
"""A chart of rows as text: a line per row, a letter per dot, small if it would be hollow."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.rows import Row
from workspan.plot.axes.scale import LogScale, log_range
from workspan.plot.palette import LOOKS

LETTERS: Final = {
    Place.ONE: "Q",
    Place.TEAM: "A",
    Place.HOST_LIBRARY: "L",
    Place.GPU: "G",
    Place.TRANSFERS: "T",
    Place.GPU_LIBRARY: "B",
    Place.MODEL: "M",
}
LINE, TICK = "┊", "|"  # at 1x, and where the gain of the machine is
FRAME: Final = 3  # lines around the rows: the frame, and the ticks
LEAST_WIDTH: Final = 40
POINTS: Final = 4.2  # of a letter, for the room that labels of ticks need


def rows_as_text(rows: Sequence[Row], tick: Callable[[float], str], width: int) -> str:
    """The chart at this width in columns, and a key to its letters."""
    import plotext

    ticks_of_rows = [(row.tick, len(rows) - k) for k, row in enumerate(rows) if row.tick]
    values = [dot.value for row in rows for dot in row.dots]
    low, high = log_range([*values, 1.0, *(value for value, _ in ticks_of_rows)])
    columns = max(LEAST_WIDTH, width)
    scale = LogScale(low, high, 0, POINTS * (columns - max(len(row.name) for row in rows)))
    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)  # a line per row, also of those that scroll away
    figure.plot_size(columns, max(2, len(rows)) + FRAME)
    figure.theme("colorless")
    heights = range(len(rows), 0, -1)
    marks = {LINE: [(1.0, height) for height in heights], TICK: ticks_of_rows, **_letters(rows)}
    for letter, places in marks.items():
        if places:
            xs = [math.log10(scale.clipped(value)) for value, _ in places]
            figure.draw(figure.signal(xs, [height for _, height in places], marker=letter))
    ticks = scale.ticks(tick)
    x_ruler, y_ruler = figure.ruler("x"), figure.ruler("y")
    x_ruler.lim(math.log10(low), math.log10(high))
    y_ruler.lim(1, max(2, len(rows)))
    x_ruler.ticks([math.log10(value) for value, _ in ticks], [label for _, label in ticks])
    y_ruler.ticks([*heights], [row.name for row in rows])
    lines = plotext.uncolorize(str(figure.build())).splitlines()
    return "\n".join([*(line.rstrip() for line in lines), *_key(rows, tick, columns)])


def _letters(rows: Sequence[Row]) -> dict[str, list[tuple[float, int]]]:
    """By letter, the values and heights of its dots, of any size; the first row is highest."""
    places = {look.marker: place for place, look in LOOKS.items()}
    order = list(LOOKS)
    found: dict[str, list[tuple[float, int]]] = {}
    for place in order:
        for k, row in enumerate(rows):
            for dot in row.dots:
                if places[dot.look.marker] is place:
                    letter = LETTERS[place].lower() if dot.hollow else LETTERS[place]
                    found.setdefault(letter, []).append((dot.value, len(rows) - k))
    return found


def _key(rows: Sequence[Row], tick: Callable[[float], str], columns: int) -> list[str]:
    """A line, or one per mark if it would be too long."""
    looks = {dot.look.marker: dot.look for row in rows for dot in row.dots}
    items = [
        f"{LETTERS[place]} {looks[usual.marker].label.format(cpus='all CPUs')}"
        for place, usual in LOOKS.items()
        if usual.marker in looks
    ]
    if any(dot.hollow for row in rows for dot in row.dots):
        items.append("small letter: no interval")
    if any(row.tick for row in rows):
        items.append(f"{TICK} what the machine gives")
    items.append(f"{LINE} {tick(1.0)}")
    line = "   ".join(items)
    return [line] if len(line) <= columns else items
