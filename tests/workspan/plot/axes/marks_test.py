# SPDX-License-Identifier: Apache-2.0
"""Marks are where they should be, and hollow without an interval."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from pictured import arrows_of, marks_of

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot, arrowhead, line, mark, prepare, words
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS

LOOK = LOOKS[Place.GPU]


def figure_of(draw) -> Figure:
    page = Page(85)

    def prepared(axes: Axes) -> None:
        prepare(axes, page.width, 40)
        draw(axes)

    page.panel(0, 0, 40, prepared)
    return page.figure()


def test_a_dot_is_hollow_without_an_interval() -> None:
    assert Dot(LOOK, 1.0, None, "a").hollow
    assert not Dot(LOOK, 1.0, (0.9, 1.1), "a").hollow
    assert not Dot(LOOK, 1.0, None, "a", exact=True).hollow


def test_a_mark_has_the_colour_and_shape_of_its_place_and_the_name_of_its_case() -> None:
    def draw(axes: Axes) -> None:
        mark(axes, 10.123, 20.456, LOOK, "full")
        mark(axes, 30, 20, LOOK, "hollow", hollow=True)
        mark(axes, 30, 20, LOOK, "")

    full, hollow = marks_of(figure_of(draw))
    assert (full.name, full.marker, full.color, full.hollow) == ("full", "D", "#d55e00", False)
    assert (full.x, full.y) == (10.12, 20.46)
    assert (hollow.name, hollow.color, hollow.hollow) == ("hollow", "#d55e00", True)


def test_arrows_point_in_four_directions() -> None:
    def draw(axes: Axes) -> None:
        for k, direction in enumerate("<>^v"):
            arrowhead(axes, 10 * k, 10, direction, "#000000")

    assert arrows_of(figure_of(draw)) == 4


def test_lines_add_no_length_and_texts_are_no_formulas() -> None:
    def draw(axes: Axes) -> None:
        line(axes, [0, 10], [5, 5], "#000000", 2.0)
        words(axes, 10, 10, "$1$", align="right")

    figure = figure_of(draw)
    (drawn,) = list(figure.axes[0].lines)
    assert drawn.get_solid_capstyle() == "butt"
    (text,) = [text for text in figure.findobj(Text) if text.get_text()]
    assert not text.get_parse_math()
    assert text.get_ha() == "right"
