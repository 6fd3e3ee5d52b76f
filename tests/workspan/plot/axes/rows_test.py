# SPDX-License-Identifier: Apache-2.0
"""Rows of dots: their order, intervals, arrows beyond the axis, numbers, ticks and columns."""

import pytest
from drawn import texts_of
from matplotlib.figure import Figure
from pictured import arrows_of, illegible, intervals_of, marks_of, words_of

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS
from workspan.plot.words import factor, factor_tick

TEAM, GPU = LOOKS[Place.TEAM], LOOKS[Place.GPU]
FRAME = Frame(factor, "speedup", (Marker(1.0, "seq"),), tick=factor_tick)


def figure_of(rows: list[Row], frame: Frame = FRAME, width: float = 180) -> Figure:
    page = Page(width)
    add_rows(page, rows, frame)
    return page.figure()


def dot(value: float, low: float = 0, high: float = 0, look=TEAM, name: str = "case") -> Dot:
    return Dot(look, value, (low, high) if high else None, name)


def test_rows_are_in_their_order_and_dots_by_their_values() -> None:
    figure = figure_of(
        [Row("first", (dot(2, name="a"), dot(8, look=GPU, name="b"))), Row("second", (dot(4),))]
    )
    a, b, c = marks_of(figure)
    assert (a.name, b.name, c.name) == ("a", "b", "case")
    assert a.x < c.x < b.x
    assert a.y == b.y < c.y
    assert c.x - a.x == pytest.approx(b.x - c.x, abs=0.02), "factors of two are equal lengths"
    places = dict(texts_of(figure))
    assert places["first"].y0 > places["second"].y0


def test_an_interval_is_a_thick_line_and_its_lack_a_hollow_mark() -> None:
    figure = figure_of([Row("a", (dot(2, 1.5, 3),)), Row("b", (dot(2),))])
    assert [mark.hollow for mark in marks_of(figure)] == [False, True]
    (interval,) = intervals_of(figure)
    left, right = interval.get_xdata()
    assert left < marks_of(figure)[0].x < right


def test_a_value_beyond_the_axis_is_an_arrow_with_its_number() -> None:
    frame = Frame(factor, "change", range=(0.5, 2.0), tick=factor_tick)
    figure = figure_of(
        [Row("a", (dot(1.1, name="in"),)), Row("b", (dot(9),)), Row("c", (dot(0.01),))], frame
    )
    assert [mark.name for mark in marks_of(figure)] == ["in"]
    assert arrows_of(figure) == 2
    assert {"9.0x", "0.01x"} <= {text for text, _ in texts_of(figure)}


def test_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    frame = Frame(factor, "change", range=(0.5, 2.0), tick=factor_tick)
    assert arrows_of(figure_of([Row("a", (dot(1.1, 0.1, 9),))], frame)) == 2
    assert arrows_of(figure_of([Row("a", (dot(1.1, 0.9, 1.2),))], frame)) == 0


def test_close_dots_move_apart_and_others_do_not() -> None:
    close, wide = dot(2, name="a"), dot(20, name="c")
    figure = figure_of([Row("a", (close, dot(2.01, look=GPU, name="b"), wide)), Row("b", (wide,))])
    a, b, c, _ = marks_of(figure)
    assert abs(a.y - b.y) >= 5
    assert c.y == pytest.approx((a.y + b.y) / 2)


def test_the_number_is_beside_the_last_dot_and_never_on_the_tick() -> None:
    for tick in (2.0, 2.2, 2.4, 2.7, 3.0, 8.0):
        row = Row("a", (dot(2.0, 1.9, 2.1),), tick=tick, numbered=dot(2.0))
        figure = figure_of([row, Row("b", (dot(9),))], width=85)
        (box,) = [box for text, box in texts_of(figure) if text == "2.0x"]
        places = [
            axes.transData.transform((line.get_xdata()[0], 0))[0]
            for axes in figure.axes
            for line in axes.lines
            if line.get_color() == "#1a1a1a" and line.get_linewidth() == 1.0
        ]
        assert len(places) == 1
        assert not box.x0 <= places[0] <= box.x1


def test_columns_have_headers_and_strong_cells() -> None:
    frame = Frame(factor, "speedup", headers=("bound\nby", "code"))
    rows = [
        Row("a", (dot(2),), ("fma", "1.20"), strong=frozenset({1})),
        Row("b", (dot(3),), ("", "")),
    ]
    figure = figure_of(rows, frame)
    for part in ("bound", "by", "code", "fma", "1.20"):
        assert part in words_of(figure)
    weights = {text.get_text(): text.get_fontweight() for text in figure.axes[0].texts}
    assert weights["1.20"] == "bold"
    assert weights["fma"] == "normal"


@pytest.mark.parametrize("width", [85, 180])
def test_close_vertical_lines_have_labels_that_are_apart(width: int) -> None:
    lines = tuple(Marker(v, f"machine: {v}x") for v in (1.0, 1.05, 1.1))
    figure = figure_of([Row("a", (dot(0.5), dot(20)))], Frame(factor, "speedup", lines), width)
    assert not illegible(figure, width)


def test_lanes_are_joined_in_their_colours() -> None:
    dots = (
        *(Dot(TEAM, v, None, "t", lane=-3) for v in (1.0, 2.0)),
        *(Dot(GPU, v, None, "g", lane=3) for v in (3.0, 9.0)),
    )
    figure = figure_of([Row("a", dots)], Frame(factor, "ratio", joined=False, lanes=True))
    colors = {line.get_color() for line in figure.axes[0].lines if line.get_linewidth() == 0.8}
    assert {TEAM.color.mark, GPU.color.mark} <= colors
    ys = {mark.name: mark.y for mark in marks_of(figure)}
    assert ys["g"] - ys["t"] == pytest.approx(6)
