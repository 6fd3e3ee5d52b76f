# SPDX-License-Identifier: Apache-2.0
"""scaling: speedup against threads, beside the ideal, what the machine gave, and the law."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from matplotlib.figure import Figure

from workspan.analysis.laws.scaling import Law, Refusal, Scaling, ScalingPoint
from workspan.analysis.laws.weak_scaling import WeakPoint, WeakScaling
from workspan.analysis.ratios.places import Place
from workspan.plot.axes.grid import Curve, Frame, Panel, Point, add_grid
from workspan.plot.axes.marks import Dot
from workspan.plot.key import Item, add_key
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS
from workspan.plot.sheet import Table, begin, cells_of, key_of
from workspan.plot.words import extremes, factor_tick, percent, size
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import case_name, problem_name
from workspan.stats.ratios import Estimate

FEWEST: Final = 3  # thread counts: one and all make no curve
IDEAL, GIVEN = "#bdbdbd", "#1a1a1a"
FINE: Final = 4  # points of a law between two measured ones
DASHED: Final = (0, (4.0, 2.0))
REFUSALS: Final[Mapping[Refusal, str]] = {
    "few_cpus": "no law: fewer than 4 CPUs",
    "few_counts": "no law: fewer than 4 thread counts",
    "few_processes": "no law: fewer than 3 processes",
    "no_ceiling": "no law: no ceiling on these threads",
    "is_ceiling": "the ceiling itself",
    "superlinear": "superlinear",
    "no_fraction": "no law: a fraction above 1",
    "neither_law": "neither law: its time breaks",
}
HEADERS: Final = (
    *("workload", "variant", "n", "threads", "vs 1 thread", "low", "high"),
    *("machine", "karp_flatt", "law", "serial", "coherency"),
)


Places = list[tuple[float, float]]  # threads, and a speedup or effective cores
AnyScaling = Scaling | WeakScaling
OneScaling = TypeVar("OneScaling", Scaling, WeakScaling)


@dataclass(frozen=True)
class ScalingData(Generic[OneScaling]):
    """The curves of a run, one of each workload and input."""

    file: ResultFile
    found: tuple[OneScaling, ...]


class Legend(NamedTuple):
    """What it calls the marks and the law (if one is drawn), and the axis."""

    measured: str
    law: str | None
    axis: str


def scaling_data(file: ResultFile, found: Iterable[OneScaling]) -> ScalingData[OneScaling]:
    """Of each workload and input the largest size, and of that the variant that gains most."""
    best: dict[object, OneScaling] = {}
    for one in found:
        if len(one.points) >= FEWEST:
            key = one.workload, tuple(sorted(one.keys.items()))
            if key not in best or _rank(one) > _rank(best[key]):
                best[key] = one
    return ScalingData(file, tuple(best.values()))


def draw_scaling(data: ScalingData[Scaling], width_mm: float) -> Figure:
    """A panel per workload."""
    law = "the law: Amdahl's, or the USL" if any(one.law for one in data.found) else None
    page = begin(width_mm, title(data), [data.file])
    legend = Legend("measured, vs 1 thread", law, "threads")
    add_curves(page, data, [_panel(one) for one in data.found], legend)
    return page.figure()


def add_curves(
    page: Page, data: ScalingData[OneScaling], panels: list[Panel], legend: Legend
) -> None:
    """The key, and below it the panels of these curves."""
    look = LOOKS[Place.TEAM]
    points = [p for one in data.found for p in one.points]
    dots = [
        Dot(look, p.speedup.value, p.speedup.interval, "", exact=p.speedup.exact) for p in points
    ]
    labels = {Place.TEAM: legend.measured}
    key = key_of([Place.TEAM], data.file.workspan.run.all_threads, dots, labels)
    key.append(Item("line", "ideal", IDEAL))
    if any(p.machine and p.threads > 1 for p in points):
        key.append(Item("line", "what the machine gave", GIVEN))
    if legend.law:
        key.append(Item("dashes", legend.law, look.color.mark))
    add_key(page, key)
    page.space(5)
    add_grid(page, panels, Frame(lambda p: f"{p:g}", factor_tick, legend.axis))


def scaling_table(data: ScalingData[Scaling]) -> Table:
    """A row per point."""
    return HEADERS, [
        (
            *(name_of(one), one.variant, str(one.n), str(point.threads), *cells_of(point.speedup)),
            cells_of(point.machine)[0],
            f"{point.karp_flatt:.6g}" if point.karp_flatt is not None else "",
            *_law_cells(one),
        )
        for one in data.found
        for point in one.points
    ]


def title(data: ScalingData[Scaling]) -> str:
    """How much serial part was seen, or how much was gained."""
    serial = {name_of(one): one.law for one in data.found if one.law}
    if serial:
        none = sum(law.has_no_serial_part for law in serial.values())
        most = max(serial, key=lambda name: serial[name].serial.value)
        largest = percent(max(serial[most].serial.value, 0))
        if len(serial) == 1:
            return f"{most} shows {'no serial part' if none else f'a serial part of {largest}'}"
        shows = f"No serial part shows in {none} of {len(serial)} codes"
        shows = shows if none else f"All {len(serial)} codes show a serial part"
        return f"{shows}; the largest is {largest} ({most})"
    gains = {name_of(one): one.points[-1].speedup.value for one in data.found}
    threads = max(one.points[-1].threads for one in data.found)
    return f"{threads} threads gain {extremes(gains)} over one"


def law_words(one: Scaling) -> str:
    """The law of a curve in a line, or why there is none."""
    if one.law is None:
        return refusal_words(REFUSALS[one.refusal], one.kink) if one.refusal else ""
    unseen = one.law.kind == "amdahl" and one.law.has_no_serial_part
    words = serial_words(one.law.serial, unseen=unseen)
    return words + (f", peak at {one.law.peak.value:.0f} cores" if one.law.peak else "")


def refusal_words(why: str, kink: int | None) -> str:
    """Why no law was found, and at how many threads the curve breaks."""
    return f"{why} at {kink} threads" if kink else why


def serial_words(serial: Estimate, *, unseen: bool) -> str:
    """A serial fraction with its interval; unseen: only what it is below."""
    ends = serial.interval
    if unseen and ends:
        return f"no serial part (< {percent(max(ends[1], 0))})"
    interval = f" [{100 * ends[0]:.2g}, {100 * ends[1]:.2g}]" if ends else ""
    return f"serial {percent(max(serial.value, 0))}{interval}"


def _rank(one: AnyScaling) -> tuple[int, float]:
    return one.n, max(p.speedup.value for p in one.points)


def name_of(one: AnyScaling) -> str:
    """Its workload and input."""
    return problem_name(one.workload, one.keys.values())


def _law_cells(one: Scaling) -> tuple[str, str, str]:
    if one.law is None:
        return one.refusal or "", "", ""
    return (one.law.kind, cells_of(one.law.serial)[0], cells_of(one.law.coherency)[0])


def _panel(one: Scaling) -> Panel:
    law = one.law
    points = [point_of(one, p, one.n) for p in one.points]
    return panel_of(
        one, points, lambda given: _law_points(law, given) if law else [], law_words(one)
    )


def panel_of(
    one: AnyScaling, points: Iterable[Point], law: Callable[[Places], Places], note: str
) -> Panel:
    """The ideal, what the machine gave, the law over that, and the measured points."""
    threads = [p.threads for p in one.points]
    curves = [_line([(float(p), float(p)) for p in (threads[0], threads[-1])], IDEAL)]
    given = [(float(p.threads), p.machine.value) for p in one.points if p.machine]
    if len(given) > 1:
        curves.append(_line(given, GIVEN))
        if over_given := law(given):
            curves.append(_line(over_given, LOOKS[Place.TEAM].color.mark, DASHED))
    curves.append(Curve(tuple(points), LOOKS[Place.TEAM], bare=True))
    return Panel(f"{name_of(one)}, {one.variant} {size(one.n)}", tuple(curves), note=note)


def _line(
    places: Places, color: str, dashes: tuple[int, tuple[float, ...]] | str = "solid"
) -> Curve:
    """Through these places, without a mark."""
    points = tuple(Point(x, y, None, "", exact=True) for x, y in places)
    return Curve(points, None, color, dashes)


def point_of(one: AnyScaling, p: ScalingPoint | WeakPoint, n: int) -> Point:
    """A measured speedup, of a case at size n."""
    name = case_name(one.workload, one.variant, n, one.keys, p.threads)
    return Point(p.threads, p.speedup.value, p.speedup.interval, name, exact=p.speedup.exact)


def _law_points(law: Law, given: Places) -> Places:
    """The law over what the machine gave, also between the measured thread counts."""
    serial = law.serial.value
    coherency = law.coherency.value if law.coherency else 0.0
    found = []
    for (p, q), (p_next, q_next) in itertools.pairwise(given):
        for k in range(FINE + 1):
            threads = p + (p_next - p) * k / FINE
            cores = q + (q_next - q) * k / FINE
            slowed = 1 + serial * (cores - 1) + coherency * cores * (cores - 1)
            if slowed > 0:
                found.append((threads, cores / slowed))
    return found
