# SPDX-License-Identifier: Apache-2.0
"""The section on workloads: a card each, of what an expert would say, and rate against size."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from workspan.analysis.verdicts.verdicts import Verdict, verdicts
from workspan.page.charts import sizes_of
from workspan.page.content import Block, Picture, Section, pretty
from workspan.page.sources import MOST_SIZES, Source
from workspan.plot.words import size
from workspan.report.answer import verdict_sentences
from workspan.report.marked_numbers import mark_legend
from workspan.resultfile.names import problem_name

MOST_CARDS: Final = 60  # of a page


def workloads_section(sources: Sequence[Source]) -> Section | None:
    """None without a workload of which anything can be said."""
    cards = [card for source in sources for card in _cards(source)]
    if not cards:
        return None
    shown = cards[:MOST_CARDS]
    first = "" if len(cards) <= MOST_CARDS else f"The first {MOST_CARDS} of {len(cards)}."
    marks = mark_legend(text for card in shown for text in (*card.paragraphs, *card.rest))
    lead = " ".join(filter(None, (first, marks)))
    return Section("workloads", "Workloads", "Workloads", lead, shown, cards=True)


def _cards(source: Source) -> Iterator[Block]:
    """A workload with several inputs has a card for each of these."""
    of_card: dict[tuple[str, tuple[str, ...]], list[Verdict]] = defaultdict(list)
    for verdict in verdicts(source.content, source.judgements, sizes=1 + MOST_SIZES):
        of_card[verdict.workload, tuple(verdict.keys.values())].append(verdict)
    drawn: set[str] = set()
    for (workload, keys), said in of_card.items():
        is_first = workload not in drawn
        drawn.add(workload)
        chart = sizes_of(workload, source) if is_first else None
        yield _card(problem_name(workload, keys), said, source, chart)


def _card(name: str, said: Sequence[Verdict], source: Source, chart: Picture | None) -> Block:
    """The largest size in full, the others folded."""
    first, *others = said
    return Block(
        heading=f"{name}, n = {size(first.n)}",
        of=source.label,
        paragraphs=[pretty(text) for text in verdict_sentences.sentences(first)],
        pictures=[chart] if chart else [],
        rest=[_words(verdict) for verdict in others[:MOST_SIZES]],
    )


def _words(verdict: Verdict) -> str:
    return pretty(f"n = {size(verdict.n)}: {' '.join(verdict_sentences.sentences(verdict))}")
