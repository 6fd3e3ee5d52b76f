# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines: for each quantity a column of the old and one of the new."""

from collections.abc import Sequence

from workspan.compare.across_machines import QUANTITIES, CrossReport, CrossRow
from workspan.report.comparison_sheet import Column, Section, Sheet
from workspan.support.text import plain, quantity
from workspan.support.units import format_number

DISPENSABLE = {  # if there is no room, the column with the highest number goes first
    "of_ceiling": 0,
    "vs_seq": 1,
    "vs_1_thread": 3,
    "efficiency": 2,
    "machine": 4,
    "code": 4,
    "vs_best_host": 5,
}


def cross_sheet(report: CrossReport) -> Sheet:
    """The sheet of a comparison of machines; it has no verdicts."""
    names = [name for name in QUANTITIES if any(name in row.quantities for row in report.rows)]
    columns = [Column("case", right=False)]
    columns += [column for name in names for column in _columns(name)]
    rows = [_row(row, names) for row in report.rows]
    count = (
        f"{quantity(len(rows), 'case')} of both machines; "
        f"{report.left_out} of only one, or with nothing to compare"
    )
    heading = f"{len(rows)}: no verdict between machines"
    return Sheet(
        [("old", plain(report.old)), ("new", plain(report.new))],
        [],
        columns,
        [Section("CROSS", heading, rows, [""] * len(rows))] if rows else [],
        [count],
        report.notes,
    )


def _columns(name: str) -> tuple[Column, Column]:
    """The columns of both machines: `vs seq: old` and `new`."""
    quantity_name, dispensable = name.replace("_", " "), DISPENSABLE[name]
    return Column(f"{quantity_name}: old", dispensable), Column("new", dispensable)


def _row(row: CrossRow, names: Sequence[str]) -> list[str]:
    pairs = [row.quantities.get(name) for name in names]
    return [_case_name(row), *(cell for pair in pairs for cell in _cells(pair))]


def _case_name(row: CrossRow) -> str:
    """With the number of threads on each machine: copy/omp/n:8/threads:2 and 64."""
    if row.name == row.new_name:
        return plain(row.name)
    return plain(f"{row.name} and {row.new_name.rpartition(':')[2]}")


def _cells(pair: tuple[float, float] | None) -> tuple[str, str]:
    return (format_number(pair[0]), format_number(pair[1])) if pair else ("", "")
