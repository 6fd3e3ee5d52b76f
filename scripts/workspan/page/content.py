# SPDX-License-Identifier: Apache-2.0
"""What a page consists of: sections of charts, tables, facts and paragraphs; and cells from values.

Texts are raw: the templates escape all that they show.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from markupsafe import Markup

from workspan.plot.words import size
from workspan.report.cells import ABSENT
from workspan.support.units import format_number

POWER: Final = re.compile(r"\b2\^([1-9]\d?)\b")
MOST_IN_CHART: Final = 300  # rows of the table below a chart
MOST_ROWS: Final = 2000  # of all tables with a row a case; the rest by `workspan export`


class Cell(NamedTuple):
    """A text, the number by which its column is sorted, and a remark behind it.

    value: None: it sorts by the text.
    """

    text: str
    value: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows below titles. words: titles of columns of text, which are not numbers; prose: of those
    whose text may be long. left_out: rows that the page has no room for.
    """

    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: frozenset[str] = frozenset()
    prose: frozenset[str] = frozenset()
    legend: str = ""
    left_out: int = 0

    @cached_property
    def aligned(self) -> list[str]:
        """The class of each column."""
        return [
            "w p" if title in self.prose else "w" if title in self.words else ""
            for title in self.titles
        ]

    @cached_property
    def noted(self) -> list[bool]:
        """Whether a column has remarks, for which the others of it leave room."""
        return [any(row[k].note for row in self.rows) for k in range(len(self.titles))]


@dataclass(frozen=True)
class Picture:
    """A figure at the width of a desktop and at that of a phone, and the table of its data."""

    label: str
    wide: Markup
    narrow: Markup
    table: Table | None
    has_kinds: bool = True  # its colours are those of the legend
    caption: str = ""


@dataclass(frozen=True)
class Block:
    """A part of a section: paragraphs, pictures, facts, tables. fold: a title that opens it.

    of: the file that it is of, if there are several. rest: paragraphs on further sizes, folded.
    """

    paragraphs: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()
    facts: Sequence[tuple[str, str]] = ()
    heading: str = ""
    of: str = ""
    rest: Sequence[str] = ()
    fold: str = ""
    search: bool = False
    printed: bool = True


@dataclass(frozen=True)
class Section:
    """A titled part of the page. short: its name in the list of contents."""

    name: str
    short: str
    title: str
    lead: str = ""
    blocks: Sequence[Block] = field(default_factory=tuple)
    cards: bool = False  # blocks stand beside each other


def pretty(text: str) -> str:
    """A sentence of the house with powers and intervals as a page can show them."""
    raised = POWER.sub(lambda found: size(2 ** int(found[1])), text)
    return raised.replace("+-", "\N{PLUS-MINUS SIGN}")


def cell(value: object) -> Cell:
    """Of a raw value: numbers, also those written as text, with three digits, whole ones with all
    that they were written with; nothing as a dash.
    """
    if value is None or value == "":
        return Cell(ABSENT)
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    number = _number(value)
    if number is None:
        return Cell(str(value))
    if number.is_integer() and abs(number) < 2**53:
        return Cell(f"{number:.3g}" if "e" in str(value) else str(int(number)), number)
    return Cell(format_number(number), number)


def _number(value: object) -> float | None:
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def table_of(
    titles: Sequence[str], rows: Iterable[Sequence[object]], most: int = MOST_IN_CHART
) -> Table:
    """Of raw values: a column without a number is one of words."""
    all_rows = list(rows)
    shown = [[cell(value) for value in row] for row in all_rows[:most]]
    numeric = {
        title for k, title in enumerate(titles) if any(row[k].value is not None for row in shown)
    }
    words = frozenset(titles) - numeric
    return Table(titles, shown, words, left_out=len(all_rows) - len(shown))
