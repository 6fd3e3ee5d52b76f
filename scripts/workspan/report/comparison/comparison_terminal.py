# SPDX-License-Identifier: Apache-2.0
"""The table on a terminal.

The most urgent section comes last, next to the prompt; columns without room are left out and named.
"""

from itertools import takewhile
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from workspan.report.comparison.comparison_sheet import Column, Section, Sheet

STYLES = {
    "BROKEN": "bold red",
    "SLOWER": "bold red",
    "FASTER": "bold green",
    "FIXED": "bold green",
    "INCONCLUSIVE": "yellow",
    "NONE": "magenta",
    "ONLY_OLD": "cyan",
    "ONLY_NEW": "cyan",
}
WIDEST_VALUE = 60  # cells, of a value beside the other; longer ones stand below each other
LONGEST_VALUE = 240  # cells, of a value in the list of differences
GAP = "  "
MARGIN = "    "  # of the further lines of one that is wrapped


class Layout(NamedTuple):
    """The columns that fit, their widths, and whether each case name has a line of its own."""

    indices: list[int]
    columns: list[Column]
    widths: list[int]
    below: bool


def print_table(sheet: Sheet, console: Console) -> None:
    """Prints the sheet, no wider than the console."""
    width = console.width
    for word, what in sheet.sides:
        _line(console, Text(f"{word}{GAP}", "bold"), Text(what))
    _print_differences(sheet, console, width)
    layout, left_out = _layout(sheet, width)
    for section in reversed(sheet.sections):
        console.print()
        _line(
            console,
            Text(section.word, STYLES.get(section.word, "bold")),
            Text(f" {section.heading}"),
        )
        _print_rows(section, layout, console)
    console.print()
    for i, line in enumerate(sheet.summary):
        _line(console, Text(line, "bold" if i == 0 else ""))
    notes = list(sheet.notes)
    if left_out:
        notes.append(f"no room for columns {', '.join(left_out)}; --format csv has all")
    for note in notes:
        _line(console, Text(f"note: {note}", "dim"))


def _print_differences(sheet: Sheet, console: Console, width: int) -> None:
    if not sheet.differences:
        return
    rows = [("differs", *sheet.names), *sheet.differences]
    name = max(cell_len(row[0]) for row in rows)
    room = min(max((width - name) // 2 - len(GAP), 8), WIDEST_VALUE)
    wide = [max(map(cell_len, row[1:])) for row in rows]
    value = max((w for w in wide if w <= room), default=room)
    console.print()
    for i, (row, most) in enumerate(zip(rows, wide, strict=True)):
        if most > value:
            _print_long_difference(row, sheet.names, console)
            continue
        cells = [set_cell_size(row[0], name), *(set_cell_size(text, value) for text in row[1:])]
        _line(console, Text(GAP.join(cells).rstrip(), "bold" if i == 0 else ""))


def _print_long_difference(
    row: tuple[str, str, str], names: tuple[str, str], console: Console
) -> None:
    """Its values below each other and whole, but for what both of very long ones begin with."""
    what, *values = row
    _line(console, Text(what))
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*values, strict=False)))
    for side, text in zip(names, values, strict=True):
        name = set_cell_size(side, max(map(cell_len, names)))
        _line(console, Text(f"{GAP}{name}{GAP}{_short(text, common)}"))


def _short(text: str, common: int) -> str:
    """A long text around its first difference from another, after `common` characters."""
    if cell_len(text) <= LONGEST_VALUE:
        return text
    begin = max(0, common - LONGEST_VALUE // 2)
    ahead, rest = "..." if begin else "", text[begin:]
    whole = cell_len(rest) <= LONGEST_VALUE
    return ahead + (rest if whole else set_cell_size(rest, LONGEST_VALUE) + "...")


def _width(sheet: Sheet, column: int) -> int:
    return max(
        [
            cell_len(sheet.columns[column].title),
            *(cell_len(row[column]) for s in sheet.sections for row in s.rows),
        ]
    )


def _layout(sheet: Sheet, room: int) -> tuple[Layout, list[str]]:
    """The columns that fit, and the titles of the others; equally dispensable ones go together."""
    indices, left_out = list(range(len(sheet.columns))), list[str]()
    while sum(_width(sheet, i) + len(GAP) for i in indices) > room:
        most = max(sheet.columns[i].dispensable for i in indices)
        if most == 0:
            break
        group = [c.title for c in sheet.columns if c.dispensable == most]
        left_out = group + left_out
        indices = [i for i in indices if sheet.columns[i].dispensable < most]
    widths = [_width(sheet, i) for i in indices]
    below = sum(widths) + len(GAP) * len(widths) > room
    return Layout(
        indices, [sheet.columns[i] for i in indices], [2, *widths[1:]] if below else widths, below
    ), left_out


def _print_rows(section: Section, layout: Layout, console: Console) -> None:
    if any(any(row[i] for i in layout.indices[1:]) for row in section.rows):
        titles = [column.title for column in layout.columns]
        _line(console, Text(_row(["" if layout.below else titles[0], *titles[1:]], layout), "dim"))
    for row, detail in zip(section.rows, section.details, strict=True):
        cells = [row[i] for i in layout.indices]
        if layout.below:
            _line(console, Text(GAP + cells[0]))
            cells[0] = ""
        if any(cells):
            _line(console, Text(_row(cells, layout)))
        if detail:
            _line(console, Text(GAP * 2 + detail, "dim"))


def _row(cells: list[str], layout: Layout) -> str:
    aligned = []
    for cell, column, width in zip(cells, layout.columns, layout.widths, strict=True):
        gap = " " * (width - cell_len(cell))
        aligned.append(gap + cell if column.right else cell + gap)
    return (GAP + GAP.join(aligned)).rstrip()


def _line(console: Console, *texts: Text) -> None:
    """One line, wrapped at words beside a margin, never interpreted as markup."""
    text = Text.assemble(*texts)
    first, *more = text.wrap(console, console.width)
    first.rstrip()
    console.print(first, highlight=False)
    if more:
        rest = text[len(first.plain) :]
        rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
        for line in rest.wrap(console, max(1, console.width - len(MARGIN))):
            line.rstrip()
            console.print(Text.assemble(MARGIN, line), highlight=False)
