# SPDX-License-Identifier: Apache-2.0
"""Pictures for the page: a figure at two widths, and the table of its data."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from workspan.page.content import Picture, table_of
from workspan.page.sources import MOST_SIZES, Source
from workspan.page.svg import Tip, adapted
from workspan.page.tips import tips
from workspan.plot import kinds
from workspan.plot.sizes import draw_panels, sized_problems, sizes_table
from workspan.plot.style import rendered
from workspan.plot.timeline import draw_timeline
from workspan.plot.traces.span_table import COLUMNS, span_rows
from workspan.plot.traces.trace import Trace
from workspan.support.errors import NothingError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOT_ALL: Final = f"drawn: {MOST_SIZES} of the sizes of each workload"
WIDE: Final = 180  # mm, 802 pixels of the page
NARROW: Final = 80  # mm, 356 pixels: a phone, or one of two cards


@dataclass(frozen=True)
class Chart:
    """What is to be drawn. name: of its ids, unique on the page; label: for those who do not see.

    table: titles and rows of its data.
    """

    name: str
    label: str
    draw: Callable[[int], "Figure"]
    table: tuple[Sequence[str], Iterable[Sequence[object]]]
    tip: Tip = str
    has_kinds: bool = True
    caption: str = ""
    is_card: bool = False  # needs no wide figure


def picture(chart: Chart) -> Picture:
    """A figure for a desktop and for a phone."""

    def drawn(width: int) -> Markup:
        prefix = f"{chart.name}-{width}-"
        svg = rendered(chart.draw(width), "svg")
        return Markup(adapted(svg, prefix, chart.label, chart.tip))

    wide = Markup("") if chart.is_card else drawn(WIDE)
    titles, rows = chart.table
    data = table_of(titles, rows)
    return Picture(chart.label, wide, drawn(NARROW), data, chart.has_kinds, chart.caption)


def of_kind(kind: str, *sources: Source) -> Picture | None:
    """The figure of a kind of these files; None if they have no data for it."""
    runs = [kinds.Run(source.letter or source.name, source.drawn) for source in sources]
    try:
        found = kinds.picture(kind, runs)
    except NothingError:
        return None
    return picture(
        Chart(
            name="-".join([kind, *(source.letter for source in sources)]),
            label=found.title,
            draw=found.draw,
            table=found.table(),
            tip=tips(sources[-1]),
            caption=_caption(sources),
        )
    )


def _caption(sources: Sequence[Source]) -> str:
    """Which files, and that not all sizes are drawn."""
    labels = [source.label for source in sources if source.label]
    all_drawn = all(source.drawn is source.content for source in sources)
    return "; ".join([" / ".join(labels)] * bool(labels) + [NOT_ALL] * (not all_drawn))


def sizes_of(workload: str, source: Source) -> Picture | None:
    """The rate of a workload against its size, for its card; None of fewer than three sizes."""
    problems = tuple(p for p in source.codes.problems if p.workload == workload)
    codes = replace(source.codes, problems=problems)
    if not sized_problems(codes):
        return None
    return picture(
        Chart(
            name=f"sizes-{source.letter}-{workload}",
            label=f"{workload}: rate against size",
            draw=lambda width: draw_panels(codes, width),
            table=sizes_table(codes),
            tip=tips(source),
            is_card=True,
        )
    )


def timeline(number: int, traces: Sequence[Trace]) -> Picture:
    """The timeline of a trace file, with the spans of its tasks."""
    return picture(
        Chart(
            name=f"timeline{number}",
            label="Timeline of " + ", ".join(trace.case.name for trace in traces),
            draw=lambda width: draw_timeline(traces, width),
            table=(COLUMNS, (row for trace in traces for row in span_rows(trace))),
            has_kinds=False,
        )
    )
