# SPDX-License-Identifier: Apache-2.0
"""roofline: the rate of each code against its arithmetic intensity, under the measured ceilings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workspan.analysis.laws.roofline import (
    Input,
    Roof,
    Roofline,
    RooflinePoint,
    common_sizes,
    input_of,
)
from workspan.analysis.ratios.places import place_of
from workspan.analysis.verdicts.limits import SATURATED
from workspan.plot.axes.marks import prepare
from workspan.plot.axes.roofs import (
    ABOVE,
    ROOFS,
    draw_roof_panel,
    is_hollow,
    point_name,
    roof_panel,
    scale_of_panel,
)
from workspan.plot.key import Item, add_key
from workspan.plot.page import MARGIN, Box, Page
from workspan.plot.palette import LOOKS, label_of
from workspan.plot.sheet import INTERVALS, Table, begin
from workspan.plot.style import AXIS, BODY, HIGHEST, SMALL, TITLE, wrapped
from workspan.plot.words import clean, percent
from workspan.resultfile.model import ResultFile
from workspan.support.text import quantity

LEAST_WIDTH: Final = 200.0  # of a panel, in points
HEIGHT: Final = 150.0  # of the axes; more of wide ones, so that no roof lies flat
LEAST_HEIGHT: Final = 110.0  # the same, where several share a page
ASPECT: Final = 0.45
GAP: Final = 14.0
LABELS: Final = 32.0  # left of the axes, at most; titles begin where the axes do
HEADERS: Final = (
    *("device", "workload", "n", "case", "flop_per_byte", "flop_per_s", "roof", "bound"),
    "share",
)


@dataclass(frozen=True)
class RooflineData:
    """The devices of a run; of each the fastest own code of each workload, at the largest size that
    all of them measured, if there is one.
    """

    file: ResultFile
    found: tuple[Roofline, ...]


def roofline_data(file: ResultFile, found: Sequence[Roofline]) -> RooflineData:
    """The devices that have a roof, and codes that are not ceilings themselves."""
    sizes = common_sizes([p.case for p in one.points] for one in found)
    kept = [
        Roofline(one.scope, one.threads, _highest(one.roofs), _fastest(one, sizes)) for one in found
    ]
    return RooflineData(file, tuple(one for one in kept if one.roofs and one.points))


def draw_roofline(data: RooflineData, width_mm: float) -> Figure:
    """A panel per device."""
    page = begin(width_mm, title(data), [data.file])
    cpus = data.file.workspan.run.all_threads
    places = dict.fromkeys(place_of(p.case) for one in data.found for p in one.points)
    key = [Item("dot", label_of(p, cpus), look=LOOKS[p]) for p in LOOKS if p in places]
    key.append(Item("line", "measured ceilings", AXIS))
    bounded = [place_of(p.case) for one in data.found for p in one.points if p.bound]
    if bounded:
        key.append(Item("line", "the roof of a code", LOOKS[bounded[-1]].color.mark))
    key += INTERVALS[1:] if any(is_hollow(p) for one in data.found for p in one.points) else ()
    add_key(page, key)
    page.space(4)
    across = max(1, int((page.width - 2 * MARGIN + GAP) // (LEAST_WIDTH + GAP)))
    across = min(across, len(data.found))
    notes = []
    if slopes := [said for one in data.found if (said := _slopes(one, data.file))]:
        notes.append(f"slopes: {'; '.join(slopes)}")
    if apart := _of_several_sizes(data):
        notes.append(f"measured at no size on every device: {', '.join(apart)}")
    width = page.width - 2 * MARGIN
    below = SMALL.line * sum(len(wrapped(note, SMALL, width)) for note in notes)
    rows = [data.found[k : k + across] for k in range(0, len(data.found), across)]
    room = (HIGHEST - page.height - below - MARGIN) / len(rows)
    unnamed: list[str] = []
    for row in rows:
        _add_panels(
            page, data, row, Box(0, 0, (width - GAP * (across - 1)) / across, room), unnamed
        )
    if unnamed:
        notes.append(f"without a name for want of room: {', '.join(unnamed)}")
    for note in notes:
        page.text(note, SMALL)
    return page.figure()


def _slopes(one: Roofline, file: ResultFile) -> str:
    """The ceiling of each level, and whether it was measured beside the cases; empty without."""
    said = [
        f"{ROOFS[roof.level]} by {roof.workload}" + " beside the cases" * bool(roof.groups)
        for roof in one.roofs
        if roof.kind == "bytes"
    ]
    return f"{device(one, file)}: {', '.join(said)}" if said else ""


def roofline_table(data: RooflineData) -> Table:
    """A row per point: flops per byte and per second, and the share of the roof."""
    return HEADERS, [
        (
            *(device(one, data.file), point_name(p), str(p.case.n), p.case.name),
            *(f"{p.intensity:.6g}", f"{p.rate:.6g}"),
            *((p.roof.name if p.roof else ""), f"{p.bound:.6g}" if p.bound else ""),
            f"{p.share:.6g}" if p.share else "",
        )
        for one in data.found
        for p in one.points
    ]


def title(data: RooflineData) -> str:
    """How many codes touch their roof, by device; of several inputs the first counts, as in the
    headline.
    """
    said: list[str] = []
    for one in data.found:
        shares: dict[str, float] = {}
        for point in one.points:
            if point.share:
                shares.setdefault(point.case.workload, point.share)
        reached = sum(share >= SATURATED for share in shares.values())
        if shares:
            of = quantity(len(shares), "workload") + " with flops" if not said else str(len(shares))
            said.append(f"{_short(one)}: {reached} of {of}")
    return f"Within {percent(1 - SATURATED)} of a measured roof: {', '.join(said)}"


def device(one: Roofline, file: ResultFile) -> str:
    """1 CPU, 16 CPUs, or the GPU's name."""
    gpus = file.workspan.machine.cuda.gpus
    return clean(gpus[0].name) if one.scope == "kernel" and gpus else _short(one)


def _short(one: Roofline) -> str:
    return "GPU" if one.scope == "kernel" else quantity(one.threads, "CPU")


def _highest(roofs: Sequence[Roof]) -> tuple[Roof, ...]:
    """Of each level the fastest bandwidth; all rates of arithmetic, since precisions differ."""
    best: dict[str, Roof] = {}
    for roof in roofs:
        key = roof.level if roof.kind == "bytes" else roof.workload
        if key not in best or best[key].rate < roof.rate:
            best[key] = roof
    return tuple(best.values())


def _fastest(one: Roofline, sizes: Mapping[Input, int]) -> tuple[RooflinePoint, ...]:
    """One of each workload and input: at that size, else the largest, the fastest code of ours."""
    found: dict[str, RooflinePoint] = {}
    for point in one.points:
        case, name = point.case, point_name(point)
        if not case.ours or case.is_ceiling or min(point.rate, point.intensity) <= 0:
            continue
        if case.n != sizes.get(input_of(case), case.n):
            continue
        known = found.setdefault(name, point)
        if (case.n, point.rate) > (known.case.n, known.rate):
            found[name] = point
    return tuple(found.values())


def _of_several_sizes(data: RooflineData) -> list[str]:
    """The names of those whose points are of different sizes, for lack of a common one."""
    sizes: dict[str, set[int]] = {}
    for point in (p for one in data.found for p in one.points):
        sizes.setdefault(point_name(point), set()).add(point.case.n)
    return [name for name, of_name in sizes.items() if len(of_name) > 1]


def _add_panels(
    page: Page, data: RooflineData, row: Sequence[Roofline], room: Box, unnamed: list[str]
) -> None:
    """room: the width of a panel, and the height that is left for the row."""
    width = room.width
    names = [f"{device(one, data.file)}, {scale_of_panel(one).unit}" for one in row]
    titles = [tuple(wrapped(name, TITLE, width - LABELS)) for name in names]
    head = TITLE.line * max(map(len, titles)) + ABOVE
    around = head + 2 * SMALL.line + BODY.line + 6
    height = max(LEAST_HEIGHT, min(max(HEIGHT, ASPECT * width), room.height - around))
    panels = [
        roof_panel(one, lines, Box(MARGIN + k * (width + GAP), head, width, height))
        for k, (one, lines) in enumerate(zip(row, titles, strict=True))
    ]
    needed = around + height

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, needed)
        for panel in panels:
            draw_roof_panel(axes, panel)

    for panel in panels:
        unnamed += [name for name, placed in panel.names.points if placed is None]
    page.panel(0, 0, needed, draw)
