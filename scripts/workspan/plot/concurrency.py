# SPDX-License-Identifier: Apache-2.0
"""concurrency: what each execution model gains on one scale, by waiting and by computing, on one
core and on all CPUs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, NamedTuple

from matplotlib.figure import Figure

from workspan.analysis.concurrency import Concurrency, ModelRow, Subject
from workspan.analysis.concurrency_findings import NOTHING, find
from workspan.analysis.ratios import figures
from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.key import add_key
from workspan.plot.palette import LOOKS
from workspan.plot.sheet import Table, begin, key_of
from workspan.plot.style import SMALL
from workspan.plot.words import factor, factor_tick
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import BASELINE
from workspan.support.text import quantity
from workspan.support.units import format_bytes, format_time

ABSENT: Final = "-"
NARROW: Final = 120.0  # mm: below, only the first column has room
HEADERS: Final = ("model", "what", "case", "T of seq / T", "low", "high")


@dataclass(frozen=True)
class ConcurrencyData:
    """The judged models of a run."""

    file: ResultFile
    judged: Concurrency


class _Gain(NamedTuple):
    """A gain over seq: its mark, its name in the table, and where a row has it."""

    place: Place
    name: str
    of: Callable[[ModelRow], figures.Figure | None]


GAINS: Final = (
    _Gain(Place.ONE, "computing on one core", lambda row: row.one_core_gain),
    _Gain(Place.TEAM, "computing on all CPUs", lambda row: row.all_cpus_gain),
    _Gain(Place.MODEL, "waiting on one core", lambda row: row.waiting_gain),
)


def gaining_models(judged: Concurrency) -> list[ModelRow]:
    """Those but seq that have a gain."""
    return [row for row in judged.rows if row.model != BASELINE and _gains(row)]


def without_others(row: ModelRow, chosen: Callable[[str], bool]) -> ModelRow:
    """The same model, as far as its numbers are of chosen cases."""
    found: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(row)}
    for name, figure in found.items():
        if isinstance(figure, figures.Figure) and not chosen(figure.case):
            found[name] = None
    return ModelRow(**found)


def draw_concurrency(data: ConcurrencyData, width_mm: float) -> Figure:
    """A row per model, a dot per gain; what a task costs beside it."""
    subject = data.judged.subject
    page = begin(width_mm, title(data), [data.file])
    rows, columns = concurrency_rows(data), _columns(data.judged, width_mm)
    shown = {gain.place for row in gaining_models(data.judged) for gain, _ in _gains(row)}
    dots = [dot for row in rows for dot in row.dots]
    add_key(page, key_of(shown, subject.cpus, dots, _labels(subject)))
    page.space(4)
    cells = [[cells[k] for _, cells in columns] for k in range(len(rows))]
    rows = [Row(row.name, row.dots, tuple(of)) for row, of in zip(rows, cells, strict=True)]
    label = "T of seq / T of the model, which does the same; right of 1x it gains"
    headers = tuple(header for header, _ in columns)
    add_rows(page, rows, Frame(factor, label, _lines(subject, shown), headers, tick=factor_tick))
    page.space(3)
    page.text("waits that gain on one core are concurrent; computing that gains is parallel", SMALL)
    if any(ABSENT in row.cells for row in rows):
        page.text(f"{ABSENT}: its tasks ran on one CPU, or not measured", SMALL)
    return page.figure()


def concurrency_rows(data: ConcurrencyData) -> list[Row]:
    """The rows of the chart, without columns."""
    labels = _labels(data.judged.subject)
    looks = {place: replace(LOOKS[place], label=label) for place, label in labels.items()}
    return [
        Row(
            row.model,
            tuple(
                Dot(looks[gain.place], found.value, found.interval, found.case)
                for gain, found in _gains(row)
            ),
        )
        for row in gaining_models(data.judged)
    ]


def concurrency_table(data: ConcurrencyData) -> Table:
    """A row per dot."""
    return HEADERS, [
        (row.model, gain.name, found.case, f"{found.value:.6g}", *_ends(found))
        for row in gaining_models(data.judged)
        for gain, found in _gains(row)
    ]


def title(data: ConcurrencyData) -> str:
    """What one core overlaps, and what all CPUs give to computing."""
    found, subject = find(data.judged), data.judged.subject
    said: list[str] = []
    if found.waiting_on_one is not None and found.waits_overlap:
        overlapping = min(subject.waiters, round(found.waiting_on_one))
        said.append(f"{overlapping} of {subject.waiters} waits overlap on one core")
    computing = found.computing_on_all
    if computing is not None:
        given = f"compute {factor(computing)} as fast" if computing > NOTHING else "compute no more"
        said.append(f"{quantity(subject.cpus, 'CPU')} {given}")
    return "; ".join(said) or "What execution models gain"


def _gains(row: ModelRow) -> list[tuple[_Gain, figures.Figure]]:
    """The measured ones; not of tasks that shared a CPU though meant for several."""
    return [(gain, found) for gain in GAINS if (found := gain.of(row)) and not found.one_cpu]


def _labels(subject: Subject) -> dict[Place, str]:
    """What the marks mean."""
    cpus = quantity(subject.cpus, "CPU")
    return {
        Place.ONE: f"tasks that compute for {format_time(subject.task)}, on one core",
        Place.TEAM: f"the same on {cpus}",
        Place.MODEL: f"{subject.waiters} tasks that wait for {format_time(subject.tau)}, on one"
        " core",
    }


def _lines(subject: Subject, shown: set[Place]) -> tuple[Marker, ...]:
    """seq, and what is possible."""
    lines = [Marker(1.0, "seq")]
    if Place.TEAM in shown:
        lines.append(Marker(float(subject.cpus), quantity(subject.cpus, "CPU")))
    if Place.MODEL in shown:
        lines.append(Marker(float(subject.waiters), "all waits at once"))
    return tuple(lines)


def _columns(judged: Concurrency, width_mm: float) -> list[tuple[str, list[str]]]:
    """Header and cells, as far as there is room and content."""
    rows = gaining_models(judged)
    found = [
        ("cost of\na task", [_cell(row.task_cost, format_time) for row in rows]),
        ("smallest\ntask", [_cell(row.smallest_task, format_time) for row in rows]),
        (f"gain of\n{judged.subject.many} waits", [_cell(r.many_gain, factor) for r in rows]),
        ("memory of\na waiter", [_cell(row.waiter_bytes, format_bytes) for row in rows]),
    ]
    shown = [column for column in found if {*column[1]} - {ABSENT}]
    return shown[:1] if width_mm < NARROW else shown


def _cell(found: figures.Figure | None, show: Callable[[float], str]) -> str:
    if found is None or found.one_cpu:
        return ABSENT
    return f"{'< ' if found.at_most else ''}{show(found.value)}"


def _ends(found: figures.Figure) -> Sequence[str]:
    return [f"{end:.6g}" for end in found.interval] if found.interval else ["", ""]
