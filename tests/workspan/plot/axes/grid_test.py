# SPDX-License-Identifier: Apache-2.0
"""Small multiples: how many are side by side, what is joined, limits, arrows."""

import math

import pytest
from drawn import texts_of
from matplotlib.figure import Figure
from pictured import arrows_of, illegible, intervals_of, marks_of

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.grid import DOTTED, Curve, Frame, Limit, Panel, Point, add_grid
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS
from workspan.plot.style import HIGHEST
from workspan.plot.words import number_tick, size

LOOK = LOOKS[Place.TEAM]
FRAME = Frame(lambda n: size(round(n)), number_tick, "n")


def figure_of(panels: list[Panel], width: float = 180) -> Figure:
    page = Page(width)
    add_grid(page, panels, FRAME)
    return page.figure()


def curve(*places: tuple[float, float], **options: object) -> Curve:
    points = tuple(Point(x, y, (0.9 * y, 1.1 * y), f"n:{x:g}") for x, y in places)
    return Curve(points, LOOK, **options)


def joins(figure: Figure) -> list[str]:
    """The line styles between points."""
    lines = [one for one in figure.axes[0].lines if one.get_color() == LOOK.color.mark]
    return [one.get_linestyle() for one in lines if one.get_linewidth() in (1.1, 0.8)]


@pytest.mark.parametrize(("width", "across"), [(85, 2), (180, 4)])
def test_panels_are_side_by_side_as_far_as_there_is_room(width: int, across: int) -> None:
    panels = [Panel(f"panel {k}", (curve((1024, 1), (2048, 2)),)) for k in range(5)]
    figure = figure_of(panels, width)
    assert not illegible(figure, width)
    tops = [round(box.y0) for text, box in texts_of(figure) if text.startswith("panel")]
    assert tops.count(max(tops)) == across


def test_a_page_that_would_be_too_high_leaves_out_the_panels_of_the_fewest_points() -> None:
    long = ((1024, 1), (2048, 2), (4096, 3))
    panels = [Panel(f"p{k}, GB/s", (curve(*long[: 2 + (k != 3)]),)) for k in range(21)]
    figure = figure_of(panels, 85)
    assert not illegible(figure, 85)
    assert figure.get_figheight() * 72 <= HIGHEST
    texts = [text for text, _ in texts_of(figure)]
    titles = {text.split(",")[0] for text in texts if text.endswith(", GB/s")}
    assert {"p0", "p4"} <= titles
    note = " ".join(texts[-4:])
    assert "left out for want of room, of the fewest points: p3, " in note
    assert "p20" in note
    assert len(titles) % 2 == 0
    page = Page(85)
    add_grid(page, panels, FRAME, math.inf)
    assert page.figure().get_figheight() * 72 > HIGHEST


def test_intervals_that_would_cover_each_other_stand_side_by_side() -> None:
    wide = [Point(1024, y, (y / 2, 2 * y), f"{y}") for y in (3.0, 4.0)]
    looks = (LOOK, LOOKS[Place.ONE])
    curves = [Curve((p, Point(2048, p.y, None, "")), o) for p, o in zip(wide, looks, strict=True)]
    figure = figure_of([Panel("a", tuple(curves))])
    one, other = (line.get_xdata()[0] for line in intervals_of(figure))
    assert abs(one - other) > 2.0, "their width"
    marks = {mark.name: mark.x for mark in marks_of(figure)}
    assert marks == {"3.0": one, "4.0": other}
    apart = [Curve((Point(1024, y, (0.9 * y, 1.1 * y), ""),), LOOK) for y in (1.0, 10.0)]
    one, other = (line.get_xdata()[0] for line in intervals_of(figure_of([Panel("a", (*apart,))])))
    assert one == other


def test_only_near_sizes_are_joined_by_a_line() -> None:
    figure = figure_of([Panel("a", (curve((2**10, 1), (2**14, 3), (2**19, 9)),))])
    lines = [one for one in figure.axes[0].lines if one.get_color() == LOOK.color.mark]
    joined = [one for one in lines if one.get_linewidth() in (1.1, 0.8)]
    assert [one.is_dashed() for one in joined] == [False, True]
    assert DOTTED[1] == (1, 2)


def test_bare_curves_have_marks_alone_and_curves_without_a_look_a_line_alone() -> None:
    assert joins(figure_of([Panel("a", (curve((2, 1), (4, 3), bare=True),))])) == []
    model = Curve((Point(2, 1, None, ""), Point(4, 3, None, "")), None, "#123456")
    figure = figure_of([Panel("a", (model,))])
    assert not marks_of(figure)
    assert [one for one in figure.axes[0].lines if one.get_color() == "#123456"]


def test_points_are_hollow_without_an_interval_and_higher_if_larger() -> None:
    points = (
        Point(2, 1.0, None, "a"),
        Point(4, 3.0, (2.5, 3.5), "b"),
        Point(8, 4.0, None, "c", exact=True),
    )
    figure = figure_of([Panel("a", (Curve(points, LOOK),))])
    a, b, c = marks_of(figure)
    assert (a.hollow, b.hollow, c.hollow) == (True, False, False)
    assert a.x < b.x < c.x
    assert a.y > b.y > c.y, "y runs downwards"
    assert len(intervals_of(figure)) == 1


def test_a_point_beyond_the_axis_is_an_arrow_with_its_number() -> None:
    points = [Point(2.0**k, 1.0, None, "x") for k in range(4)] + [Point(16, 1e12, None, "far")]
    figure = figure_of([Panel("a", (Curve(tuple(points), LOOK),))])
    assert "far" not in [mark.name for mark in marks_of(figure)]
    assert arrows_of(figure) == 1
    assert "10¹²" in [text for text, _ in texts_of(figure)]


@pytest.mark.parametrize("width", [85, 180])
def test_labels_of_limits_move_apart(width: int) -> None:
    limits = tuple(Limit(x, f"L {x}", "#0072b2", "#00639b") for x in (2000, 2100, 9**9))
    panel = Panel("a", (curve((1024, 1), (4096, 2)),), limits)
    figure = figure_of([panel, panel, panel, panel], width)
    assert not illegible(figure, width)
    texts = [text for text, _ in texts_of(figure)]
    assert texts.count("L 2100") == 4
    assert f"L {9**9}" not in texts


def test_a_note_is_below_the_title() -> None:
    figure = figure_of([Panel("title", (curve((1024, 1), (2048, 2)),), note="a note")])
    places = dict(texts_of(figure))
    assert places["a note"].y0 < places["title"].y0
