# SPDX-License-Identifier: Apache-2.0
"""The section on concurrency: what execution models cost and gain, and traces as timelines."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from workspan.analysis.concurrency import Concurrency, ModelRow
from workspan.analysis.ratios.figures import Figure
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.page.charts import of_kind
from workspan.page.content import Block, Cell, Picture, Section, Table
from workspan.page.sources import Source
from workspan.report.answer.glance_words import KeyFigure
from workspan.report.concurrency.concurrency_table import all_sheets, concurrency_report
from workspan.report.figure_cells import (
    MODEL,
    Sheet,
    Show,
    gain_cell,
    mark_legend,
    memory_cell,
    time_cell,
)
from workspan.resultfile.model import Status
from workspan.resultfile.names import BASELINE, LOOPS
from workspan.support.text import quantity

SHOWN: Final[dict[str, Show]] = {
    "task_cost": time_cell,
    "smallest_task": time_cell,
    "waiter_bytes": memory_cell,
}
WIDE: Final = "wide interval"
LEAST_GAIN: Final = 1.1  # on all CPUs, of a model that can use them


def concurrency_section(
    sources: Iterable[Source], timelines: Sequence[Picture], said: Collection[str] = ()
) -> Section | None:
    """None for files without such cases. said: sentences that the page says first."""
    blocks = [block for source in sources for block in _blocks(source, said)]
    if timelines:
        blocks.append(Block(heading="Tasks as they ran", pictures=timelines))
    if not blocks:
        return None
    return Section(
        "concurrency",
        "Concurrency",
        "What tasks cost and gain",
        "By execution model: threads, coroutines, processes, ...",
        blocks,
    )


def model_figures(judged: Concurrency) -> list[KeyFigure]:
    """Of the models the best of each column, with its name: at most six, as far as measured."""
    s, rows = judged.subject, [row for row in judged.rows if row.model != BASELINE]
    parallel = [r for r in rows if r.all_cpus_gain and r.all_cpus_gain.value >= LEAST_GAIN]
    of_tasks = [row for row in parallel if row.model not in LOOPS]
    cpus, waits = quantity(s.cpus, "CPU"), f"{s.waiters} waits on one core over seq"
    found = (
        _best(of_tasks, "task_cost", "cost of a task", "least of those that use all CPUs"),
        _best(of_tasks, "smallest_task", "smallest task worth it", "METG(50 %)"),
        _best(rows, "all_cpus_gain", f"computing on {cpus} over seq", most=True),
        _best(rows, "waiting_gain", waits, most=True),
        _best(rows, "many_gain", f"{s.many} waits on one core, n x tau over T", most=True),
        _best(rows, "waiter_bytes", "memory of a waiter"),
    )
    return [one for one in found if one]


def _best(
    rows: Iterable[ModelRow], field: str, what: str, remark: str = "", *, most: bool = False
) -> KeyFigure | None:
    """The lowest or highest of a column, as its table shows it; not of tasks that shared a CPU."""
    known: list[tuple[str, Figure]] = [
        (row.model, found) for row in rows if (found := getattr(row, field)) and not found.one_cpu
    ]
    if not known:
        return None
    model, found = (max if most else min)(known, key=lambda one: one[1].value)
    show = SHOWN.get(field, gain_cell)
    remarks = filter(None, (model, remark, WIDE if found.noisy else ""))
    return KeyFigure(show(replace(found, noisy=False)).strip(), what, ", ".join(remarks))


def _blocks(source: Source, said: Collection[str]) -> Iterator[Block]:
    cases = [c for c in source.content.workspan.cases if is_about_concurrency(c)]
    if not any(case.status is Status.OK for case in cases):
        return
    report = concurrency_report(source.content)
    drawn = of_kind("concurrency", source)
    for one in all_sheets(report):
        yield Block(
            heading=one.heading,
            of=source.label,
            paragraphs=[text for text in one.sentences if text not in said],
            pictures=[drawn] if drawn and not one.heading else [],  # the first table is of it
            tables=[_table(one)],
        )
    doubts = "\n".join(report.notes).replace("\n    ", " ").splitlines()
    if doubts:
        yield Block(fold=f"Notes: {len(doubts)}", paragraphs=doubts)


def _table(of: Sheet) -> Table:
    """Cells that sort by their figures."""
    cells = [
        [Cell(row[title].strip(), _value(figures.get(title))) for title in of.titles]
        for row, figures in zip(of.rows, of.figures, strict=True)
    ]
    words = " ".join(filter(None, (of.legend, mark_legend(of.rows))))
    return Table(of.titles, cells, frozenset((MODEL,)), legend=words)


def _value(figure: Figure | None) -> float | None:
    return figure.value if figure else None
