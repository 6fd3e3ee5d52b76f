# SPDX-License-Identifier: Apache-2.0
"""roofline: the rate of each code against its arithmetic intensity, under the measured ceilings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workspan.analysis.places import Place, place_of
from workspan.analysis.roofline import Roof, Roofline, RooflinePoint
from workspan.plot.axes.marks import line, mark, prepare, words
from workspan.plot.axes.near_labels import Placed, along, around, first_free, place_near
from workspan.plot.axes.scale import LogScale, log_range
from workspan.plot.key import Item, add_key
from workspan.plot.page import MARGIN, Box, Page
from workspan.plot.palette import LOOKS, label_of
from workspan.plot.sheet import Table, begin
from workspan.plot.style import AXIS, BODY, GRID, SMALL, TITLE, text_width, wrapped
from workspan.plot.words import number_tick, percent
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import BASELINE
from workspan.support.text import quantity

LEAST_WIDTH: Final = 200.0  # of a panel, in points
HEIGHT: Final = 150.0
GAP: Final = 14.0
REACHED: Final = 0.85
STEPS: Final = 24  # places for the name of a roof along its line
ROOFS: Final = {"l1": "L1", "l2": "L2", "shared": "shared cache", "memory": "memory"}
HEADERS: Final = (
    *("device", "workload", "n", "case", "flop_per_byte", "flop_per_s", "roof", "bound"),
    "share",
)


@dataclass(frozen=True)
class RooflineData:
    """The devices of a run; of each the fastest own code of each workload at its largest size."""

    file: ResultFile
    found: tuple[Roofline, ...]


def roofline_data(file: ResultFile, found: Sequence[Roofline]) -> RooflineData:
    """The devices that have a roof, and codes that are not ceilings themselves."""
    kept = [Roofline(one.scope, one.threads, _highest(one.roofs), _fastest(one)) for one in found]
    return RooflineData(file, tuple(one for one in kept if one.roofs and one.points))


def draw_roofline(data: RooflineData, width_mm: float) -> Figure:
    """A panel per device."""
    page = begin(width_mm, title(data), [data.file])
    cpus = data.file.workspan.run.all_threads
    places = dict.fromkeys(place_of(p.case) for one in data.found for p in one.points)
    key = [Item("dot", label_of(p, cpus), look=LOOKS[p]) for p in LOOKS if p in places]
    key.append(Item("line", "measured ceilings", AXIS))
    add_key(page, key)
    page.space(4)
    across = max(1, int((page.width - 2 * MARGIN + GAP) // (LEAST_WIDTH + GAP)))
    unnamed: list[str] = []
    for first in range(0, len(data.found), across):
        _add_panels(page, data, data.found[first : first + across], across, unnamed)
    if unnamed:
        page.text(f"without a name for want of room: {', '.join(unnamed)}", SMALL)
    return page.figure()


def roofline_table(data: RooflineData) -> Table:
    """A row per point."""
    return HEADERS, [
        (
            *(device(one, data.file), _name(p), str(p.case.n), p.case.name),
            *(f"{p.intensity:.6g}", f"{p.rate:.6g}"),
            *((p.roof.name if p.roof else ""), f"{p.bound:.6g}" if p.bound else ""),
            f"{p.rate / p.bound:.6g}" if p.bound else "",
        )
        for one in data.found
        for p in one.points
    ]


def title(data: RooflineData) -> str:
    """How many codes touch their roof, by device."""
    said: list[str] = []
    for one in data.found:
        shares = [p.rate / p.bound for p in one.points if p.bound]
        reached = sum(share >= REACHED for share in shares)
        if shares:
            of = quantity(len(shares), "workload") if not said else str(len(shares))
            said.append(f"{_short(one)}: {reached} of {of}")
    return f"Within {percent(1 - REACHED)} of a measured roof: {', '.join(said)}"


def device(one: Roofline, file: ResultFile) -> str:
    """1 CPU, 16 CPUs, or the GPU's name."""
    gpus = file.workspan.machine.cuda.gpus
    return gpus[0].name if one.scope == "kernel" and gpus else _short(one)


def _short(one: Roofline) -> str:
    return "GPU" if one.scope == "kernel" else quantity(one.threads, "CPU")


def _name(point: RooflinePoint) -> str:
    return " ".join([point.case.workload, *point.case.keys.values()])


def _highest(roofs: Sequence[Roof]) -> tuple[Roof, ...]:
    """Of each level the fastest bandwidth; all rates of arithmetic, since precisions differ."""
    best: dict[str, Roof] = {}
    for roof in roofs:
        key = roof.level if roof.kind == "bytes" else roof.workload
        if key not in best or best[key].rate < roof.rate:
            best[key] = roof
    return tuple(best.values())


def _fastest(one: Roofline) -> tuple[RooflinePoint, ...]:
    """One of each workload and input: the largest size, and of that the fastest code of ours."""
    found: dict[str, RooflinePoint] = {}
    for point in one.points:
        case = point.case
        if not case.ours or case.is_ceiling or min(point.rate, point.intensity) <= 0:
            continue
        if place_of(case) is Place.ONE and case.variant != BASELINE:
            continue
        known = found.setdefault(_name(point), point)
        if (case.n, point.rate) > (known.case.n, known.rate):
            found[_name(point)] = point
    return tuple(found.values())


@dataclass(frozen=True, eq=False)
class _Panel:
    one: Roofline
    title: tuple[str, ...]
    x: LogScale
    y: LogScale

    @property
    def bottom(self) -> float:
        return self.y.left

    @cached_property
    def roof_labels(self) -> list[tuple[str, Box]]:
        return _roof_labels(self)

    @cached_property
    def names(self) -> list[tuple[str, Placed | None]]:
        return _names(self)

    @property
    def top(self) -> float:
        return self.y.left + self.y.length

    @property
    def right(self) -> float:
        return self.x.left + self.x.length


def _add_panels(
    page: Page, data: RooflineData, row: Sequence[Roofline], across: int, unnamed: list[str]
) -> None:
    width = (page.width - 2 * MARGIN - GAP * (across - 1)) / across
    titles = [tuple(wrapped(device(one, data.file), TITLE, width)) for one in row]
    head = TITLE.line * max(map(len, titles)) + 4
    panels = [
        _panel(one, lines, MARGIN + k * (width + GAP), head, width)
        for k, (one, lines) in enumerate(zip(row, titles, strict=True))
    ]
    height = head + HEIGHT + 2 * SMALL.line + BODY.line + 6

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, height)
        for panel in panels:
            _draw(axes, panel)

    for panel in panels:
        names = panel.names
        unnamed += [name for name, placed in names if placed is None]
    page.panel(0, 0, height, draw)


def _panel(one: Roofline, lines: tuple[str, ...], left: float, head: float, width: float) -> _Panel:
    flops = [roof.rate for roof in one.roofs if roof.kind == "flops"]
    most = max(flops, default=max(p.rate for p in one.points))
    slopes = [roof.rate for roof in one.roofs if roof.kind == "bytes"]
    ridges = [most / slope for slope in slopes]
    x_range = log_range([*(p.intensity for p in one.points), *ridges])
    rates = [*(p.rate for p in one.points), *flops, *(s * x_range[0] for s in slopes)]
    y = LogScale(*log_range(rates), head + HEIGHT, -HEIGHT)
    labels = [text_width(text, SMALL) for _, text in y.ticks(_gigaflops)]
    inset = max(labels, default=0.0) + 5
    return _Panel(one, lines, LogScale(*x_range, left + inset, width - inset), y)


def _gigaflops(rate: float) -> str:
    return number_tick(float(f"{rate / 1e9:.6g}"))


def _draw(axes: Axes, panel: _Panel) -> None:
    first = panel.x.left
    for number, text in enumerate(panel.title):
        words(axes, first, TITLE.line * (number + 0.5), text, TITLE)
    for value, text in panel.y.ticks(_gigaflops):
        line(axes, [first, panel.right], [panel.y.at(value)] * 2, GRID, 0.6)
        words(axes, first - 3, panel.y.at(value), text, SMALL, "right")
    for value, text in panel.x.ticks(number_tick):
        line(axes, [panel.x.at(value)] * 2, [panel.bottom, panel.bottom + 2.5], AXIS, 0.6)
        y = panel.bottom + 3.5 + SMALL.line / 2
        words(axes, panel.x.at(value), y, text, SMALL, "center")
    line(axes, [first, panel.right], [panel.bottom] * 2, AXIS, 0.6)
    y = panel.bottom + SMALL.line + 4 + BODY.line / 2
    words(axes, (first + panel.right) / 2, y, "GFLOP/s against flop per byte", BODY, "center")
    for roof in panel.one.roofs:
        xs, ys = _roof_line(panel, roof)
        line(axes, xs, ys, AXIS, 1.0, zorder=1.5)
    for text, box in panel.roof_labels:
        words(axes, box.left, box.top + box.height / 2, text, SMALL)
    for point in panel.one.points:
        look = LOOKS[place_of(point.case)]
        hollow = not isinstance(point.case.interval, tuple)
        place = panel.x.at(point.intensity), panel.y.at(panel.y.clipped(point.rate))
        mark(axes, *place, look, point.case.name, hollow=hollow)
    _draw_names(axes, panel)


def _draw_names(axes: Axes, panel: _Panel) -> None:
    for (name, placed), point in zip(panel.names, panel.one.points, strict=True):
        if placed is None:
            continue
        box, x, y = placed.box, panel.x.at(point.intensity), panel.y.at(point.rate)
        font = SMALL.colored(LOOKS[place_of(point.case)].color.text)
        words(axes, box.left, box.top + box.height / 2, name, font)
        if placed.led:
            end = box.left if box.left > x else box.right if box.right < x else x
            line(axes, [x, end], [y, box.top + box.height / 2], "#bdbdbd", 0.5, zorder=1.2)


def _roof_line(panel: _Panel, roof: Roof) -> tuple[list[float], list[float]]:
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


def _roof_labels(panel: _Panel) -> list[tuple[str, Box]]:
    """Names of the roofs, beside their lines where nothing is covered, as far as there is room."""
    height, found = 0.95 * SMALL.size, []
    occupied = [around(place) for place in _places(panel)] + _lines(panel)
    room = Box(panel.x.left, panel.top - 2, panel.x.length, -panel.y.length)
    for roof in panel.one.roofs:
        is_flops = roof.kind == "flops"
        name = roof.workload if is_flops else ROOFS.get(roof.level, roof.level)
        unit = "GFLOP/s" if is_flops else "GB/s"
        text = f"{name} {number_tick(float(f'{roof.rate / 1e9:.3g}'))} {unit}"
        boxes = [*_beside(*_roof_line(panel, roof), text_width(text, SMALL), height)]
        at = first_free(boxes, room, occupied)
        if at is not None:
            found.append((text, boxes[at]))
            occupied.append(boxes[at])
    return found


def _beside(xs: Sequence[float], ys: Sequence[float], width: float, height: float) -> Iterator[Box]:
    """Places along a line, the last ones of a level line first: above or left, below or right."""
    is_level = ys[0] == ys[1]
    for k in range(STEPS + 1):
        share = 1 - k / STEPS if is_level else k / STEPS
        x, y = xs[0] + (xs[1] - xs[0]) * share, ys[0] + (ys[1] - ys[0]) * share
        if is_level:
            yield Box(round(x - width, 2), round(y - height - 2, 2), width, height)
            yield Box(round(x - width, 2), round(y + 2, 2), width, height)
        else:
            yield Box(round(x - width - 5, 2), round(y - height / 2, 2), width, height)
            yield Box(round(x + 5, 2), round(y - height / 2, 2), width, height)


def _lines(panel: _Panel) -> list[Box]:
    return [box for roof in panel.one.roofs for box in along(*_roof_line(panel, roof))]


def _places(panel: _Panel) -> list[tuple[float, float]]:
    return [
        (panel.x.at(p.intensity), panel.y.at(panel.y.clipped(p.rate))) for p in panel.one.points
    ]


def _names(panel: _Panel) -> list[tuple[str, Placed | None]]:
    texts = [_name(p) for p in panel.one.points]
    widths = [text_width(text, SMALL) for text in texts]
    room = Box(panel.x.left, panel.top - 4, panel.x.length, panel.bottom - panel.top)
    taken = [box for _, box in panel.roof_labels]
    height = 0.95 * SMALL.size
    placed = place_near(_places(panel), widths, height, room, taken, _lines(panel))
    return list(zip(texts, placed, strict=True))
