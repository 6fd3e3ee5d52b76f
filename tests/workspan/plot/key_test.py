# SPDX-License-Identifier: Apache-2.0
"""The key: each mark with its meaning, in as many lines as it needs."""

import pytest
from drawn import overlaps, texts_of

from workspan.plot.key import LINE, Item, add_key
from workspan.plot.page import Page


@pytest.mark.parametrize("width", [85, 180])
def test_every_item_is_shown_within_the_page(width: int) -> None:
    page = Page(width)
    before = page.height
    items = [Item(mark, f"the meaning of {mark}") for mark in ("bar", "line", "dots", "arrow")]
    add_key(page, items)
    assert page.height - before == LINE * (2 if width == 85 else 1)
    figure = page.figure()
    texts = texts_of(figure)
    assert [text for text, _ in texts] == [item.meaning for item in items]
    assert not overlaps(texts)
    assert max(box.x1 for _, box in texts) <= figure.bbox.x1


def test_marks_are_shapes() -> None:
    page = Page(85)
    items = [Item("bar", "a", "#ff0000"), Item("arrow", "b"), Item("dots", "c"), Item("cross", "d")]
    add_key(page, items)
    (axes,) = page.figure().axes
    assert (len(axes.patches), len(axes.collections)) == (2, 2)
    assert [len(lines.get_segments()) for lines in axes.collections] == [1, 2]
    assert axes.patches[0].get_facecolor() == (1, 0, 0, 1)
