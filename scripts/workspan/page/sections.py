# SPDX-License-Identifier: Apache-2.0
"""The sections with charts: speedups, why not more, the GPU, scaling, roofline, the workloads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.analysis.laws.weak_scaling import weak_scalings
from workspan.page.cases import all_cases, answers, gpu_answers
from workspan.page.charts import of_kind
from workspan.page.content import MOST_ROWS, Block, Cell, Section, Table, pretty
from workspan.page.sources import Source
from workspan.report import weak_sentences
from workspan.report.answer import scaling_sentences


@dataclass(frozen=True)
class Plan:
    """A section of one kind of chart, and of a table that the house has for it."""

    kind: str
    short: str
    title: str
    lead: str
    table: Callable[[Source], Table] | None = None
    fold: str = ""  # the title of that table if it is folded
    sentences: Callable[[Source], Sequence[str]] | None = None


PLANS: Final = (
    Plan(
        "speedup",
        "Speedups",
        "Speedups",
        "Each workload at its largest measured size, over seq, the suite's code for one thread.",
        answers,
    ),
    Plan(
        "why",
        "Why not more",
        "Why not more",
        "A speedup is what the machine gives times what the code makes of it: vs seq = machine x"
        " code. A code at its ceiling has nothing left on this device.",
    ),
    Plan(
        "breakeven",
        "Is the GPU worth it?",
        "Is the GPU worth it?",
        "The fastest code of the host at each size against the GPU: right of 1x the GPU is faster.",
        gpu_answers,
        "Times at the largest size",
    ),
    Plan(
        "scaling",
        "Scaling",
        "Scaling",
        "Speedup over threads, beside what the machine gives on as many.",
        sentences=lambda source: scaling_sentences.sentences(source.scalings),
    ),
    Plan(
        "roofline",
        "Roofline",
        "Roofline",
        "Each case against the ceiling that was measured at the level where its data live.",
    ),
)


def weak_section(sources: Sequence[Source]) -> Section | None:
    """None without a run whose sizes grew with the threads."""
    blocks = [block for source in sources for block in _weak_blocks(source)]
    lead = "As much work for each thread: rate over that on one, beside what the machine gives."
    return Section("weak", "Weak scaling", "Weak scaling", lead, blocks) if blocks else None


def _weak_blocks(source: Source) -> Iterator[Block]:
    found = weak_scalings(source.content)
    if not found:
        return
    drawn = of_kind("scaling", source)
    said = [weak_sentences.answer(found), *weak_sentences.refusals(found)]
    head, *rows = weak_sentences.table(found)
    cells = [[Cell(pretty(text)) for text in row] for row in rows]
    yield Block(
        of=source.label,
        paragraphs=[pretty(text) for text in said if text],
        pictures=[drawn] if drawn else [],
        tables=[Table(head, cells, frozenset(("workload",)), legend=weak_sentences.LEGEND)],
    )


def chart_sections(sources: Sequence[Source]) -> Iterator[Section]:
    """Those for which the files have data."""
    for plan in PLANS:
        if blocks := [block for source in sources for block in _blocks(plan, source)]:
            yield Section(plan.kind, plan.short, plan.title, plan.lead, blocks)


def _blocks(plan: Plan, source: Source) -> Iterator[Block]:
    table = plan.table(source) if plan.table else None
    is_weak = source.content.workspan.run.sweep == "weak_scaling"  # a section of its own
    if not (is_weak and plan.kind == "scaling") and (found := of_kind(plan.kind, source)):
        said = [pretty(text) for text in plan.sentences(source)] if plan.sentences else []
        yield Block(pictures=[found], paragraphs=said)
    if table and table.rows:
        yield Block(of=source.label, tables=[table], fold=plan.fold)


def cases_section(sources: Sequence[Source]) -> Section:
    """All cases of all files, folded, with a search."""
    room = MOST_ROWS // len(sources)
    return Section(
        "cases",
        "All cases",
        "All cases",
        blocks=[*_folds(sources, room)],
    )


def _folds(sources: Iterable[Source], room: int) -> Iterator[Block]:
    for source in sources:
        cases = source.content.workspan.cases
        yield Block(
            of=source.label,
            fold=f"{len(cases)} cases",
            tables=[all_cases(source, cases, room)],
            search=True,
            printed=False,
        )
