# SPDX-License-Identifier: Apache-2.0
"""CPUs are named above a bar of theirs, without covering anything."""

from workspan.plot.page import Box
from workspan.plot.traces.cpu_labels import GAP, place_labels

PANEL = Box(0, 0, 200, 60)
HEIGHT = 8.0


def bar(left: float, row: int, width: float = 30) -> Box:
    return Box(left, row * 14 + 8.2, width, 5)


def placed(bars: dict[int, list[Box]], taken: list[Box] | None = None) -> dict[int, Box]:
    return place_labels(bars, dict.fromkeys(bars, 20.0), HEIGHT, PANEL, taken or [])


def test_a_label_is_above_the_first_bar() -> None:
    assert placed({0: [bar(5, 0), bar(50, 1)]}) == {0: Box(5, 8.2 - HEIGHT, 20, HEIGHT)}


def test_a_label_that_would_cover_another_goes_to_the_next_bar() -> None:
    found = placed({0: [bar(5, 0, 10)], 1: [bar(16, 0, 10), bar(80, 1)]})
    assert found[0].left == 5
    assert (found[1].left, found[1].bottom) == (80, 22.2)


def test_a_label_goes_behind_a_bar_if_there_is_no_room_above() -> None:
    found = placed({0: [bar(5, 0, 10)], 1: [bar(16, 0, 10)]})
    assert found[1].left == 26 + 2 * GAP
    assert found[1].top == 8.2 + (5 - HEIGHT) / 2


def test_a_label_stays_in_the_panel() -> None:
    assert placed({0: [bar(195, 0, 5)]})[0].right == PANEL.right
    assert placed({0: [bar(-1, 0, 5)]})[0].left == PANEL.left


def test_a_label_covers_no_line_and_no_arrow() -> None:
    arrow = Box(3, 0, 5, 14)
    assert placed({0: [bar(5, 0), bar(50, 1)]}, [arrow])[0].left == 50
    everything = Box(0, 0, 200, 60)
    assert placed({0: [bar(5, 0)]}, [everything]) == {}


def test_no_label_covers_another() -> None:
    bars = {cpu: [bar(7 * cpu, cpu % 4, 7)] for cpu in range(24)}
    found = list(placed(bars).values())
    assert len(found) >= 8
    boxes = [*found, *(one for of_cpu in bars.values() for one in of_cpu)]
    assert not any(a.touches(b) for a in found for b in boxes if a is not b)
