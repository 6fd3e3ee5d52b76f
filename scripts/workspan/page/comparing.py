# SPDX-License-Identifier: Apache-2.0
"""The section that compares several files with the first: what `workspan compare` says of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.compare.across_machines import SIDES, compare_machines
from workspan.compare.cases import compare_files
from workspan.compare.differences import of_two_machines
from workspan.page.charts import of_kind
from workspan.page.content import Block, Cell, Picture, Section, Table, pretty
from workspan.page.sources import Source
from workspan.report.comparison.comparison import build_sheet
from workspan.report.comparison.comparison_sheet import Section as Rows
from workspan.report.comparison.comparison_sheet import Sheet
from workspan.support.units import SECONDS

MOST_ROWS: Final = 500  # of one table
NOTHING: Final = "no case was measured in both"
OPEN: Final = 40  # rows of a table up to which it is not folded
NUMBER: Final = re.compile(r"[<~x]?([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)[ *^~]*(ns|us|ms|s)?\b")


@dataclass(frozen=True)
class Comparison:
    """A file against the first one. chart: None between machines, which get no verdict, and of
    runs without a common case.
    """

    old: Source
    new: Source
    sheet: Sheet
    chart: Picture | None

    @property
    def is_one_machine(self) -> bool:
        """Whether both are of one machine, so that cases are compared."""
        return not of_two_machines(self.old.content, self.new.content)

    @property
    def answer(self) -> str:
        """In a sentence."""
        said = self.chart.label if self.chart else (self.sheet.summary or [NOTHING])[0]
        if not self.chart and self.is_one_machine:
            said = NOTHING
        return pretty(f"{said[0].upper()}{said[1:]}{'' if said.endswith('.') else '.'}")


def comparisons(sources: Sequence[Source]) -> list[Comparison]:
    """Of every further file with the first."""
    return [_compare(sources[0], new) for new in sources[1:]]


def _compare(old: Source, new: Source) -> Comparison:
    before, after = old.content, new.content
    if of_two_machines(before, after):
        sides = old.letter or SIDES[0], new.letter or SIDES[1]
        report = compare_machines(before, after, (old.name, new.name), sides=sides)
        return Comparison(old, new, build_sheet(report), None)
    found = compare_files(before, after, (old.name, new.name))
    return Comparison(old, new, build_sheet(found), of_kind("compare", old, new))


def compare_section(found: Sequence[Comparison]) -> Section:
    """The charts and tables of all comparisons."""
    blocks = [block for one in found for block in _blocks(one)]
    return Section("compare", "Compared", "Compared", "", blocks)


def _blocks(one: Comparison) -> Iterator[Block]:
    sheet = one.sheet
    yield Block(
        of=_which(one),
        paragraphs=[pretty(line) for line in sheet.summary[0 if one.chart else 1 :]],
        pictures=[one.chart] if one.chart else [],
        tables=[_differences(sheet)] if sheet.differences else [],
    )
    for section in sheet.sections:
        heading = f"{section.word} {section.heading}"
        is_long = len(section.rows) > OPEN
        yield Block(
            heading="" if is_long else heading,
            fold=heading if is_long else "",
            tables=[_table(section, sheet)],
            search=is_long,
            printed=not is_long,
        )
    yield Block(paragraphs=[pretty(line) for line in sheet.notes])


def _which(one: Comparison) -> str:
    """Which files are the sides; empty if the letters of the page say it already."""
    letters, names = (one.old.letter, one.new.letter), one.sheet.names
    if letters == names:
        return "" if "old" in names else f"{names[0]} and {names[1]}"
    return ", ".join(f"{name}: {letter}" for name, letter in zip(names, letters, strict=True))


def _differences(sheet: Sheet) -> Table:
    """What is not the same on both sides."""
    titles = ["differs", *sheet.names]
    rows = [[Cell(text) for text in difference] for difference in sheet.differences]
    return Table(titles, rows, frozenset(titles), frozenset(sheet.names))


def _table(section: Rows, sheet: Sheet) -> Table:
    titles = [column.title for column in sheet.columns]
    words = frozenset(c.title for c in sheet.columns if not c.right)
    rows = [
        [
            text_cell(text) if column.right else Cell(text)
            for text, column in zip(row, sheet.columns, strict=True)
        ]
        for row in section.rows[:MOST_ROWS]
    ]
    return Table(titles, rows, words, left_out=len(section.rows) - len(rows))


def text_cell(text: str) -> Cell:
    """A number as the house writes it, with the value by which it sorts: 4.30 ms, +3.2 %."""
    found = NUMBER.match(text)
    if not found:
        return Cell(text or "-")
    return Cell(text, float(found[1]) * SECONDS.get(found[2] or "s", 1.0))
