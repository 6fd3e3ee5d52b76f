# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines."""

from workspan.compare.across_machines import CrossReport, CrossRow
from workspan.report.cross_sheet import cross_sheet

SAME = CrossRow("copy/seq/n:8/threads:1", "copy/seq/n:8/threads:1", {"of_ceiling": (0.75, 1.0)})
OTHER = CrossRow(
    "copy/omp/n:8/threads:2",
    "copy/omp/n:8/threads:64",
    {"of_ceiling": (0.5, 0.25), "vs_seq": (2, 48.123)},
)


def test_each_quantity_has_old_and_new_beside_each_other() -> None:
    sheet = cross_sheet(CrossReport([SAME, OTHER], "a", "b", left_out=3, notes=["a note"]))
    assert [c.title for c in sheet.columns] == ["case", "of ceiling (old new)", "vs seq (old new)"]
    (section,) = sheet.sections
    assert section.rows == [
        ["copy/seq/n:8/threads:1", "   0.75        1", ""],
        ["copy/omp/n:8/threads:2 and threads:64", "    0.5     0.25", "      2     48.1"],
    ]
    assert section.heading == "2: no verdict between machines"
    assert sheet.sides == [("old", "a"), ("new", "b")]
    assert sheet.summary == ["2 cases of both machines; 3 of only one, or with nothing to compare"]
    assert sheet.notes == ["a note"]


def test_the_share_of_the_ceiling_is_never_left_out() -> None:
    sheet = cross_sheet(CrossReport([OTHER]))
    assert [column.dispensable for column in sheet.columns] == [0, 0, 1]


def test_without_rows_there_is_no_section() -> None:
    assert cross_sheet(CrossReport([])).sections == []
