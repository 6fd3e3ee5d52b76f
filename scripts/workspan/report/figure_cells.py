# SPDX-License-Identifier: Apache-2.0
"""Tables of figures, a row for each execution model: cells with their marks, legends, widths."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from rich.table import Table
from rich.text import Text

from workspan.analysis.ratios.figures import Figure
from workspan.report.cells import ABSENT, NOISY, PROSE_COLUMNS, ratio
from workspan.support.units import format_bytes, format_number, format_time

MODEL: Final = "model"
ON_ONE_CPU: Final = "!"  # meant for several CPUs, but its tasks ran on one
ON_ONE_CPU_LEGEND: Final = f"{ON_ONE_CPU}: its tasks ran on one CPU, so it is not a result."
END: Final = (
    f'{NOISY}: an interval is wider than the target, or there is none. "{ABSENT}": not measured in'
    " this run, or not meaningful for the row."
)
RATE_UNITS: Final = ((1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s"), (1.0, "/s"))

Show = Callable[[Figure | None], str]


class Column(NamedTuple):
    """field: of a row; narrow: its title in a table of text, in lines; empty: a line for a word."""

    title: str
    field: str
    show: Show
    legend: str
    narrow: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table: the rows' cells and figures by title, what the numbers say, and a legend of the
    columns, to which that of the marks belongs.
    """

    heading: str
    titles: Sequence[str]
    narrow: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]
    figures: Sequence[Mapping[str, Figure | None]]
    legend: str
    sentences: Sequence[str]


def sheet(
    heading: str, columns: Sequence[Column], rows: Sequence[Any], sentences: Sequence[str]
) -> Sheet:
    """The table of these rows, without columns that have no value."""
    figures = [{c.title: getattr(row, c.field) for c in columns} for row in rows]
    cells = [
        {MODEL: row.model} | {c.title: c.show(of[c.title]) for c in columns}
        for row, of in zip(rows, figures, strict=True)
    ]
    known = [c for c in columns if any(of[c.title] for of in figures)]
    words = [f"{c.title}: {c.legend}" for c in known]
    titles = [MODEL, *(c.title for c in known)]
    narrow = {c.title: c.narrow or c.title.replace(" ", "\n") for c in known}
    return Sheet(heading, titles, narrow, cells, figures, " ".join(words), sentences)


def mark_legend(rows: Iterable[Mapping[str, str]]) -> str:
    """Of the marks in these cells."""
    marked = any(cell.endswith(ON_ONE_CPU) for row in rows for cell in row.values())
    return " ".join([*([ON_ONE_CPU_LEGEND] if marked else []), END])


def gain(value: float) -> str:
    """1.83x"""
    return f"{ratio(value)}x"


def per_second(value: float) -> str:
    """125 k/s"""
    scale, unit = next((one for one in RATE_UNITS if value >= 0.9995 * one[0]), RATE_UNITS[-1])
    return f"{format_number(value / scale)} {unit}"


def per_cent(value: float) -> str:
    """Never a rounded 0 or 100: 0.02 %, 99.6 %, 99.97 %."""
    share = 100 * value
    if share >= 1e6:
        return f"{format_number(share)} %"
    rounded = f"{share:.0f}" if share >= 9.95 else f"{share:.1f}"
    if float(rounded) in (0.0, 100.0) and share not in (0.0, 100.0):
        rounded = f"{share:.2g}" if share < 50 else _beside_100(share)
    return f"{rounded} %"


def _beside_100(share: float) -> str:
    """With the fewest decimals that tell it from 100."""
    told = (f"{share:.{decimals}f}" for decimals in range(1, 5))
    return next((text for text in told if float(text) != 100), f"{share:.5f}")


def fine_per_cent(value: float) -> str:
    """With a decimal, for shares near 100 beside each other: 98.0 %, 99.6 %, 100.0 %."""
    rounded = f"{100 * value:.1f}"
    is_plain = value <= 1 and (rounded not in ("0.0", "100.0") or value in (0, 1))
    return f"{rounded} %" if is_plain else per_cent(value)


def call_time(seconds: float) -> str:
    """Of a call that is less than a clock can tell: < 1 ns."""
    return format_time(seconds) if seconds >= 1e-9 else "< 1 ns"


def _cell(words: Callable[[float], str]) -> Show:
    def show(figure: Figure | None) -> str:
        if figure is None:
            return f"{ABSENT} "
        return f"{'< ' if figure.at_most else ''}{words(figure.value)}{_mark(figure)}"

    return show


def _mark(figure: Figure) -> str:
    return ON_ONE_CPU if figure.one_cpu else NOISY if figure.noisy else " "


time_cell: Final = _cell(format_time)
gain_cell: Final = _cell(gain)
rate_cell: Final = _cell(per_second)
bandwidth_cell: Final = _cell(lambda value: f"{format_bytes(value)}/s")
share_cell: Final = _cell(per_cent)
fine_share_cell: Final = _cell(fine_per_cent)
call_cell: Final = _cell(call_time)
count_cell: Final = _cell(lambda value: f"{value:.0f}")
number_cell: Final = _cell(format_number)


def memory_cell(figure: Figure | None) -> str:
    """Rough by nature: without a mark."""
    return format_bytes(figure.value) if figure else ABSENT


def figure_table(
    titles: Sequence[str], narrow: Mapping[str, str], rows: Sequence[Mapping[str, str]]
) -> Table:
    """At most as wide as prose, by narrower gaps if need be."""
    words = {title: narrow.get(title, title).split("\n") for title in titles}
    widths = [
        max(*(len(word) for word in words[title]), *(len(row[title]) for row in rows))
        for title in titles
    ]
    gap = 2 if sum(widths) + 2 * (len(titles) - 1) <= PROSE_COLUMNS else 1
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for title in titles:
        table.add_column(
            Text("\n".join(words[title])),
            justify="left" if title == MODEL else "right",
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(row[title], no_wrap=True) for title in titles))
    return table
