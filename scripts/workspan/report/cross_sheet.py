# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines: for each quantity, old and new side by side."""

from workspan.compare.across_machines import QUANTITIES, CrossReport, CrossRow
from workspan.report.comparison_sheet import Column, Section, Sheet
from workspan.support.text import plain, quantity

DISPENSABLE = {  # the highest is left out first if there is no room
    "of_ceiling": 0,
    "vs_seq": 1,
    "vs_1_thread": 3,
    "efficiency": 2,
    "vs_all_cores": 4,
}


def cross_sheet(report: CrossReport) -> Sheet:
    """The sheet of a comparison of machines; it has no verdicts."""
    names = [name for name in QUANTITIES if any(name in row.quantities for row in report.rows)]
    columns = [Column("case", right=False)]
    columns += [Column(f"{name.replace('_', ' ')} (old new)", DISPENSABLE[name]) for name in names]
    rows = [
        [_case_name(row), *(_cell(row.quantities.get(name)) for name in names)]
        for row in report.rows
    ]
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


def _case_name(row: CrossRow) -> str:
    if row.name == row.new_name:
        return plain(row.name)
    return plain(f"{row.name} and threads:{row.new_name.rpartition(':')[2]}")


def _cell(pair: tuple[float, float] | None) -> str:
    return f"{pair[0]:7.3g}  {pair[1]:7.3g}" if pair else ""
