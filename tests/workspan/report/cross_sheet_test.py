# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines."""

import io

from rich.console import Console

from workspan.compare.across_machines import CrossReport, CrossRow
from workspan.compare.verdict import Thresholds
from workspan.report.comparison import render
from workspan.report.comparison_terminal import print_table
from workspan.report.cross_sheet import cross_sheet

SAME = CrossRow("copy/seq/n:8/threads:1", "copy/seq/n:8/threads:1", {"of_ceiling": (0.75, 1.0)})
OTHER = CrossRow(
    "copy/omp/n:8/threads:2",
    "copy/omp/n:8/threads:64",
    {"of_ceiling": (0.5, 0.25), "vs_seq": (2, 48.123)},
)


def test_each_quantity_has_a_column_for_each_machine() -> None:
    titles = ["case", "of ceiling: old", "new", "vs seq: old", "new"]
    sheet = cross_sheet(CrossReport([SAME, OTHER], "a", "b", left_out=3, notes=["a note"]))
    assert [c.title for c in sheet.columns] == titles
    (section,) = sheet.sections
    assert section.rows == [
        ["copy/seq/n:8/threads:1", "0.75", "1.00", "", ""],
        ["copy/omp/n:8/threads:2 and 64", "0.50", "0.25", "2.00", "48.1"],
    ]
    assert section.heading == "2: no verdict between machines"
    assert sheet.sides == [("old", "a"), ("new", "b")]
    assert sheet.summary == ["2 cases of both machines; 3 of only one, or with nothing to compare"]
    assert sheet.notes == ["a note"]


def test_each_heading_ends_above_its_numbers() -> None:
    lines = render(CrossReport([SAME, OTHER]), "table", Thresholds()).splitlines()
    heading, first, second = lines[4:7]
    assert heading.split()[-7:] == ["ceiling:", "old", "new", "vs", "seq:", "old", "new"]
    for title, number in (("of ceiling: old", "0.50"), ("vs seq: old", "2.00")):
        assert heading.index(title) + len(title) == second.index(number) + len(number)
    assert first.index("0.75") == second.index("0.50")
    assert len(heading) == len(second)


def test_both_columns_of_a_quantity_are_left_out_together() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=70)
    print_table(cross_sheet(CrossReport([OTHER])), console)
    assert "no room for columns vs seq: old, new; --format csv has all" in out.getvalue()


def test_the_share_of_the_ceiling_is_never_left_out() -> None:
    sheet = cross_sheet(CrossReport([OTHER]))
    assert [column.dispensable for column in sheet.columns] == [0, 0, 0, 1, 1]


def test_without_rows_there_is_no_section() -> None:
    assert cross_sheet(CrossReport([])).sections == []
