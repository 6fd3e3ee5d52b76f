# SPDX-License-Identifier: Apache-2.0
"""Cells from raw values, and tables with a limit on their rows."""

import pytest

from workspan.page.content import Cell, Table, cell, table_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, Cell("-")),
        ("", Cell("-")),
        (True, Cell("yes")),
        (False, Cell("no")),
        (12, Cell("12", 12)),
        ("4096", Cell("4096", 4096)),
        ("1.4678e+10", Cell("1.47e+10", 1.4678e10)),
        (1.23456, Cell("1.23", 1.23456)),
        ("0.00123456", Cell("1.2e-03", 0.00123456)),
        ("gemm", Cell("gemm")),
        ("nan", Cell("nan")),
        ("inf", Cell("inf")),
        (1e300, Cell("1.0e+300", 1e300)),
    ],
)
def test_a_cell_shows_three_digits_and_sorts_by_all(value: object, expected: Cell) -> None:
    assert cell(value) == expected


def test_columns_without_a_number_are_words() -> None:
    table = table_of(("case", "time", "q"), [("a", "1.5", ""), ("b", "", "")])
    assert table.words == {"case", "q"}
    assert table.aligned == ["w", "", "w"]
    assert table.rows[1][1] == Cell("-")


def test_rows_beyond_the_room_are_counted() -> None:
    table = table_of(("n",), [(k,) for k in range(10)], most=4)
    assert [row[0].text for row in table.rows] == ["0", "1", "2", "3"]
    assert table.left_out == 6


def test_a_column_with_a_remark_leaves_room_in_all_rows() -> None:
    table = Table(["a", "b"], [[Cell("1"), Cell("2", 2, "5%")], [Cell("3"), Cell("4")]])
    assert table.noted == [False, True]


def test_prose_is_words_that_may_wrap() -> None:
    assert Table(["why"], [], frozenset(("why",)), frozenset(("why",))).aligned == ["w p"]
