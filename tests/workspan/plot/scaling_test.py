# SPDX-License-Identifier: Apache-2.0
"""scaling: points, the machine's own curve, the law that was fitted, or why there is none."""

from dataclasses import replace

import pytest
from pictured import ALONE, AMDAHL, USL, XEON, drawn, made, marks_of, run, words_of

from workspan.analysis.laws.scaling import Law, scalings
from workspan.plot.scaling import (
    DASHED,
    FEWEST,
    GIVEN,
    IDEAL,
    REFUSALS,
    ScalingData,
    law_words,
    scaling_data,
    title,
)
from workspan.stats.ratios import Estimate


def the_curve(name: str = AMDAHL, **changes: object):
    (found,) = scaling_data(run(name), scalings(run(name))).found
    return replace(found, **changes)


def lines(name: str, color: str) -> list:
    figure = drawn("scaling", 85, name)
    return [
        line
        for axes in figure.axes
        for line in axes.lines
        if line.get_color() == color and line.get_linewidth() == 0.9
    ]


def test_points_are_the_speedups_by_threads() -> None:
    marks = marks_of(drawn("scaling", 85, AMDAHL))
    assert [mark.name.rpartition(":")[2] for mark in marks] == [
        "1",
        "2",
        "3",
        "4",
        "6",
        "8",
        "12",
        "16",
    ]
    assert [m.x for m in marks] == sorted(m.x for m in marks)
    assert [m.y for m in marks] == sorted((m.y for m in marks), reverse=True)
    assert not [mark for mark in marks if mark.hollow]


def test_ideal_and_machine_are_drawn_and_the_law_is_dashed() -> None:
    (ideal,), (given,) = lines(AMDAHL, IDEAL), lines(AMDAHL, GIVEN)
    assert len(ideal.get_xdata()) == 2
    assert len(given.get_xdata()) == 8
    (law,) = lines(AMDAHL, "#0072b2")
    assert law.is_dashed()
    assert DASHED == (0, (4.0, 2.0))
    assert not lines(ALONE, "#0072b2"), "one process has no law"


def test_the_law_runs_through_the_points() -> None:
    for name in (AMDAHL, USL):
        (law,) = lines(name, "#0072b2")
        places = list(zip(law.get_xdata(), law.get_ydata(), strict=True))
        for mark in marks_of(drawn("scaling", 85, name)):
            off = min(abs(y - mark.y) for x, y in places if abs(x - mark.x) < 0.05)
            assert off < 2, "points, of a height of more than 70"


def test_one_and_all_threads_make_no_curve() -> None:
    assert FEWEST == 3
    assert not scaling_data(run(XEON), scalings(run(XEON))).found


def test_the_variant_that_gains_most_at_the_largest_size_is_drawn() -> None:
    one = the_curve()
    weak = replace(
        one,
        variant="weak",
        points=tuple(replace(p, speedup=Estimate(1.0, None, 5)) for p in one.points),
    )
    small = replace(one, variant="small", n=4)
    found = scaling_data(run(AMDAHL), (weak, one, small)).found
    assert [curve.variant for curve in found] == ["omp"]


def test_the_law_in_words() -> None:
    sure = Estimate(0.03, (0.02, 0.04), 5)
    none = Estimate(0.001, (-0.002, 0.004), 5)
    assert law_words(the_curve(law=Law("amdahl", sure))) == "serial 3 % [2, 4]"
    assert law_words(the_curve(law=Law("amdahl", none))) == "no serial part (< 0.4 %)"
    peaked = Law("usl", sure, Estimate(0.01, (0.005, 0.015), 5), Estimate(9.8, (8, 12), 5))
    assert law_words(the_curve(law=peaked)) == "serial 3 % [2, 4], peak at 10 cores"
    assert law_words(the_curve(law=None, refusal=None)) == ""


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_in_words(refusal: str) -> None:
    assert law_words(the_curve(law=None, refusal=refusal, kink=8)).endswith("at 8 threads")


def test_a_break_is_said_to_be_one() -> None:
    words = law_words(the_curve(law=None, refusal="neither_law", kink=8))
    assert words == "neither law: its time breaks at 8 threads"


def test_titles_tell_the_largest_serial_part_or_the_gain() -> None:
    assert made("scaling", AMDAHL).title == "reduce shows a serial part of 3.2 %"
    part, none = (Law("amdahl", Estimate(0.03, ends, 5)) for ends in ((0.02, 0.04), (-0.01, 0.04)))

    def titled(*laws: Law) -> str:
        curves = (the_curve(law=law, workload=f"w{k}") for k, law in enumerate(laws))
        return title(ScalingData(run(AMDAHL), tuple(curves)))

    assert titled(none) == "w0 shows no serial part"
    assert titled(part, part) == "All 2 codes show a serial part; the largest is 3 % (w0)"
    assert titled(part, none) == "No serial part shows in 1 of 2 codes; the largest is 3 % (w0)"
    assert made("scaling", ALONE).title == title(ScalingData(run(ALONE), (the_curve(ALONE),)))
    assert made("scaling", ALONE).title.startswith("16 threads gain ")


def test_the_key_explains_what_is_there() -> None:
    assert "the law" in words_of(drawn("scaling", 180, AMDAHL))
    assert "the law" not in words_of(drawn("scaling", 180, ALONE))
    assert "fewer than 3 processes" in words_of(drawn("scaling", 180, ALONE))


def test_the_table_has_a_row_per_point() -> None:
    headers, rows = made("scaling", USL).table()
    assert len(rows) == 8
    last = dict(zip(headers, rows[-1], strict=True))
    assert (last["threads"], last["law"]) == ("16", "usl")
    assert float(last["coherency"]) == pytest.approx(0.01, rel=0.1)
