# SPDX-License-Identifier: Apache-2.0
"""A page grows with its contents, and everything is where it was put."""

import pytest
from drawn import overlaps, texts_of
from matplotlib.axes import Axes

from workspan.plot.page import MARGIN, Box, Page
from workspan.plot.style import BODY, PNG_DPI, TITLE

PIXELS = PNG_DPI / 72  # a point


def test_boxes_touch_if_they_have_an_area_in_common() -> None:
    box = Box(10, 10, 10, 10)
    assert (box.right, box.bottom) == (20, 20)
    assert box.touches(Box(19, 19, 5, 5))
    assert box.touches(Box(12, 12, 1, 1))
    assert not box.touches(Box(20, 10, 5, 5))
    assert not box.touches(Box(10, 20, 5, 5))
    assert not box.touches(Box(0, 0, 5, 50))


def test_a_page_is_as_high_as_its_contents() -> None:
    page = Page(85)
    page.text("word " * 30, BODY)
    lines = (page.height - MARGIN) / BODY.line
    assert lines == pytest.approx(round(lines))
    assert lines >= 2
    page.space(5)
    page.panel(20, 10, 30, lambda axes: None)
    figure = page.figure()
    assert figure.get_figwidth() == pytest.approx(85 / 25.4)
    expected = MARGIN + lines * BODY.line + 5 + 30 + MARGIN
    assert figure.get_figheight() * 72 == pytest.approx(expected)


def test_panels_and_labels_are_where_they_were_put() -> None:
    page, drawn = Page(180), []
    page.text("title", TITLE)
    box = page.panel(20, 10, 30, drawn.append)
    page.label("label", BODY, 50, page.height)
    page.space(BODY.line)
    figure = page.figure()
    (axes,) = drawn
    assert isinstance(axes, Axes)
    height = figure.get_figheight() * 72
    found = axes.get_window_extent()
    assert (found.x0 / PIXELS, height - found.y1 / PIXELS) == pytest.approx((box.left, box.top))
    assert (found.width / PIXELS, found.height / PIXELS) == pytest.approx((box.width, 30))
    texts = dict(texts_of(figure))
    assert texts["title"].x0 / PIXELS == pytest.approx(MARGIN, abs=1)
    assert texts["label"].x0 / PIXELS == pytest.approx(50, abs=1)
    assert texts["label"].y1 <= found.y0 + 1
    assert not overlaps(list(texts.items()))


def test_lines_follow_each_other_without_overlap() -> None:
    page = Page(85)
    page.text("Each (line) has glyphs that go up and down, jg. " * 5, BODY)
    assert not overlaps(texts_of(page.figure()))
