# SPDX-License-Identifier: Apache-2.0
"""Cells of figures with their marks, and tables no wider than prose."""

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from workspan.analysis.ratios.figures import Figure
from workspan.report.cells import PROSE_COLUMNS
from workspan.report.figure_cells import (
    MODEL,
    Column,
    bandwidth_cell,
    call_time,
    figure_table,
    fine_per_cent,
    gain_cell,
    mark_legend,
    memory_cell,
    number_cell,
    per_cent,
    per_second,
    rate_cell,
    share_cell,
    sheet,
    time_cell,
)


def test_a_cell_has_its_unit_and_its_mark_or_a_space() -> None:
    noisy = Figure(1.28e9, noisy=True)
    assert bandwidth_cell(noisy) == "1.28 GB/s~"
    assert rate_cell(Figure(125e3)) == "125 k/s "
    assert time_cell(Figure(34e-9, noisy=True)) == "34.0 ns~"
    assert time_cell(Figure(1e-6, at_most=True)) == "< 1.00 us "
    assert gain_cell(Figure(0.5, noisy=True, one_cpu=True)) == "0.50x!"
    assert share_cell(Figure(0.994)) == "99 % "
    assert number_cell(Figure(0.75)) == "0.75 "
    assert memory_cell(Figure(1229.0, noisy=True)) == "1.23 kB"
    assert [show(None) for show in (time_cell, rate_cell, memory_cell)] == ["- ", "- ", "-"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.50 /s"),
        (999.4, "999 /s"),
        (999.6, "1.00 k/s"),
        (125e3, "125 k/s"),
        (3.2e6, "3.20 M/s"),
        (5e12, "5000 G/s"),
    ],
)
def test_rates_have_three_digits(value: float, text: str) -> None:
    assert per_second(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"),
        (1.0, "100 %"),
        (0.0002, "0.02 %"),
        (0.001, "0.1 %"),
        (0.0995, "10 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.996, "99.6 %"),
        (0.9997, "99.97 %"),
        (1.25, "125 %"),
        (1e300, "1.0e+302 %"),
    ],
)
def test_a_share_is_never_a_rounded_0_or_100(share: float, text: str) -> None:
    assert per_cent(share) == text


@dataclass(frozen=True)
class Row:
    model: str
    cost: Figure | None = None
    other: Figure | None = None


COLUMNS = (
    Column("the cost", "cost", time_cell, "of a task."),
    Column("other", "other", gain_cell, "of another.", narrow="the\nother"),
)


def test_a_sheet_leaves_out_columns_without_a_value() -> None:
    found = sheet("Heading", COLUMNS, [Row("pool", Figure(1e-6)), Row("seq")], ["Said."])
    assert found.titles == [MODEL, "the cost"]
    assert [row["the cost"] for row in found.rows] == ["1.00 us ", "- "]
    assert found.figures[0]["the cost"] == Figure(1e-6)
    assert (found.legend, found.sentences) == ("the cost: of a task.", ["Said."])


def test_a_narrow_title_has_a_line_for_each_word_unless_the_column_says_otherwise() -> None:
    found = sheet("", COLUMNS, [Row("pool", Figure(1e-6), Figure(2.0))], [])
    assert found.narrow == {"the cost": "the\ncost", "other": "the\nother"}


def test_the_marks_that_occur_are_explained() -> None:
    assert "!: its tasks ran on one CPU" in mark_legend([{"x": "0.99x!"}])
    assert mark_legend([{"x": "0.99x~"}]).startswith("~: ")


def shown(titles: list[str], rows: list[dict[str, str]]) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=200)
    console.print(figure_table(titles, {}, rows))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_gaps_shrink_before_a_table_is_wider_than_prose() -> None:
    titles = [MODEL, *("abcdefgh"[k] for k in range(8))]
    wide = dict.fromkeys(titles, "x" * 10)
    lines = shown(titles, [wide])
    assert max(map(len, lines)) == 98 <= PROSE_COLUMNS
    narrow = dict.fromkeys(titles, "xxx")
    assert "xxx    xxx  xxx" in shown(titles, [narrow])[1]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        *((0.0, "0.0 %"), (0.98, "98.0 %"), (0.996, "99.6 %"), (1.0, "100.0 %")),
        *((0.0002, "0.02 %"), (0.9997, "99.97 %"), (1e300, "1.0e+302 %")),
    ],
)
def test_shares_beside_each_other_have_one_decimal(share: float, text: str) -> None:
    assert fine_per_cent(share) == text


def test_a_call_below_what_a_clock_tells_has_no_digits() -> None:
    assert [call_time(ns * 1e-9) for ns in (0.0, 0.99, 1.0)] == ["< 1 ns", "< 1 ns", "1.00 ns"]
