# SPDX-License-Identifier: Apache-2.0
"""Names beside marks and lines: near, apart, not taken for those of other marks, off the lines."""

import itertools
import math
import random

import numpy as np
import pytest

from workspan.plot.axes.near_labels import NEAR, Placed, Scene, around, place_names
from workspan.plot.axes.shapes import segments_cross, segments_enter
from workspan.plot.page import Box

PANEL = Box(0, 0, 200, 150)
Place = tuple[float, float]


def placed(
    marks: list[Place],
    width: float = 30,
    panel: Box = PANEL,
    lines: tuple[tuple[Place, Place], ...] = (),
) -> list[Placed | None]:
    names, _ = place_names(Scene(panel, marks, lines), [width] * len(marks), 6, ())
    return names


def edges(box: Box) -> list[float]:
    return [box.left, box.top, box.right, box.bottom]


def distance(box: Box, place: Place) -> float:
    x = max(box.left - place[0], 0, place[0] - box.right)
    return math.hypot(x, max(box.top - place[1], 0, place[1] - box.bottom))


def enters(begin: Place, end: Place, box: Box) -> bool:
    return bool(segments_enter(np.array([[*begin, *end]]), np.array([edges(box)]))[0, 0])


def test_a_lone_mark_has_its_name_to_the_right() -> None:
    (one,) = placed([(50, 50)])
    assert one
    assert one.end is None
    assert one.box.left > 53
    assert one.box.top + one.box.height / 2 == 50


def test_at_the_edge_it_is_on_the_other_side() -> None:
    (one,) = placed([(195, 50)])
    assert one
    assert one.box.right < 192


def scattered() -> list[Place]:
    chance = random.Random(3)
    return [(chance.uniform(20, 180), chance.uniform(20, 130)) for _ in range(25)]


def test_names_never_cover_marks_nor_each_other_nor_leave_the_panel() -> None:
    marks = scattered()
    boxes = [one.box for one in placed(marks, 28) if one]
    assert len(boxes) >= 24
    assert not any(a.touches(b) for a, b in itertools.combinations(boxes, 2))
    assert not any(box.touches(around(mark)) for box in boxes for mark in marks)
    assert all(b.left >= 0 and b.right <= 200 and b.top >= 0 and b.bottom <= 150 for b in boxes)


GRID = [(60.0 + 7 * (k % 3), 60.0 + 7 * (k // 3)) for k in range(9)]
HEAP = [(60.0 + k, 60.0 + k) for k in range(8)]


@pytest.mark.parametrize("marks", [GRID, HEAP])
def test_a_line_leads_to_each_far_name_beneath_nothing_and_across_no_other(
    marks: list[Place],
) -> None:
    found = [one for one in placed(marks) if one]
    assert len(found) == len(marks)
    led = [(mark, one) for mark, one in zip(marks, found, strict=True) if one.end]
    assert led
    for mark, one in led:
        assert one.end and distance(one.box, mark) > NEAR
        assert one.end == (
            min(max(mark[0], one.box.left), one.box.right),
            min(max(mark[1], one.box.top), one.box.bottom),
        )
        assert not any(enters(mark, one.end, two.box) for two in found if two is not one)
    lines = np.array([[*mark, *one.end] for mark, one in led if one.end])
    assert not segments_cross(lines, lines).any()


def test_a_name_beside_its_mark_is_nearest_to_it() -> None:
    marks: list[Place] = [(100, 75), (107, 76), (94, 74)]
    for mark, one in zip(marks, placed(marks), strict=True):
        assert one
        others = [place for place in marks if place != mark]
        nearest = all(distance(one.box, mark) < distance(one.box, other) for other in others)
        assert one.end or nearest


def test_two_marks_in_one_place_have_two_names() -> None:
    found = placed([(50, 50), (50, 50)])
    assert all(found)
    assert [one.end is not None for one in found if one] == [True, True]


def test_without_room_there_is_no_name_and_the_first_mark_comes_first() -> None:
    assert placed([(50, 50)], 300) == [None]
    narrow = Box(0, 0, 40, 8)
    found = placed([(4, 4), (36, 4)], 20, narrow)
    assert [one is not None for one in found] == [True, False]


def test_lines_are_avoided_but_covered_where_there_is_no_other_place() -> None:
    wall: tuple[Place, Place] = ((56, 0), (56, 150))
    (one,) = placed([(50, 50)], 20, lines=(wall,))
    assert one
    assert not enters(*wall, one.box)
    hatched = tuple(((0.0, float(y)), (200.0, float(y))) for y in range(0, 150, 4))
    (one,) = placed([(50, 50)], 20, lines=hatched)
    assert one


def test_a_name_along_a_line_gives_way_to_the_name_of_a_mark() -> None:
    """Its first place is the only one that the mark's name could have."""
    panel, mark = Box(0, 0, 60, 20), (5.0, 10.0)
    first, second = Box(12, 7, 30, 6), Box(12, 0, 30, 6)
    (name,), (along,) = place_names(Scene(panel, [mark]), [30], 6, [[first, second]])
    assert name
    assert along == second
    assert not name.box.touches(second)


def test_a_name_along_a_line_covers_neither_marks_nor_lines() -> None:
    places = [Box(0, 0, 20, 6), Box(30, 0, 20, 6), Box(60, 0, 20, 6)]
    scene = Scene(PANEL, [(5.0, 3.0)], [((40.0, 0.0), (40.0, 10.0))])
    assert place_names(scene, [10], 6, [places])[1] == [places[2]]
    assert place_names(scene, [10], 6, [places[:2]])[1] == [None]


def test_the_same_marks_have_the_same_places() -> None:
    assert placed(scattered()) == placed(scattered())
