# SPDX-License-Identifier: Apache-2.0
"""sizes: the rate of each place against the size of the problem, with the sizes of caches."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.laws.break_even import NARROW
from workspan.analysis.ratios.ceilings import rate, working_set
from workspan.analysis.ratios.places import HOST, Code, Place, Problem, RunCodes
from workspan.plot.axes.grid import Curve, Frame, Limit, Panel, Point, add_grid
from workspan.plot.key import Item, add_key
from workspan.plot.page import Page
from workspan.plot.palette import LOOKS
from workspan.plot.sheet import Table, begin, key_of
from workspan.plot.words import number_tick, percent, size
from workspan.resultfile.model import Case, ResultFile
from workspan.support.text import quantity
from workspan.support.units import Scale, axis_scale

FEWEST: Final = 3  # sizes of a curve: two are no curve
SUBJECTS: Final = (Place.GPU, Place.TEAM, Place.ONE)  # of the title, the first one that is there
HEADERS: Final = ("workload", "n", "case", "runs on", "unit", "rate", "low", "high")
FRAME: Final = Frame(lambda n: size(round(n)), number_tick, "n, the size of the problem")

Sized = tuple[Problem, ...]  # one workload and input, the smallest size first


def sized_problems(run: RunCodes) -> tuple[Sized, ...]:
    """The workloads with at least three sizes of one place."""
    found: dict[object, list[Problem]] = {}
    for problem in run.problems:
        found.setdefault((problem.workload, problem.keys), []).append(problem)
    each = (tuple(sorted(problems, key=lambda p: p.n)) for problems in found.values())
    return tuple(problems for problems in each if _longest(problems) >= FEWEST)


def tells_of_sizes(run: RunCodes) -> bool:
    """Whether a rate may depend on the size: that of an arithmetic ceiling does not on the host,
    where a figure of nothing else says nothing.
    """
    return not all(map(_is_flat, sized_problems(run)))


def _is_flat(problems: Sized) -> bool:
    cases = [(place, code.case) for p in problems for place, code in p.codes.items()]
    return all(
        place in HOST and case.is_ceiling and case.rate_unit == "flops" for place, case in cases
    )


def draw_sizes(run: RunCodes, width_mm: float) -> Figure:
    """A panel per workload, a curve per place."""
    each = sized_problems(run)
    page = begin(width_mm, title(run), [run.file])
    panels = [_panel(run.file, problems) for problems in each]
    places = {place for problems in each for p in problems for place in p.codes}
    dots = [point for panel in panels for curve in panel.curves for point in curve.points]
    key = key_of(places, run.file.workspan.run.all_threads, dots)
    if any(_has_gap(curve) for panel in panels for curve in panel.curves):
        key.append(Item("dots", "sizes far apart: nothing is known between them"))
    add_key(page, key)
    page.space(5)
    add_grid(page, panels, FRAME)
    return page.figure()


def draw_panels(run: RunCodes, width_mm: float) -> Figure:
    """The panels alone, for a page that has the title and the key elsewhere."""
    page = Page(width_mm)
    panels = [_panel(run.file, problems) for problems in sized_problems(run)]
    add_grid(page, panels, FRAME, math.inf)
    return page.figure()


def sizes_table(run: RunCodes) -> Table:
    """A row per point: the rate, in the unit of its panel."""
    rows = []
    for problems in sized_problems(run):
        unit, per = scale_of_panel(problems)
        for problem in problems:
            for place, code in problem.codes.items():
                point = _point(code, problem.n, per)
                ends = [f"{end:.6g}" for end in point.interval] if point.interval else ["", ""]
                about = (problem.name, str(problem.n), code.case.name, place.value, unit)
                rows.append((*about, f"{point.y:.6g}", *ends))
    return HEADERS, rows


def title(run: RunCodes) -> str:
    """What the smallest sizes leave unused; of several inputs the first counts."""
    team = quantity(run.file.workspan.run.all_threads, "CPU")
    where = {Place.GPU: "the GPU", Place.TEAM: team, Place.ONE: "one CPU"}
    for place in SUBJECTS:
        found: dict[str, float] = {}
        for problems in sized_problems(run):
            if share := _smallest_share(problems, place):
                found.setdefault(problems[0].workload, share)
        if found:
            who, of = "a workload", f" (median of {len(found)} workloads)"
            if len(found) == 1:
                who, of = next(iter(found)), ""
            reached = percent(median(found.values()))
            rest = f"{reached} of its best rate on {where[place]}{of}"
            return f"At its smallest size {who} reaches {rest}"
    return "Rate and size"


def _has_gap(curve: Curve) -> bool:
    sizes = sorted(point.x for point in curve.points)
    return any(b > a * 2**NARROW for a, b in pairwise(sizes))


def _longest(problems: Sequence[Problem]) -> int:
    return max(sum(place in p.codes for p in problems) for place in Place)


def _smallest_share(problems: Sized, place: Place) -> float | None:
    rates = [
        rate(p.codes[place].case, p.codes[place].case.rate_unit)
        for p in problems
        if place in p.codes
    ]
    return rates[0] / max(rates) if len(rates) >= FEWEST and rates[0] > 0 else None


def _panel(file: ResultFile, problems: Sized) -> Panel:
    unit, per = scale_of_panel(problems)
    curves = []
    for place, look in LOOKS.items():
        codes = [(p.n, p.codes[place]) for p in problems if place in p.codes and p.n > 0]
        points = (_point(code, n, per) for n, code in codes)
        if kept := tuple(point for point in points if point.y > 0):
            curves.append(Curve(kept, look))
    return Panel(f"{problems[0].name}, {unit}", tuple(curves), tuple(_limits(file, problems)))


def scale_of_panel(problems: Sized) -> Scale:
    """Of all rates of a workload."""
    cases = [code.case for problem in problems for code in problem.codes.values()]
    return axis_scale(max(rate(case, case.rate_unit) for case in cases), cases[0].rate_unit)


def _point(code: Code, n: int, per: float) -> Point:
    case = code.case
    found = rate(case, case.rate_unit) / per
    interval = None
    if isinstance(case.interval, tuple) and case.time:
        low, high = case.interval
        interval = (found * case.time / high, found * case.time / low)
    return Point(n, found, interval, case.name)


def _limits(file: ResultFile, problems: Sized) -> list[Limit]:
    """The sizes at which working sets fill caches, between those that were measured."""
    cpu, gpus = file.workspan.machine.cpu, file.workspan.machine.cuda.gpus
    cold, warm = LOOKS[Place.TEAM].color, LOOKS[Place.GPU].color
    wanted = [
        (Place.ONE, cpu.cache_bytes(2), "L2", cold),
        (Place.ONE, cpu.cache_bytes(3), "L3", cold),
        (Place.GPU, gpus[0].l2 if gpus else 0.0, "GPU L2", warm),
    ]
    found = []
    for place, full, label, color in wanted:
        cases = [(p.n, p.codes[place].case) for p in problems if place in p.codes]
        if full > 0 and (n := _size_of(cases, full)):
            found.append(Limit(n, label, color.mark, color.text))
    return found


def _size_of(cases: Sequence[tuple[int, Case]], full: float) -> float | None:
    """The n whose working set is this large, between neighbours; None outside all."""
    sets = [(n, working_set(case)) for n, case in cases if n > 0 and working_set(case) > 0]
    for (n, small), (m, large) in pairwise(sets):
        if small <= full < large:
            share = math.log(full / small) / math.log(large / small)
            return float(n * (m / n) ** share)
    return None
