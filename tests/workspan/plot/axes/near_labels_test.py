# SPDX-License-Identifier: Apache-2.0
"""Names beside marks: near, apart, and not taken for those of other marks."""

import itertools
import math
import random

from workspan.plot.axes.near_labels import along, around, first_free, place_near
from workspan.plot.page import Box

PANEL = Box(0, 0, 200, 150)


def test_a_lone_mark_has_its_name_to_the_right() -> None:
    (placed,) = place_near([(50, 50)], [30], 6, PANEL)
    assert placed
    assert not placed.led
    assert placed.box.left > 53
    assert placed.box.top < 50 < placed.box.bottom


def test_at_the_edge_it_is_on_the_other_side() -> None:
    (placed,) = place_near([(195, 50)], [30], 6, PANEL)
    assert placed
    assert placed.box.right < 192


def test_names_never_cover_marks_nor_each_other_nor_leave_the_panel() -> None:
    chance = random.Random(3)
    marks = [(chance.uniform(20, 180), chance.uniform(20, 130)) for _ in range(25)]
    placed = place_near(marks, [28] * 25, 6, PANEL)
    boxes = [one.box for one in placed if one]
    assert len(boxes) >= 20
    assert not any(a.touches(b) for a, b in itertools.combinations(boxes, 2))
    assert not any(box.touches(around(mark)) for box in boxes for mark in marks)
    assert all(b.left >= 0 and b.right <= 200 and b.top >= 0 and b.bottom <= 150 for b in boxes)


def test_a_name_beside_its_mark_is_nearest_to_it() -> None:
    marks = [(100, 75), (107, 76), (94, 74)]
    for mark, placed in zip(marks, place_near(marks, [30] * 3, 6, PANEL), strict=True):
        assert placed
        if placed.led:
            continue
        own, *others = sorted(marks, key=lambda place: place != mark)
        assert all(distance(placed.box, own) < distance(placed.box, other) for other in others)


def distance(box: Box, place: tuple[float, float]) -> float:
    x = max(box.left - place[0], 0, place[0] - box.right)
    return math.hypot(x, max(box.top - place[1], 0, place[1] - box.bottom))


def test_without_room_there_is_no_name() -> None:
    assert place_near([(50, 50)], [300], 6, PANEL) == [None]
    assert place_near([(50, 50)], [30], 6, PANEL, taken=[PANEL]) == [None]


def test_lines_are_avoided_but_may_be_covered() -> None:
    wall = along([56, 56], [0, 150])
    (placed,) = place_near([(50, 50)], [20], 6, PANEL, lines=wall)
    assert placed
    assert not any(placed.box.touches(part) for part in wall)
    (placed,) = place_near([(50, 50)], [20], 6, PANEL, lines=[PANEL])
    assert placed


def test_a_line_is_covered_from_end_to_end() -> None:
    parts = along([0, 30], [0, 40], step=5)
    assert len(parts) == 11
    assert (parts[0].left, parts[0].top) == (0, 0)
    assert (parts[-1].left, parts[-1].top) == (30, 40)


def test_the_first_box_that_fits_is_taken() -> None:
    boxes = [Box(-5, 0, 10, 10), Box(0, 0, 10, 10), Box(50, 50, 10, 10)]
    assert first_free(boxes, PANEL, []) == 1
    assert first_free(boxes, PANEL, [Box(5, 5, 1, 1)]) == 2
    assert first_free(boxes, PANEL, [PANEL]) is None
