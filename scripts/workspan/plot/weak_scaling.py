# SPDX-License-Identifier: Apache-2.0
"""scaling of a run with `--weak`: scaled speedup against threads, beside the ideal, what the
machine gave, and Gustafson's law.
"""

from collections.abc import Mapping
from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.laws.weak_scaling import Refusal, WeakScaling
from workspan.plot.axes.grid import Panel
from workspan.plot.scaling import (
    Legend,
    Places,
    ScalingData,
    add_curves,
    name_of,
    panel_of,
    point_of,
    refusal_words,
    serial_words,
)
from workspan.plot.sheet import Table, begin, cells_of
from workspan.plot.words import extremes
from workspan.stats.ratios import Estimate

REFUSALS: Final[Mapping[Refusal, str]] = {
    "no_one_thread": "no time on one thread",
    "no_ceiling": "no law: no ceiling on these threads",
    "is_ceiling": "the ceiling itself",
    "few_cpus": "no law: fewer than 3 CPUs",
    "few_teams": "no law: fewer than 3 thread counts",
    "few_processes": "no law: fewer than 3 processes",
    "superlinear": "superlinear",
    "not_the_law": "not Gustafson's law: it breaks",
}
HEADERS: Final = (
    *("workload", "variant", "n on 1 thread", "threads", "n", "work"),
    *("scaled speedup", "low", "high", "machine", "law", "serial"),
)


def draw_weak(data: ScalingData[WeakScaling], width_mm: float) -> Figure:
    """A panel per workload."""
    law = "Gustafson's law" if any(one.serial for one in data.found) else None
    legend = Legend("measured, rate over that on 1 thread", law, "threads, each with as much work")
    page = begin(width_mm, title(data), [data.file])
    add_curves(page, data, [_panel(one) for one in data.found], legend)
    return page.figure()


def weak_table(data: ScalingData[WeakScaling]) -> Table:
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


def title(data: ScalingData[WeakScaling]) -> str:
    """How much is gained where each thread has as much work."""
    gains = {name_of(one): one.points[-1].speedup.value for one in data.found}
    threads = max(one.points[-1].threads for one in data.found)
    return f"With as much work for each, {threads} threads gain {extremes(gains)} over one"


def law_words(one: WeakScaling) -> str:
    """The law of a curve in a line, or why there is none."""
    if one.serial is None:
        return refusal_words(REFUSALS[one.refusal], one.kink) if one.refusal else ""
    ends = one.serial.interval
    return serial_words(one.serial, unseen=ends is not None and ends[0] <= 0)


def _panel(one: WeakScaling) -> Panel:
    points = [point_of(one, p, p.n) for p in one.points]
    return panel_of(one, points, lambda given: _law_points(one.serial, given), law_words(one))


def _law_points(serial: Estimate | None, given: Places) -> Places:
    """Gustafson's law over what the machine gave."""
    if serial is None:
        return []
    return [(p, cores - serial.value * (cores - 1)) for p, cores in given]
