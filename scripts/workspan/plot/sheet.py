# SPDX-License-Identifier: Apache-2.0
"""What every figure of a run begins with, and what its data look like as a table."""

import csv
import io
from collections.abc import Iterable, Sequence

from workspan.analysis.ratios.places import Code, Place
from workspan.plot.axes.grid import Point
from workspan.plot.axes.marks import Dot
from workspan.plot.key import Item
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS, label_of
from workspan.plot.style import HEADING, SMALL
from workspan.plot.words import about, of_machine
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate
from workspan.support.text import safe_cell

Table = tuple[tuple[str, ...], Sequence[tuple[str, ...]]]  # headers and rows
INTERVALS = (
    Item("interval", "95 % interval"),
    Item("dot", "hollow: no interval", look=LOOKS[Place.ONE], hollow=True),
)


def begin(width_mm: float, title: str, files: Sequence[ResultFile]) -> Page:
    """A page with the finding, and what was measured where."""
    lines = dict.fromkeys(about(file) for file in files)
    return begin_with(width_mm, of_machine(title, files), lines)


def begin_with(width_mm: float, title: str, lines: Iterable[str]) -> Page:
    """A page with the finding, and further lines in small letters."""
    page = Page(width_mm)
    page.text(title, HEADING)
    for line in lines:
        page.text(line, SMALL)
    page.space(4)
    return page


def key_of(
    places: Iterable[Place],
    cpus: int,
    dots: Iterable[Dot | Point],
    labels: dict[Place, str] | None = None,
) -> list[Item]:
    """The places in the order of the palette, then what lines and hollow marks mean."""
    found, known = set(places), labels or {}
    items = [
        Item("dot", known.get(place) or label_of(place, cpus), look=LOOKS[place])
        for place in LOOKS
        if place in found
    ]
    every = list(dots)
    items += INTERVALS[:1] if any(dot.interval for dot in every) else ()
    return [*items, *(INTERVALS[1:] if any(dot.hollow for dot in every) else ())]


def dot_of(place: Place, code: Code, found: Estimate) -> Dot:
    """An estimate of a case as a mark."""
    return Dot(LOOKS[place], found.value, found.interval, code.case.name, exact=found.exact)


def cells_of(found: Estimate | None) -> tuple[str, str, str]:
    """Value and ends of the interval, for a table; empty if there are none."""
    if found is None:
        return "", "", ""
    low, high = (f"{end:.6g}" for end in found.interval) if found.interval else ("", "")
    return f"{found.value:.6g}", low, high


def ratio_headers(*ratios: str) -> tuple[str, ...]:
    """Those of the cells of several ratios in a row."""
    return tuple(f"{ratio}{end}" for ratio in ratios for end in ("", " low", " high"))


def table_as_csv(table: Table) -> bytes:
    """The table as a file for spreadsheets and scripts."""
    headers, rows = table
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
