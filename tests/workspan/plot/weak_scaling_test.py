# SPDX-License-Identifier: Apache-2.0
"""Weak scaling: scaled speedups, the machine's own curve, the law, or why there is none."""

from dataclasses import replace
from typing import get_args

import pytest
from pictured import WEAK, drawn, made, marks_of, run
from weak_runs import gustafson, weak_run

from workspan.analysis.laws.weak_scaling import Refusal, weak_scalings
from workspan.plot.kinds import Run, picture
from workspan.plot.scaling import DASHED, GIVEN, IDEAL, scaling_data
from workspan.plot.weak_scaling import REFUSALS, law_words, title
from workspan.stats.ratios import Estimate
from workspan.support.errors import NothingError


def the_curve(**changes: object):
    (found,) = scaling_data(run(WEAK), weak_scalings(run(WEAK))).found
    return replace(found, **changes)


def lines(color: str) -> list:
    figure = drawn("scaling", 85, WEAK)
    return [
        line
        for axes in figure.axes
        for line in axes.lines
        if line.get_color() == color and line.get_linewidth() == 0.9
    ]


def test_points_are_the_scaled_speedups_each_of_the_case_of_its_size() -> None:
    names = [mark.name for mark in marks_of(drawn("scaling", 85, WEAK))]
    assert names == [f"reduce/omp/n:{1000 * p}/threads:{p}" for p in (1, 2, 4, 8, 16)]


def test_ideal_machine_and_law_are_lines() -> None:
    (ideal,), (given,), (law,) = lines(IDEAL), lines(GIVEN), lines("#0072b2")
    assert len(ideal.get_xdata()) == 2
    assert len(given.get_xdata()) == len(law.get_xdata()) == 5
    assert tuple(law._unscaled_dash_pattern[1]) == DASHED[1]


def test_the_table_has_a_row_for_each_number_of_threads() -> None:
    heads, rows = made("scaling", WEAK).table()
    assert [(row[3], row[4]) for row in rows] == [(str(p), str(1000 * p)) for p in (1, 2, 4, 8, 16)]
    assert {row[heads.index("law")] for row in rows} == {"gustafson"}
    assert float(rows[-1][heads.index("machine")]) == pytest.approx(8.6, rel=0.01)
    assert float(rows[-1][heads.index("serial")]) == pytest.approx(0.05, abs=0.01)


def test_the_title_says_what_the_threads_gain() -> None:
    data = scaling_data(run(WEAK), (the_curve(),))
    assert title(data) == "With as much work for each, 16 threads gain 8.2x (reduce) over one"


def test_each_workload_is_shown_by_its_largest_size() -> None:
    file = weak_run((1, 2, 4), gustafson(0.0), sizes=(1000, 3000))
    assert [one.n for one in scaling_data(file, weak_scalings(file)).found] == [3000]


def test_one_and_all_make_no_curve() -> None:
    file = weak_run((1, 2), gustafson(0.0))
    with pytest.raises(NothingError, match="3 numbers of threads"):
        picture("scaling", [Run("two", file)])


def test_the_law_or_why_there_is_none_is_in_words() -> None:
    assert set(REFUSALS) == set(get_args(Refusal))
    assert law_words(the_curve(serial=Estimate(0.05, (0.04, 0.06), 5))) == "serial 5 % [4, 6]"
    assert law_words(the_curve(serial=Estimate(0.0, (-0.01, 0.02), 5))) == "no serial part (< 2 %)"
    refused = the_curve(serial=None, refusal="not_the_law", kink=8)
    assert law_words(refused) == "not Gustafson's law: it breaks at 8 threads"
