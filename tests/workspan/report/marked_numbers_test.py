# SPDX-License-Identifier: Apache-2.0
"""Numbers in prose: their forms, their marks, and the legend of the marks in a text."""

import pytest

from workspan.report.marked_numbers import (
    bare,
    by_value,
    mark_legend,
    number,
    percent,
    times,
    what_would_tell,
)
from workspan.stats.ratios import FEWEST_PAIRS, FEWEST_PROCESSES, Estimate

KNOWN = Estimate(1.97, (1.88, 2.07), 3)
WITHIN = Estimate(13.7, (12.0, 15.0), 1, True)
UNSURE = Estimate(13.7, None, 1, True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (KNOWN, "1.97x [1.88, 2.07]"),
        (WITHIN, "13.7x [12.0, 15.0]*"),
        (UNSURE, "13.7x?"),
        (Estimate(13.7, None, 2), "13.7x?"),
        (Estimate(0.9, (0.8, 1.0), 3, from_rows=True), "0.90x [0.80, 1.00]^"),
        (Estimate(0.9, None, 1, from_rows=True), "0.90x?^"),
        (Estimate(1.0, None, 3, exact=True), "1.00x"),
        (2, "2.00x"),
    ],
)
def test_factors(value: float | Estimate, text: str) -> None:
    assert times(value) == text
    assert number(value) == text.replace("x", "")


def test_beside_another_number_only_the_lack_of_an_interval_is_marked() -> None:
    assert [bare(value) for value in (KNOWN, WITHIN, UNSURE, 2)] == [
        "1.97x",
        "13.7x",
        "13.7x?",
        "2.00x",
    ]
    assert [by_value(value) for value in (KNOWN, UNSURE, 2)] == ["", "?", ""]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1.02, "102 %"),
        (0.999, "over 99 %"),
        (1.0, "100 %"),
        (0.002, "below 1 %"),
        (0.006, "1 %"),
        (Estimate(1.02, (1.0, 1.04), 3), "102 %"),
        (Estimate(1.02, None, 1), "102 %?"),
        (Estimate(0.002, None, 1), "below 1 %?"),
    ],
)
def test_shares_are_never_a_rounded_all_or_nothing(share: float | Estimate, text: str) -> None:
    assert percent(share) == text


def test_what_would_tell() -> None:
    assert what_would_tell({"processes": 5}) == "about 5 processes would tell"
    assert what_would_tell({"fewest": 3}) == "it takes 3 processes or more"
    assert what_would_tell({}) == "no reasonable number of processes would tell"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("gains 13.7x? at n = 2^28", ["?"]),
        ("never up to 2^12?; they are", ["?"]),
        ("at 102 %? of fma, [1, 2]*", ["*", "?"]),
        ("code 0.90?^.", ["?", "^"]),
        ("[0.9, 1]*^", ["*", "^"]),
        ("2^28, n = 2^12: 13.7x", []),
    ],
)
def test_the_legend_has_the_marks_of_the_text_and_no_others(text: str, marks: list[str]) -> None:
    legend = mark_legend(["plain", text])
    assert [mark for mark in "*?^" if f"{mark}: " in legend] == marks
    assert bool(legend) == bool(marks)


def test_the_legend_says_what_an_interval_takes() -> None:
    takes = f"an interval takes {FEWEST_PROCESSES} processes, or {FEWEST_PAIRS} samples of one."
    assert mark_legend(["13.7x?"]).endswith(takes)
