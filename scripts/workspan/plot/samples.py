# SPDX-License-Identifier: Apache-2.0
"""samples: the times of the cases that vary most, in the order in which they were taken."""

import math
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from workspan.analysis.ratios.places import Place, place_of
from workspan.plot.axes.marks import arrowhead, line, prepare, words
from workspan.plot.axes.scale import LogScale
from workspan.plot.key import Item, add_key
from workspan.plot.page import MARGIN, Page
from workspan.plot.palette import LOOKS, Look
from workspan.plot.sheet import Table, begin, key_of
from workspan.plot.style import AXIS, BODY, GRID, SMALL, text_width, wrapped
from workspan.plot.words import factor, factor_tick, percent, size
from workspan.resultfile.counting import counting
from workspan.resultfile.model import Case, CaseInvocation, ResultFile, Status
from workspan.support.text import quantity

MOST: Final = 12  # cases, those that vary most
MOST_BELOW: Final = 8  # of them, where strips stand below each other: no more fit a page
ROW, BETWEEN = 34.0, 8.0  # height of a strip and room between strips, in points
ASIDE: Final = 12.0  # room between strips beside each other
BESIDE: Final = 120.0  # mm: from here on two strips stand beside each other
FARTHEST: Final = 4.0  # of the axis, as a factor
LEAST: Final = 1.02
HEADERS: Final = ("case", "process", "attempt", "sample", "at_s", "wall_s", "counts")


@dataclass(frozen=True)
class SamplesData:
    """The cases of a run that were chosen, those that vary most first."""

    file: ResultFile
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class _Strip:
    """The samples of a process: seconds over the median of the case."""

    ratios: tuple[float, ...]
    counts: tuple[bool, ...]


def samples_of(file: ResultFile, cases: tuple[Case, ...]) -> SamplesData:
    """The timed ones of these cases."""
    timed = [c for c in cases if c.status is Status.OK and c.time and c.invocations]
    return SamplesData(file, tuple(sorted(timed, key=lambda c: -spread_of(c))))


def spread_of(case: Case) -> float:
    """The median distance of its samples from the median of all, as a share."""
    times = [t for i in case.invocations if i.counted for t in i.wall]
    middle = median(times) if times else 1.0
    return median(abs(math.log(t / middle)) for t in times) if times else 0.0


def draw_samples(data: SamplesData, width_mm: float) -> Figure:
    """A strip per case: a dot per sample, process after process."""
    cases = data.cases[: MOST if width_mm >= BESIDE else MOST_BELOW]
    page = begin(width_mm, title(data), [data.file])
    strips = {case.name: _strips(case) for case in cases}
    cpus = data.file.workspan.run.all_threads
    labels = {Place.ONE: "1 CPU", Place.TEAM: f"up to {cpus} CPUs"}
    key = key_of((place_of(case) for case in cases), cpus, (), labels)
    look = LOOKS[place_of(cases[0])]
    every = [ok for each in strips.values() for strip in each for ok in strip.counts]
    if not all(every):
        key.append(Item("dot", "hollow: disturbed, it does not count", look=look, hollow=True))
    ratios = [r for each in strips.values() for strip in each for r in strip.ratios]
    if max(max(r, 1 / r) for r in ratios) > _farthest(strips):
        key.append(Item("beyond", "beyond the axis", AXIS))
    add_key(page, key)
    page.space(4)
    _add_strips(page, cases, strips)
    if len(data.cases) > len(cases):
        page.space(3)
        page.text(f"drawn: the {len(cases)} of {len(data.cases)} cases that vary most", SMALL)
    return page.figure()


def samples_table(data: SamplesData) -> Table:
    """A row per sample of the drawn cases, in seconds."""
    rows = []
    for case in data.cases[:MOST]:
        for one in case.invocations:
            counted = set(counting(one)) if one.counted else set()
            for k, wall in enumerate(one.wall):
                at = f"{one.at[k]:.6f}" if k < len(one.at) else ""
                about = (case.name, str(one.number), str(one.attempt), str(k + 1), at)
                rows.append((*about, f"{wall:.9g}", "yes" if k in counted else "no"))
    return HEADERS, rows


def title(data: SamplesData) -> str:
    """How far samples lie from the median of their case."""
    spreads = [spread_of(case) for case in data.cases]
    worst = data.cases[0]
    return (
        f"Half of the samples lie within {percent(median(spreads))} of their case's median;"
        f" of {worst.workload} {worst.variant} within {percent(spreads[0])}"
    )


def _strips(case: Case) -> list[_Strip]:
    invocations = [i for i in case.invocations if i.counted]
    middle = median(t for i in invocations for t in i.wall)
    return [_strip(i, middle) for i in sorted(invocations, key=lambda i: (i.number, i.attempt))]


def _strip(i: CaseInvocation, middle: float) -> _Strip:
    order = sorted(range(len(i.wall)), key=lambda k: i.at[k] if k < len(i.at) else k)
    counted = set(counting(i))
    return _Strip(tuple(i.wall[k] / middle for k in order), tuple(k in counted for k in order))


def _farthest(strips: dict[str, list[_Strip]]) -> float:
    """The end of the axis: nearly all samples are on it."""
    far = sorted(max(r, 1 / r) for each in strips.values() for strip in each for r in strip.ratios)
    most = quantiles(far, n=100)[97] if len(far) > 1 else far[0]
    return min(FARTHEST, max(LEAST, most * 1.05))


def _add_strips(page: Page, cases: tuple[Case, ...], strips: dict[str, list[_Strip]]) -> None:
    end, across = _farthest(strips), 2 if page.width_mm >= BESIDE and len(cases) > 1 else 1
    inset = text_width("0.95x", SMALL) + 6
    width = (page.width - 2 * MARGIN - ASIDE * (across - 1)) / across
    room = width - inset - 6
    names = [wrapped(_name(case, strips[case.name], end), BODY, room) for case in cases]
    tops, at = [], 0.0
    for first in range(0, len(cases), across):
        top = at + BODY.line * max(map(len, names[first : first + across])) + 4
        tops += [top] * across
        at = top + ROW + BETWEEN
    order = f"samples in the order in which they were taken, {_processes(strips)}"
    label = f"T over the median of the case; {order}"
    lines = wrapped(label, BODY, page.width - 2 * MARGIN)
    height = at + BODY.line * len(lines)

    def draw(axes: Axes) -> None:
        prepare(axes, page.width, height)
        for k, (case, text) in enumerate(zip(cases, names, strict=True)):
            left, top = MARGIN + k % across * (width + ASIDE) + inset, tops[k]
            for number, part in enumerate(reversed(text)):
                words(axes, left, top - 4 - BODY.line * (number + 0.5), part, BODY)
            scale = LogScale(1 / end, end, top + ROW, -ROW)
            _draw_strip(axes, strips[case.name], scale, (left, left + room), LOOKS[place_of(case)])
        for number, part in enumerate(lines):
            y = at + BODY.line * (number + 0.5)
            words(axes, page.width / 2, y, part, BODY, "center")

    page.panel(0, 0, height, draw)


def _name(case: Case, strips: list[_Strip], end: float) -> str:
    """A case, and how far its samples go beyond the axis."""
    keys = [value if key == "input" else f"{key} {value}" for key, value in case.keys.items()]
    parts = [case.workload, *keys, f"{size(case.n)},", case.variant]
    place = "on the GPU" if case.scope != "host" else f"on {quantity(case.threads, 'CPU')}"
    ratios = [r for strip in strips for r in strip.ratios]
    beyond = [factor(r) for r in (min(ratios), max(ratios)) if max(r, 1 / r) > end]
    reach = f"; beyond the axis up to {' and '.join(beyond)}" if beyond else ""
    return " ".join([*parts, place]) + reach


def _processes(strips: dict[str, list[_Strip]]) -> str:
    most = max(len(each) for each in strips.values())
    return "in one process" if most == 1 else f"{quantity(most, 'process')} after each other"


def _draw_strip(
    axes: Axes, strips: list[_Strip], scale: LogScale, ends: tuple[float, float], look: Look
) -> None:
    left, right = ends
    for value, text in scale.ticks(factor_tick):
        line(axes, [left, right], [scale.at(value)] * 2, GRID, 0.6)
        words(axes, left - 3, scale.at(value), text, SMALL, "right")
    width = (right - left) / len(strips)
    for number, strip in enumerate(strips):
        begin = left + number * width
        if number:
            x = [round(begin, 2)] * 2
            line(axes, x, [scale.at(scale.low), scale.at(scale.high)], GRID, 0.8)
        line(axes, [begin, begin + width], [scale.at(1.0)] * 2, AXIS, 0.8)
        step = (width - 6) / max(1, len(strip.ratios))
        xs = [begin + 3 + step * (k + 0.5) for k in range(len(strip.ratios))]
        _draw_dots(axes, strip, xs, scale, look)


def _draw_dots(axes: Axes, strip: _Strip, xs: list[float], scale: LogScale, look: Look) -> None:
    for counts in (True, False):
        chosen = [
            (round(x, 2), scale.at(r))
            for x, r, ok in zip(xs, strip.ratios, strip.counts, strict=True)
            if ok is counts and scale.holds(r)
        ]
        if chosen:
            axes.add_line(
                Line2D(
                    [x for x, _ in chosen],
                    [y for _, y in chosen],
                    linestyle="none",
                    marker=look.marker,
                    markersize=2.2,
                    markerfacecolor=look.color.mark if counts else "white",
                    markeredgecolor=look.color.mark,
                    markeredgewidth=0.4,
                    clip_on=False,
                    zorder=3,
                )
            )
    for x, r in zip(xs, strip.ratios, strict=True):
        if not scale.holds(r):
            above = r > scale.high
            y = scale.at(scale.high) + 1 if above else scale.at(scale.low) - 1
            arrowhead(axes, x, y, "^" if above else "v", AXIS, 3.0)  # no colour of a place
