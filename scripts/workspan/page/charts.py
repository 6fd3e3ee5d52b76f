# SPDX-License-Identifier: Apache-2.0
"""Pictures for the page: a figure at two widths, and the table of its data."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from workspan.page.content import Picture, Table, table_of
from workspan.page.svg import adapted
from workspan.plot.span_table import COLUMNS, span_rows
from workspan.plot.style import rendered
from workspan.plot.timeline import draw_timeline
from workspan.plot.trace import Trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE: Final = 180  # mm, 802 pixels of the page
NARROW: Final = 80  # mm, 356 pixels: a phone, or one of two cards
Draw = Callable[[int], "Figure"]


def picture(
    name: str,
    label: str,
    draw: Draw,
    table: Table | None,
    *,
    tips: Mapping[str, str] | None = None,
    has_kinds: bool = True,
    caption: str = "",
) -> Picture:
    """A figure for a desktop and for a phone. name: of its ids, unique on the page."""
    wide, narrow = (
        Markup(adapted(rendered(draw(width), "svg"), f"{name}-{letter}-", label, tips))
        for width, letter in ((WIDE, "w"), (NARROW, "n"))
    )
    return Picture(label, wide, narrow, table, has_kinds, caption)


def timeline(number: int, traces: Sequence[Trace]) -> Picture:
    """The timeline of a trace file, with the spans of its tasks."""
    label = "Timeline of " + ", ".join(trace.case.name for trace in traces)
    return picture(
        f"timeline{number}",
        label,
        lambda width: draw_timeline(traces, width),
        table_of(COLUMNS, (row for trace in traces for row in span_rows(trace))),
        has_kinds=False,
    )
