# SPDX-License-Identifier: Apache-2.0
"""The section on concurrency: what execution models cost and gain, and traces as timelines."""

from collections.abc import Iterable, Iterator, Sequence

from workspan.analysis.ratios.figures import Figure
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.page.content import Block, Cell, Picture, Section, Table
from workspan.page.sources import Source
from workspan.report.concurrency.concurrency_table import all_sheets, concurrency_report
from workspan.report.figure_cells import MODEL, Sheet, mark_legend
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
    for one in all_sheets(report):
        heading = one.heading
        yield Block(
            heading=heading, of=source.label, paragraphs=one.sentences, tables=[_table(one)]
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
