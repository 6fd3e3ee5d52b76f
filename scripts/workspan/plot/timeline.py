# SPDX-License-Identifier: Apache-2.0
"""The timeline: a panel per traced case, a row per task, a bar where it computes.

The title is the finding, the colour is the CPU, time runs to the right. A thin line is a wait of
the task's own wish, a dotted one a gap in which it could have run. An arrow goes from the issue of
a task to its start, a grey one from its end to the issuer that waited for it; a cross is a task
that was cancelled before it ran.
"""

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workspan.plot.key import Item, add_key
from workspan.plot.page import Page
from workspan.plot.style import (
    AXIS,
    BODY,
    CPU_COLORS,
    HEADING,
    SMALL,
    TITLE,
    UNKNOWN,
    Color,
    text_width,
)
from workspan.plot.traces.findings import title_of, title_of_all
from workspan.plot.traces.panel import Panel, Scale, draw_panel, extent_of, rows_of, unlabelled_cpus
from workspan.plot.traces.trace import Trace

SHARED_SCALE: Final = 4.0  # panels share a time axis if their durations differ by at most this
MOST_IN_KEY: Final = 8  # CPUs whose name had no room beside a bar
TICKS: Final = SMALL.line + 3  # height of a line of tick labels, in points
RIGHT: Final = 14.0  # margin: half a tick label


def draw_timeline(traces: Sequence[Trace], width_mm: int, title: str | None = None) -> Figure:
    """The figure. title: above all panels; None: the finding over them, if there are several."""
    page = Page(width_mm)
    heading = title_of_all(traces) if title is None else title
    machine = ""
    if heading:
        page.text(heading, HEADING)
        machine = traces[0].machine
        page.text(machine, SMALL)
        page.space(6)
    panels = _panels(page, traces)
    for panel in panels:
        page.text(title_of(panel.trace), TITLE)
        page.text(panel.trace.case.name, SMALL, "/")
        if panel.trace.machine != machine:
            machine = panel.trace.machine
            page.text(machine, SMALL)
        page.space(3)
        _add(page, panel, is_last=panel is panels[-1])
        page.space(8)
    add_key(page, _key(panels))
    return page.figure()


def _panels(page: Page, traces: Sequence[Trace]) -> list[Panel]:
    """What the panels have in common: colours, and the scale if their lengths are alike."""
    extents = [extent_of(trace) for trace in traces]
    longest = max(extents)
    shared = longest <= SHARED_SCALE * min(extents)
    colors = _colors(traces)
    most = max(rows_of(trace) for trace in traces)
    left = max(text_width(f"{trace.noun} {most}", SMALL) for trace in traces) + 10
    width = page.width - left - RIGHT
    return [
        Panel(trace, Scale(longest if shared else extent, width), colors, left, shared)
        for trace, extent in zip(traces, extents, strict=True)
    ]


def _add(page: Page, panel: Panel, *, is_last: bool) -> None:
    """The bars, the time axis, and what is not shown."""
    labelled = is_last or not panel.shares_scale

    def draw(axes: Axes) -> None:
        draw_panel(axes, panel, with_ticks=labelled)

    page.panel(panel.left, RIGHT, panel.height, draw)
    if labelled:
        page.space(TICKS)
        text = f"time in {panel.scale.unit}"
        middle = panel.left + (panel.scale.width - text_width(text, BODY)) / 2
        page.label(text, BODY, middle, page.height)
        page.space(BODY.line)
    if note := _note(panel):
        page.space(2)
        page.text(note, SMALL)


def _note(panel: Panel) -> str:
    """What the panel leaves out."""
    case, notes = panel.trace.case, []
    if panel.rows < case.tasks:
        notes.append(f"drawn: the first {panel.rows} of {case.tasks} {panel.trace.noun}s")
    if case.written < case.tasks:
        notes.append(f"the title is of the first {case.written}")
    if case.dropped:
        notes.append(f"not recorded: {case.dropped} spans, for want of room")
    return "; ".join(notes)


def _colors(traces: Sequence[Trace]) -> dict[int, Color]:
    """One colour per CPU, by its number, so that it is the same in all panels and figures. Of up to
    eight CPUs no two are alike: the one whose colour a lower number has takes the next free one.
    """
    cpus = {span.cpu for trace in traces for task in trace.tasks for span in task if not span.waits}
    places, count = dict[int, int](), len(CPU_COLORS)
    for cpu in sorted(cpus - {-1}):
        taken = set(places.values()) if len(places) < count else set[int]()
        turned = ((cpu + k) % count for k in range(count))
        places[cpu] = next(place for place in turned if place not in taken)
    colors = {cpu: CPU_COLORS[place] for cpu, place in places.items()}
    return {**colors, -1: Color(UNKNOWN, UNKNOWN)}


def _key(panels: Sequence[Panel]) -> list[Item]:
    """What the marks mean, of those that occur."""
    colors = panels[0].colors
    first = colors[min((cpu for cpu in colors if cpu >= 0), default=-1)]
    repeated = " (colours repeat)" if len(colors) - 1 > len(CPU_COLORS) else ""
    items = [Item("bar", f"computing; the colour is the CPU{repeated}", first.mark)]
    if any(panel.waits() for panel in panels):
        items.append(Item("line", "waiting"))
    if any(panel.gaps() for panel in panels):
        items.append(Item("dots", "ready, but not running"))
    if any(panel.arrows() for panel in panels):
        items.append(Item("arrow", "issues a task", AXIS))
    if any(panel.results() for panel in panels):
        items.append(Item("arrow", "gives its result"))
    if any(panel.crosses() for panel in panels):
        items.append(Item("cross", "cancelled before it ran"))
    rest = sorted({cpu for panel in panels for cpu in unlabelled_cpus(panel)})
    items += [Item("bar", cpu_name(cpu), colors[cpu].mark) for cpu in rest[:MOST_IN_KEY]]
    if len(rest) > MOST_IN_KEY:
        items.append(Item("bar", f"and {len(rest) - MOST_IN_KEY} more CPUs", UNKNOWN))
    return items


def cpu_name(cpu: int) -> str:
    """CPU 3."""
    return f"CPU {cpu}" if cpu >= 0 else "CPU unknown"
