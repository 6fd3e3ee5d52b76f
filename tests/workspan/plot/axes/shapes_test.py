# SPDX-License-Identifier: Apache-2.0
"""Boxes and segments that meet, against what a drawing shows."""

import numpy as np
import pytest

from workspan.plot.axes.shapes import Floats, boxes_touch, segments_cross, segments_enter

BOX = np.array([[10.0, 10.0, 20.0, 20.0]])


def row(*values: float) -> Floats:
    return np.array([values], dtype=np.float64)


@pytest.mark.parametrize(
    ("other", "yes"),
    [
        ((19, 19, 30, 30), True),
        ((12, 12, 13, 13), True),
        ((0, 0, 30, 30), True),
        ((20, 10, 30, 20), False),  # a common edge is no area
        ((10, 21, 20, 30), False),
    ],
)
def test_boxes_touch_if_they_share_an_area(other: tuple[float, ...], yes: bool) -> None:
    assert boxes_touch(BOX, row(*other)).tolist() == [[yes]]
    assert boxes_touch(row(*other), BOX).tolist() == [[yes]]


@pytest.mark.parametrize(
    ("segment", "yes"),
    [
        ((0, 15, 30, 15), True),  # through it
        ((15, 0, 15, 30), True),
        ((12, 12, 13, 18), True),  # within it
        ((15, 15, 40, 15), True),  # out of it
        ((0, 0, 9, 9), False),  # ends before it
        ((0, 15, 10, 15), False),  # ends at its edge
        ((0, 25, 30, 21), False),
        ((5, 12, 12, 5), False),  # cuts the corner of nothing
    ],
)
def test_a_segment_enters_a_box_with_a_part_of_it(segment: tuple[float, ...], yes: bool) -> None:
    assert segments_enter(row(*segment), BOX).tolist() == [[yes]]
    begin, end = segment[:2], segment[2:]
    assert segments_enter(row(*end, *begin), BOX).tolist() == [[yes]]


def test_segments_cross_between_their_ends_only() -> None:
    level = row(0, 0, 10, 0)
    across = np.array([[5, -5, 5, 5], [5, 0, 5, 5], [0, 0, 5, 5], [11, -5, 11, 5], [0, 1, 10, 1]])
    assert segments_cross(level, across.astype(np.float64)).tolist() == [
        [True, False, False, False, False]
    ]


def test_all_of_one_kind_meet_all_of_another() -> None:
    boxes, none = np.array([[0, 0, 1, 1], [5, 5, 6, 6]], dtype=np.float64), np.empty((0, 4))
    assert boxes_touch(boxes, boxes).tolist() == [[True, False], [False, True]]
    assert segments_enter(row(0.5, 0.5, 5.5, 5.5), boxes).tolist() == [[True, True]]
    assert boxes_touch(none, boxes).shape == (0, 2)
    assert segments_enter(none, boxes).shape == (0, 2)
    assert segments_cross(row(0, 0, 1, 1), none).shape == (1, 0)
