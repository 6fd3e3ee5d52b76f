# SPDX-License-Identifier: Apache-2.0
"""Roofs: a slope up to the arithmetic, a level from there on; names cover nothing."""

import itertools

import pytest
from pictured import GPU_ONLY, H100, XEON, run

from workspan.analysis.roofline import Roof, Roofline, rooflines
from workspan.plot.axes.near_labels import around
from workspan.plot.axes.roofs import ABOVE, RoofPanel, point_name, roof_panel
from workspan.plot.page import Box
from workspan.plot.roofline import roofline_data

PLACE = Box(4, 30, 240, 150)
ROOFS = (
    Roof("copy", "memory", "bytes", 1e11, "a"),
    Roof("copy", "l1", "bytes", 4e11, "b"),
    Roof("fma", "none", "flops", 1e12, "c"),
)


def panels() -> list[RoofPanel]:
    found = []
    for name in (H100, GPU_ONLY, XEON):
        data = roofline_data(run(name), rooflines(run(name)))
        found += [roof_panel(one, ("title",), PLACE) for one in data.found]
    return found


def made_up() -> RoofPanel:
    points = roofline_data(run(XEON), rooflines(run(XEON))).found[0].points
    return roof_panel(Roofline("host", 1, ROOFS, points), ("title",), PLACE)


def test_slopes_end_where_arithmetic_takes_over() -> None:
    from workspan.plot.axes.roofs import _roof_line

    panel = made_up()
    (memory, l1, fma) = (_roof_line(panel, roof) for roof in ROOFS)
    assert memory[0][1] == panel.x.at(10)
    assert memory[1][1] == panel.y.at(1e12)
    assert l1[0][1] == panel.x.at(2.5) < memory[0][1]
    assert fma[0] == [panel.x.at(2.5), panel.right]
    assert fma[1][0] == fma[1][1] == panel.y.at(1e12)


@pytest.mark.parametrize(
    "panel", panels(), ids=lambda panel: f"{panel.one.scope}-{panel.one.threads}"
)
def test_names_cover_neither_marks_nor_names(panel: RoofPanel) -> None:
    boxes = [box for _, box in panel.roof_labels]
    boxes += [placed.box for _, placed in panel.names if placed]
    assert not any(a.touches(b) for a, b in itertools.combinations(boxes, 2))
    marks = [
        around((panel.x.at(p.intensity), panel.y.at(panel.y.clipped(p.rate))))
        for p in panel.one.points
    ]
    assert not any(box.touches(mark) for box in boxes for mark in marks)
    assert min(box.top for box in boxes) >= panel.top - ABOVE


def test_nearly_all_names_find_room_and_every_roof_is_named() -> None:
    for panel in panels():
        missing = [name for name, placed in panel.names if placed is None]
        assert len(missing) <= 2, missing
        assert len(panel.roof_labels) == len(panel.one.roofs)


def test_a_roof_says_level_rate_and_unit() -> None:
    texts = [text for text, _ in made_up().roof_labels]
    assert texts == ["memory 100 GB/s", "L1 400 GB/s", "fma 1000 GFLOP/s"]


def test_a_point_is_named_by_workload_and_input() -> None:
    names = {point_name(p) for panel in panels() for p in panel.one.points}
    assert {"gemm", "histogram zipf"} <= names
