# SPDX-License-Identifier: Apache-2.0
"""matrix: the speedup of every variant of every workload as a tinted table, at the largest size."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workspan.analysis.ratios.ceilings import problem_of
from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.places import Place, RunCodes, largest_sizes, place_of
from workspan.plot.axes.marks import prepare, words
from workspan.plot.axes.rows import DARK
from workspan.plot.key import Item, add_key
from workspan.plot.page import MARGIN, Box
from workspan.plot.sheet import Table, begin, cells_of
from workspan.plot.style import SMALL, text_width
from workspan.plot.words import BY_VALUE_NOTE, factor, factor_of, size
from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, problem_name
from workspan.stats.ratios import Estimate

FASTER, SLOWER = "#0072b2", "#e69f00"
STRONGEST: Final = 0.55  # share of the colour in a tint, so that text stays legible
LEAST_RANGE: Final = 2.0  # the factor from 1x at which a tint is at its strongest, or a larger one
CELL: Final = 12.0  # height, in points
WIDEST: Final = 40.0  # of a cell, in points
HEADERS: Final = ("workload", "n", "case", "variant", "vs seq", "low", "high")


@dataclass(frozen=True)
class _Cell:
    case: Case
    speedup: Estimate


Cells = dict[str, dict[str, _Cell]]  # by row, then by variant


class Range(NamedTuple):
    """The speedups at which the tints are at their strongest: each side has a scale of its own,
    since a variant can be a hundred times slower than seq where none is twice as fast.
    """

    lowest: float
    highest: float


def matrix_cells(run: RunCodes) -> Cells:
    """The fastest case of each variant, by the name of the workload."""
    judged = judge(run.file)
    names: dict[object, str] = {
        (p.workload, p.n, p.keys): f"{p.name}  {size(p.n)}" for p in largest_sizes(run.problems)
    }
    found: Cells = {}
    for case in run.cases:
        name, speedup = names.get(problem_of(case)), judged[case.name].vs_seq
        if name is None or speedup is None or case.variant == BASELINE:
            continue
        row = found.setdefault(name, {})
        known = row.get(case.variant)
        if known is None or known.speedup.value < speedup.value:
            row[case.variant] = _Cell(case, speedup)
    return found


def draw_matrix(run: RunCodes, width_mm: float) -> Figure:
    """A row per workload, a column per variant, neutral at 1x."""
    cells = matrix_cells(run)
    ends = range_of(cells)
    page = begin(width_mm, title(run), [run.file])
    add_key(page, _key(ends))
    page.space(4)
    left = MARGIN + max(text_width(name, SMALL) for name in cells) + 5
    variants, widths = _columns(cells, page.width - MARGIN - left)
    head = max(text_width(variant, SMALL) for variant in variants) + 4
    height = head + CELL * len(cells) + 2

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, height)
        at = left
        for variant in variants:
            axes.text(
                *(round(at + widths[variant] / 2, 2), round(head - 3, 2), variant),
                **{"rotation": 90, "ha": "center", "va": "bottom", **SMALL.arguments()},
            )
            for k, row in enumerate(cells.values()):
                if variant in row:
                    place = Box(at, head + CELL * k, widths[variant], CELL)
                    _draw_cell(axes, place, row[variant], ends)
            at += widths[variant]
        for k, name in enumerate(cells):
            words(axes, left - 5, head + CELL * (k + 0.5) - 0.5, name, SMALL, "right")

    page.panel(0, 0, height, draw)
    if any(cell.speedup.by_value for row in cells.values() for cell in row.values()):
        page.text(BY_VALUE_NOTE, SMALL)
    if left_out := _left_out(cells, variants):
        page.text(f"left out for want of room: {left_out}", SMALL)
    return page.figure()


def matrix_table(run: RunCodes) -> Table:
    """A row per cell."""
    return HEADERS, [
        (name.split("  ")[0], str(cell.case.n), cell.case.name, variant, *cells_of(cell.speedup))
        for name, row in matrix_cells(run).items()
        for variant, cell in row.items()
    ]


def title(run: RunCodes) -> str:
    """The highest speedup and where it is, and how many are below 1."""
    cells = [cell for row in matrix_cells(run).values() for cell in row.values()]
    best = max(cells, key=lambda cell: cell.speedup.value)
    name = problem_name(best.case.workload, best.case.keys.values())
    slower = sum(cell.speedup.value < 1 for cell in cells)
    return (
        f"{name} {best.case.variant} is {factor(best.speedup.value)} as fast as seq;"
        f" {slower} of {len(cells)} variants are slower"
    )


def range_of(cells: Cells) -> Range:
    """The lowest and the highest speedup, each at least LEAST_RANGE from 1x."""
    found = [cell.speedup.value for row in cells.values() for cell in row.values()]
    return Range(min(*found, 1 / LEAST_RANGE), max(*found, LEAST_RANGE))


def tint(speedup: float, ends: Range) -> str:
    """White at 1x; towards one colour above, another one below."""
    end = ends.highest if speedup > 1 else ends.lowest
    share = min(1.0, math.log(speedup) / math.log(end))
    color = to_rgb(FASTER if speedup > 1 else SLOWER)
    red, green, blue = (1 - STRONGEST * share * (1 - part) for part in color)
    return to_hex((red, green, blue))


def _key(ends: Range) -> list[Item]:
    """With the speedups at which the tints of the key are in the table."""
    return [
        Item("bar", f"{factor(ends.highest)}: faster than seq", tint(ends.highest, ends)),
        Item("bar", f"{factor(ends.lowest)}: slower; white: equal", tint(ends.lowest, ends)),
    ]


def _columns(cells: Cells, room: float) -> tuple[list[str], dict[str, float]]:
    """The variants for which there is room, those that rows owe most to first to be kept, and the
    width of each: what it needs, and its part of the room that is left.
    """
    count: dict[str, int] = {}
    leads = _leads(cells)
    widths: dict[str, float] = {}
    for row in cells.values():
        for variant, cell in row.items():
            count[variant] = count.get(variant, 0) + 1
            needed = text_width(factor_of(cell.speedup), DARK) + 3
            widths[variant] = max(widths.get(variant, 10.0), needed)
    kept: list[str] = []
    for variant in sorted(count, key=lambda v: (-sum(leads.get(v, {}).values()), -count[v])):
        if sum(widths[v] for v in (*kept, variant)) <= room:
            kept.append(variant)
    spare = (room - sum(widths[v] for v in kept)) / len(kept)
    widths = {v: max(widths[v], min(widths[v] + spare, WIDEST)) for v in kept}
    order = list(Place)
    where = {v: place_of(cell.case) for row in cells.values() for v, cell in row.items()}
    return sorted(kept, key=lambda v: (order.index(where[v]), list(count).index(v))), widths


def _leads(cells: Cells) -> dict[str, dict[str, float]]:
    """By variant and row: how far it is ahead of seq and all others that run where it does, on the
    host, on the GPU or with transfers, as a logarithm. Of the fastest ones.
    """
    found: dict[str, dict[str, float]] = {}
    for name, row in cells.items():
        best: dict[str, list[tuple[float, str]]] = {}
        for variant, cell in row.items():
            side = best.setdefault(cell.case.scope, [(1.0, BASELINE)])
            side.append((cell.speedup.value, variant))
        for side in best.values():
            (second, _), (first, variant) = sorted(side)[-2:]
            if variant != BASELINE:
                found.setdefault(variant, {})[name] = math.log(first / second)
    return found


def _left_out(cells: Cells, shown: Collection[str]) -> str:
    """The variants without a column, and the rows in which one of them is the fastest."""
    leads = _leads(cells)
    every = sorted({variant for row in cells.values() for variant in row} - set(shown))
    fastest = {v: ", ".join(name.split("  ")[0] for name in leads.get(v, {})) for v in every}
    return ", ".join(f"{v} (fastest in {rows})" if rows else v for v, rows in fastest.items())


def _draw_cell(axes: Axes, place: Box, cell: _Cell, ends: Range) -> None:
    color = tint(cell.speedup.value, ends)
    corner, size = (place.left, place.top), (place.width - 1, place.height - 1)
    axes.add_patch(Rectangle(corner, *size, facecolor=color, linewidth=0, gid=cell.case.name))
    middle = (place.left + place.width / 2 - 0.5, place.top + place.height / 2 - 0.5)
    words(axes, *middle, factor_of(cell.speedup), DARK, "center")
