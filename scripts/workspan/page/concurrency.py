# SPDX-License-Identifier: Apache-2.0
"""The section on concurrency: what execution models cost and gain, and traces as timelines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workspan.analysis.figures import Figure
from workspan.analysis.model_cases import is_about_concurrency
from workspan.page.content import Block, Cell, Picture, Section, Table
from workspan.page.sources import Source
from workspan.report.concurrency_table import (
    concurrency_report,
    legend,
    model_figures,
    shown_cells,
)
from workspan.report.figure_cells import MODEL
from workspan.resultfile.model import Status


def concurrency_section(sources: Iterable[Source], timelines: Sequence[Picture]) -> Section | None:
    """None for files without such cases."""
    blocks = [block for source in sources for block in _blocks(source)]
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


def _blocks(source: Source) -> Iterator[Block]:
    cases = [c for c in source.content.workspan.cases if is_about_concurrency(c)]
    if not any(case.status is Status.OK for case in cases):
        return
    report = concurrency_report(source.content)
    titles, rows = shown_cells(report.models)
    if rows:
        figures = [model_figures(row) for row in report.models.rows]
        words = legend(titles, rows, report.models.subject)
        table = _table(titles, rows, figures, words)
        yield Block(of=source.label, paragraphs=report.sentences, tables=[table])
    for one in report.sheets:
        table = _table(one.titles, one.rows, one.figures, one.legend)
        yield Block(heading=one.heading, of=source.label, paragraphs=one.sentences, tables=[table])
    doubts = "\n".join(report.notes).replace("\n    ", " ").splitlines()
    if doubts:
        yield Block(fold=f"Notes: {len(doubts)}", paragraphs=doubts)


def _table(
    titles: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    figures: Sequence[Mapping[str, Figure | None]],
    words: str,
) -> Table:
    """Cells that sort by their figures."""
    cells = [
        [Cell(row[title].strip(), _value(of.get(title))) for title in titles]
        for row, of in zip(rows, figures, strict=True)
    ]
    return Table(titles, cells, frozenset((MODEL,)), legend=words)


def _value(figure: Figure | None) -> float | None:
    return figure.value if figure else None
