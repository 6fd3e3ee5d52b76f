# SPDX-License-Identifier: Apache-2.0
"""The panel of a roofline: roofs and points on two logarithmic axes, each with a name beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple

from matplotlib.axes import Axes

from workspan.analysis.laws.roofline import Roof, Roofline, RooflinePoint
from workspan.analysis.ratios.places import place_of
from workspan.plot.axes.marks import line, mark, words
from workspan.plot.axes.near_labels import Placed, Scene, place_names
from workspan.plot.axes.scale import LogScale, log_range
from workspan.plot.page import Box
from workspan.plot.palette import LOOKS
from workspan.plot.style import AXIS, BODY, GRID, SMALL, TITLE, text_width
from workspan.plot.words import number_tick
from workspan.resultfile.names import problem_name
from workspan.support.units import Scale, axis_scale

ABOVE: Final = SMALL.line + 2  # room for names above the highest roof
ROOFS: Final = {"l1": "L1", "l2": "L2", "shared": "shared cache", "memory": "memory"}
DOTTED: Final = (0, (1.0, 1.5))
PIECE: Final = 4.5  # half of the length of the roof above a point, in points
STEPS: Final = 24  # places for the name of a roof along its line
EMPTIEST: Final = 0.4  # part of a slope that fewest points of the committed runs are near
Segment = tuple[tuple[float, float], tuple[float, float]]  # its two ends


def point_name(point: RooflinePoint) -> str:
    """histogram zipf."""
    return problem_name(point.case.workload, point.case.keys.values())


def is_hollow(point: RooflinePoint) -> bool:
    """Whether its time has no interval."""
    return not isinstance(point.case.interval, tuple)


class Names(NamedTuple):
    """Of the points, and where each is written; None: for want of room. Of the roofs with their
    rates.
    """

    points: list[tuple[str, Placed | None]]
    roofs: list[tuple[str, Box]]


@dataclass(frozen=True, eq=False)
class RoofPanel:
    """One device: its roofs, its points, and their names, once placed."""

    one: Roofline
    title: tuple[str, ...]
    x: LogScale
    y: LogScale
    scale: Scale

    def rate(self, rate: float) -> str:
        """A rate in flops, in the unit of its axis."""
        return number_tick(float(f"{rate / self.scale.per:.6g}"))

    @property
    def bottom(self) -> float:
        """Of the axes."""
        return self.y.left

    @cached_property
    def names(self) -> Names:
        """Of the points and of the roofs."""
        return _names(self)

    @property
    def top(self) -> float:
        """Of the axes."""
        return self.y.left + self.y.length

    @property
    def right(self) -> float:
        """Of the axes."""
        return self.x.left + self.x.length


def roof_panel(one: Roofline, lines: tuple[str, ...], place: Box) -> RoofPanel:
    """The panel of a device. lines: its title; place: of its axes with their labels."""
    flops = [roof.rate for roof in one.roofs if roof.kind == "flops"]
    most = max(flops, default=max(p.rate for p in one.points))
    slopes = [roof.rate for roof in one.roofs if roof.kind == "bytes"]
    ridges = [most / slope for slope in slopes]
    x_range = log_range([*(p.intensity for p in one.points), *ridges])
    bounds = [p.bound for p in one.points if p.bound]
    rates = [*(p.rate for p in one.points), *bounds, *flops, *(s * x_range[0] for s in slopes)]
    y = LogScale(*log_range(rates), place.bottom, -place.height)
    whole = RoofPanel(
        one, lines, LogScale(*x_range, place.left, place.width), y, scale_of_panel(one)
    )
    inset = max((text_width(text, SMALL) for _, text in y.ticks(whole.rate)), default=0.0) + 5
    return replace(whole, x=LogScale(*x_range, place.left + inset, place.width - inset))


def scale_of_panel(one: Roofline) -> Scale:
    """Of all rates in flops of a device."""
    flops = [roof.rate for roof in one.roofs if roof.kind == "flops"]
    return axis_scale(max([*flops, *(point.rate for point in one.points)]), "flops")


def draw_roof_panel(axes: Axes, panel: RoofPanel) -> None:
    """Draws it into axes in points."""
    first = panel.x.left
    for number, text in enumerate(panel.title):
        words(axes, first, TITLE.line * (number + 0.5), text, TITLE)
    for value, text in panel.y.ticks(panel.rate):
        line(axes, [first, panel.right], [panel.y.at(value)] * 2, GRID, 0.6)
        words(axes, first - 3, panel.y.at(value), text, SMALL, "right")
    for value, text in panel.x.ticks(number_tick):
        line(axes, [panel.x.at(value)] * 2, [panel.bottom, panel.bottom + 2.5], AXIS, 0.6)
        y = panel.bottom + 3.5 + SMALL.line / 2
        words(axes, panel.x.at(value), y, text, SMALL, "center")
    line(axes, [first, panel.right], [panel.bottom] * 2, AXIS, 0.6)
    y = panel.bottom + SMALL.line + 4 + BODY.line / 2
    words(axes, (first + panel.right) / 2, y, "arithmetic intensity, flop per byte", BODY, "center")
    for roof in panel.one.roofs:
        xs, ys = _roof_line(panel, roof)
        line(axes, xs, ys, AXIS, 1.0, zorder=1.5)
    for point in panel.one.points:
        _draw_own_roof(axes, panel, point)
    for text, box in panel.names.roofs:
        words(axes, box.left, box.top + box.height / 2, text, SMALL)
    for point in panel.one.points:
        look = LOOKS[place_of(point.case)]
        place = panel.x.at(point.intensity), panel.y.at(panel.y.clipped(point.rate))
        mark(axes, *place, look, point.case.name, hollow=is_hollow(point))
    _draw_names(axes, panel)


def _draw_names(axes: Axes, panel: RoofPanel) -> None:
    for (name, placed), point in zip(panel.names.points, panel.one.points, strict=True):
        if placed is None:
            continue
        box, x, y = placed.box, panel.x.at(point.intensity), panel.y.at(point.rate)
        font = SMALL.colored(LOOKS[place_of(point.case)].color.text)
        words(axes, box.left, box.top + box.height / 2, name, font)
        if placed.end:
            line(axes, [x, placed.end[0]], [y, placed.end[1]], "#bdbdbd", 0.5, zorder=1.2)


def _roof_line(panel: RoofPanel, roof: Roof) -> tuple[list[float], list[float]]:
    x, y = panel.x, panel.y
    flops = [one.rate for one in panel.one.roofs if one.kind == "flops"]
    most = max(flops, default=y.high)
    if roof.kind == "flops":
        slopes = [one.rate for one in panel.one.roofs if one.kind == "bytes"]
        begin = x.clipped(roof.rate / max(slopes)) if slopes else x.low
        return [x.at(begin), panel.right], [y.at(roof.rate)] * 2
    end = x.clipped(most / roof.rate)
    begin = x.clipped(y.low / roof.rate)
    return [x.at(begin), x.at(end)], [y.at(roof.rate * begin), y.at(y.clipped(roof.rate * end))]


def _draw_own_roof(axes: Axes, panel: RoofPanel, point: RooflinePoint) -> None:
    color = LOOKS[place_of(point.case)].color.mark
    for (x, y), (right, end) in _own_roof(panel, point):
        is_level = y == end
        dashes = "solid" if is_level else DOTTED
        line(axes, [x, right], [y, end], color, 1.2 if is_level else 0.7, dashes, zorder=1.8)


def _own_roof(panel: RoofPanel, point: RooflinePoint) -> list[Segment]:
    """From a point to the roof that bounds it, and a short piece of that."""
    if not point.bound:
        return []
    x, y = panel.x.at(point.intensity), panel.y.at(panel.y.clipped(point.rate))
    end = panel.y.at(panel.y.clipped(point.bound))
    return [((x, y), (x, end)), ((x - PIECE, end), (x + PIECE, end))]


def _names(panel: RoofPanel) -> Names:
    """Beside the points, and along the roofs."""
    height = 0.95 * SMALL.size
    lines = [_roof_line(panel, roof) for roof in panel.one.roofs]
    room = Box(panel.x.left, panel.top - ABOVE, panel.x.length, ABOVE - panel.y.length)
    ends = [((xs[0], ys[0]), (xs[1], ys[1])) for xs, ys in lines]
    light = [segment for p in panel.one.points for segment in _own_roof(panel, p)]
    roofs = [_roof_name(roof, panel.scale) for roof in panel.one.roofs]
    along = [
        [*_beside(*line, text_width(text, SMALL), height)]
        for line, text in zip(lines, roofs, strict=True)
    ]
    points = [point_name(p) for p in panel.one.points]
    widths = [text_width(text, SMALL) for text in points]
    placed, boxes = place_names(Scene(room, _places(panel), ends, light), widths, height, along)
    of_roofs = [(t, box) for t, box in zip(roofs, boxes, strict=True) if box is not None]
    return Names(list(zip(points, placed, strict=True)), of_roofs)


def _roof_name(roof: Roof, of_axis: Scale) -> str:
    """memory 25.6 GB/s; of arithmetic in the unit of the axis."""
    is_flops = roof.kind == "flops"
    name = roof.workload if is_flops else ROOFS.get(roof.level, roof.level)
    unit, per = of_axis if is_flops else axis_scale(roof.rate, "bytes")
    return f"{name} {number_tick(float(f'{roof.rate / per:.3g}'))} {unit}"


def _beside(xs: Sequence[float], ys: Sequence[float], width: float, height: float) -> Iterator[Box]:
    """Places along a line, above or left, below or right: of a level line the last ones first, of
    another those about its middle: codes of low intensity crowd at its foot.
    """
    is_level = ys[0] == ys[1]
    shares = [1 - k / STEPS for k in range(STEPS + 1)]
    for share in shares if is_level else sorted(shares, key=lambda s: (abs(s - EMPTIEST), s)):
        x, y = xs[0] + (xs[1] - xs[0]) * share, ys[0] + (ys[1] - ys[0]) * share
        if is_level:
            yield Box(round(x - width, 2), round(y - height - 2, 2), width, height)
            yield Box(round(x - width, 2), round(y + 2, 2), width, height)
        else:
            yield Box(round(x - width - 5, 2), round(y - height / 2, 2), width, height)
            yield Box(round(x + 5, 2), round(y - height / 2, 2), width, height)


def _places(panel: RoofPanel) -> list[tuple[float, float]]:
    return [
        (panel.x.at(p.intensity), panel.y.at(panel.y.clipped(p.rate))) for p in panel.one.points
    ]
