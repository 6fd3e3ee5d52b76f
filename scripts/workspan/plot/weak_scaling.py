# SPDX-License-Identifier: Apache-2.0
"""scaling of a run with `--weak`: scaled speedup against threads, beside the ideal, what the
machine gave, and Gustafson's law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.laws.weak_scaling import Refusal, WeakPoint, WeakScaling
from workspan.analysis.ratios.places import Place
from workspan.plot.axes.grid import Curve, Panel, Point
from workspan.plot.palette import LOOKS
from workspan.plot.scaling import (
    DASHED,
    GIVEN,
    IDEAL,
    Legend,
    add_curves,
    largest,
    line,
    name_of,
)
from workspan.plot.sheet import Table, begin, cells_of
from workspan.plot.words import extremes, percent, size
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import case_name

REFUSALS: Final[Mapping[Refusal, str]] = {
    "no_one_thread": "no time on one thread",
    "no_ceiling": "no law: no ceiling on these threads",
    "is_ceiling": "the ceiling itself",
    "few_cpus": "no law: fewer than 3 CPUs",
    "few_teams": "no law: fewer than 3 thread counts",
    "few_processes": "no law: fewer than 3 processes",
    "superlinear": "superlinear",
    "not_the_law": "not Gustafson's law",
}
HEADERS: Final = (
    *("workload", "variant", "n on 1 thread", "threads", "n", "work"),
    *("scaled speedup", "low", "high", "machine", "law", "serial"),
)


@dataclass(frozen=True)
class WeakData:
    """The curves of a run, one of each workload and input."""

    file: ResultFile
    found: tuple[WeakScaling, ...]


def weak_data(file: ResultFile, found: tuple[WeakScaling, ...]) -> WeakData:
    """Of all curves those that are drawn."""
    return WeakData(file, largest(found))


def draw_weak(data: WeakData, width_mm: float) -> Figure:
    """A panel per workload."""
    law = "Gustafson's law" if any(one.serial for one in data.found) else None
    legend = Legend("measured, rate over that on 1 thread", law, "threads, each with as much work")
    page = begin(width_mm, title(data), [data.file])
    add_curves(page, data.file, data.found, [_panel(one) for one in data.found], legend)
    return page.figure()


def weak_table(data: WeakData) -> Table:
    """A row per point."""
    return HEADERS, [
        (
            *(name_of(one), one.variant, str(one.n), str(p.threads), str(p.n), f"{p.work:.6g}"),
            *cells_of(p.speedup),
            cells_of(p.machine)[0],
            "gustafson" if one.serial else one.refusal or "",
            cells_of(one.serial)[0],
        )
        for one in data.found
        for p in one.points
    ]


def title(data: WeakData) -> str:
    """How much is gained where each thread has as much work."""
    gains = {name_of(one): one.points[-1].speedup.value for one in data.found}
    threads = max(one.points[-1].threads for one in data.found)
    return f"With as much work for each, {threads} threads gain {extremes(gains)} over one"


def law_words(one: WeakScaling) -> str:
    """The law of a curve in a line, or why there is none."""
    if one.serial is None:
        kink = f" at {one.kink} threads" if one.kink else ""
        return REFUSALS[one.refusal] + kink if one.refusal else ""
    ends = one.serial.interval
    if ends and ends[0] <= 0:
        return f"no serial part (< {percent(max(ends[1], 0))})"
    said = f" [{100 * ends[0]:.2g}, {100 * ends[1]:.2g}]" if ends else ""
    return f"serial {percent(max(one.serial.value, 0))}{said}"


def _panel(one: WeakScaling) -> Panel:
    threads = [p.threads for p in one.points]
    curves = [line([(float(p), float(p)) for p in (threads[0], threads[-1])], IDEAL)]
    given = [(float(p.threads), p.machine.value) for p in one.points if p.machine]
    if len(given) > 1:
        curves.append(line(given, GIVEN))
    if one.serial and len(given) > 1:
        serial = one.serial.value
        law = [(p, cores - serial * (cores - 1)) for p, cores in given]
        curves.append(line(law, LOOKS[Place.TEAM].color.mark, DASHED))
    curves.append(Curve(tuple(_point(one, p) for p in one.points), LOOKS[Place.TEAM], bare=True))
    return Panel(f"{name_of(one)}, {one.variant} {size(one.n)}", tuple(curves), note=law_words(one))


def _point(one: WeakScaling, p: WeakPoint) -> Point:
    name = case_name(one.workload, one.variant, p.n, one.keys, p.threads)
    return Point(p.threads, p.speedup.value, p.speedup.interval, name, exact=p.speedup.exact)
