# SPDX-License-Identifier: Apache-2.0
"""Roofs: a slope up to the arithmetic, a level from there on; names cover nothing."""

import itertools
from statistics import median

import numpy as np
import pytest
from matplotlib.figure import Figure
from pictured import GPU_ONLY, H100, XEON, run

from workspan.analysis.laws.roofline import Roof, Roofline, rooflines
from workspan.plot.axes.near_labels import around
from workspan.plot.axes.roofs import (
    ABOVE,
    PIECE,
    RoofPanel,
    draw_roof_panel,
    point_name,
    roof_panel,
)
from workspan.plot.axes.shapes import segments_enter
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
    boxes = [box for _, box in panel.names.roofs]
    boxes += [placed.box for _, placed in panel.names.points if placed]
    assert not any(a.touches(b) for a, b in itertools.combinations(boxes, 2))
    marks = [
        around((panel.x.at(p.intensity), panel.y.at(panel.y.clipped(p.rate))))
        for p in panel.one.points
    ]
    assert not any(box.touches(mark) for box in boxes for mark in marks)
    assert min(box.top for box in boxes) >= panel.top - ABOVE


def test_nearly_all_names_find_room_and_every_roof_is_named() -> None:
    for panel in panels():
        missing = [name for name, placed in panel.names.points if placed is None]
        assert not missing
        assert len(panel.names.roofs) == len(panel.one.roofs)


@pytest.mark.parametrize(
    "panel", panels(), ids=lambda panel: f"{panel.one.scope}-{panel.one.threads}"
)
def test_no_name_lies_on_a_roof_and_no_line_to_one_beneath_a_name(panel: RoofPanel) -> None:
    from workspan.plot.axes.roofs import _roof_line

    lines = [_roof_line(panel, roof) for roof in panel.one.roofs]
    roofs = np.array([[xs[0], ys[0], xs[1], ys[1]] for xs, ys in lines])
    placed = [(p, one) for (_, one), p in zip(panel.names.points, panel.one.points, strict=True)]
    boxes = [box for _, box in panel.names.roofs] + [one.box for _, one in placed if one]
    edges = np.array([[b.left, b.top + 0.1, b.right, b.bottom - 0.1] for b in boxes])
    assert not segments_enter(roofs, edges).any()
    marks = [(panel.x.at(p.intensity), panel.y.at(panel.y.clipped(p.rate))) for p, _ in placed]
    led = [(*m, *one.end) for m, (_, one) in zip(marks, placed, strict=True) if one and one.end]
    assert not segments_enter(np.array(led).reshape(-1, 4), edges).any()


def test_the_name_of_a_slope_leaves_its_foot_to_the_codes_of_low_intensity() -> None:
    heights = [
        (panel.bottom - box.top) / (panel.bottom - panel.top)
        for panel in panels()
        for text, box in panel.names.roofs
        if text.startswith("memory")
    ]
    assert len(heights) == len(panels())
    assert 0.4 < median(heights) < 0.6


def test_a_code_is_led_to_the_roof_that_bounds_it() -> None:
    """reduce on 16 CPUs is at the roof of read, far below the slope of copy that is drawn."""
    (panel,) = (p for p in panels() if (p.one.scope, p.one.threads) == ("host", 16))
    axes = Figure().add_subplot()
    draw_roof_panel(axes, panel)
    drawn = {tuple(zip(*line.get_data(), strict=True)) for line in axes.lines}
    for point in panel.one.points:
        assert point.bound
        x, y = panel.x.at(point.intensity), panel.y.at(point.bound)
        assert (((round(x - PIECE, 2), round(y, 2)), (round(x + PIECE, 2), round(y, 2)))) in drawn
    reduce = next(p for p in panel.one.points if p.case.workload == "reduce")
    slope = max(r.rate for r in panel.one.roofs if r.kind == "bytes") * reduce.intensity
    assert reduce.bound and reduce.rate < 0.7 * slope
    assert reduce.rate == pytest.approx(reduce.bound, rel=0.05)


def test_a_roof_says_level_rate_and_unit() -> None:
    texts = [text for text, _ in made_up().names.roofs]
    assert texts == ["memory 100 GB/s", "L1 400 GB/s", "fma 1000 GFLOP/s"]


def test_a_point_is_named_by_workload_and_input() -> None:
    names = {point_name(p) for panel in panels() for p in panel.one.points}
    assert {"gemm", "histogram zipf"} <= names
