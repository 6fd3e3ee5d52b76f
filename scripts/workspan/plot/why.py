# SPDX-License-Identifier: Apache-2.0
"""why: the share of its measured ceiling that each code reaches, and speedup = machine x code."""

from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.ratios.places import Place, Problem, RunCodes, largest_sizes
from workspan.analysis.verdicts.limits import (
    LIKE_MACHINE,
    SATURATED,
    is_above,
    is_below,
)
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.key import add_key
from workspan.plot.sheet import Table, begin, cells_of, dot_of, key_of
from workspan.plot.style import SMALL
from workspan.plot.words import factor, percent, size
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity

PLACES: Final = (Place.ONE, Place.TEAM, Place.GPU)
NARROW: Final = 120.0  # mm: below, the columns that matter least are left out
HEADERS: Final = (
    *("workload", "n", "case", "runs on", "ceiling", "of ceiling", "low", "high"),
    *("vs seq", "machine", "code"),
)


def why_problems(run: RunCodes) -> tuple[Problem, ...]:
    """The largest size of each workload that has a ceiling other than itself, the best first."""
    found = [p for p in largest_sizes(run.problems) if _shares(p)]
    return tuple(sorted(found, key=lambda p: -_main(p)[1].value))


def draw_why(run: RunCodes, width_mm: float) -> Figure:
    """A row per workload, a dot per place, and the factors of the speedup beside it."""
    problems, cpus = why_problems(run), run.file.workspan.run.all_threads
    page = begin(width_mm, title(run), [run.file])
    columns = _columns(problems, width_mm)
    rows = [_row(problem, columns) for problem in problems]
    dots = [dot for row in rows for dot in row.dots]
    add_key(page, key_of((place for p in problems for place in _shares(p)), cpus, dots))
    page.space(4)
    frame = Frame(
        percent,
        "share of the measured ceiling (same device, same threads); largest size",
        (Marker(1.0, "ceiling"),),
        tuple(header for header, _ in columns),
    )
    add_rows(page, rows, frame)
    if any("machine" in header for header, _ in columns):
        page.space(3)
        page.text(
            "vs seq = machine (the gain of the ceiling) x code (share on all CPUs / share on one)",
            SMALL,
        )
        if any(row.strong for row in rows):
            low, high = LIKE_MACHINE
            page.text(f"bold: code below {low:g} or above {high:g}, with its interval", SMALL)
    return page.figure()


def why_rows(run: RunCodes) -> list[Row]:
    """The rows of the chart, without columns."""
    return [_row(problem, []) for problem in why_problems(run)]


def why_table(run: RunCodes) -> Table:
    """A row per dot."""
    rows = []
    for problem in why_problems(run):
        for place, found in _shares(problem).items():
            judged = problem.codes[place].judgement
            factors = (judged.vs_seq, judged.machine, judged.code)
            about = (problem.name, str(problem.n), problem.codes[place].case.name, place.value)
            cells = (*cells_of(found), *(cells_of(each)[0] for each in factors))
            rows.append((*about, judged.ceiling, *cells))
    return HEADERS, rows


def title(run: RunCodes) -> str:
    """How many codes have nothing left, and which one has most; of several inputs the first
    counts, as in the headline.
    """
    found: dict[str, tuple[Place, Estimate]] = {}
    for problem in largest_sizes(run.problems):
        if _shares(problem):
            found.setdefault(problem.workload, _main(problem))
    if not found:
        return "Share of the ceiling"
    reached = sum(share.value >= SATURATED for _, share in found.values())
    place, _ = max(found.values(), key=lambda one: one[1].value)
    who = {
        Place.TEAM: quantity(run.file.workspan.run.all_threads, "CPU"),
        Place.GPU: "The GPU",
        Place.ONE: "One CPU",
    }[place]
    verb = "reaches" if place in (Place.GPU, Place.ONE) else "reach"
    least = min(found, key=lambda name: found[name][1].value)
    of = quantity(len(found), "workload")
    return (
        f"{who} {verb} {percent(SATURATED)} of the ceiling in {reached} of {of};"
        f" in {least} {percent(found[least][1].value)}"
    )


def _shares(problem: Problem) -> dict[Place, Estimate]:
    codes = {p: problem.codes[p] for p in PLACES if p in problem.codes}
    return {
        place: code.judgement.of_ceiling
        for place, code in codes.items()
        if code.judgement.of_ceiling and not code.case.is_ceiling
    }


def _main(problem: Problem) -> tuple[Place, Estimate]:
    """The place that the figure is about: all CPUs, else the GPU, else one CPU."""
    found = _shares(problem)
    place = next(p for p in (Place.TEAM, Place.GPU, Place.ONE) if p in found)
    return place, found[place]


Column = tuple[str, dict[str, str]]  # header, and cells by the name of the problem


def _columns(problems: tuple[Problem, ...], width_mm: float) -> list[Column]:
    """The columns that have content, as far as there is room."""
    ceilings = {p.name: _ceiling(p) for p in problems}
    team = {p.name: p.codes.get(Place.TEAM) for p in problems}
    judged = {name: code.judgement for name, code in team.items() if code}
    on_gpu = {p.name: p.codes[Place.GPU].judgement.vs_seq for p in problems if Place.GPU in p.codes}
    columns = [
        ("bound\nby", ceilings),
        ("\nvs seq", {n: _factor(j.vs_seq) for n, j in judged.items()}),
        ("\nmachine", {n: _number(j.machine) for n, j in judged.items()}),
        ("\ncode", {n: _number(j.code) for n, j in judged.items()}),
        ("GPU\nvs seq", {n: _factor(found) for n, found in on_gpu.items()}),
    ]
    if width_mm < NARROW:
        columns = columns[2:4]
    return [column for column in columns if any(column[1].values())]


def _ceiling(problem: Problem) -> str:
    place, _ = _main(problem)
    case: Case = problem.codes[place].case
    return case.ceiling


def _factor(found: Estimate | None) -> str:
    return factor(found.value) if found else ""


def _number(found: Estimate | None) -> str:
    return f"{found.value:.2f}" if found else ""


def _row(problem: Problem, columns: list[Column]) -> Row:
    dots = tuple(
        dot_of(place, problem.codes[place], found) for place, found in _shares(problem).items()
    )
    team = problem.codes.get(Place.TEAM)
    code = team.judgement.code if team else None
    stands_out = code is not None and (is_below(code) or is_above(code))
    return Row(
        f"{problem.name}  {size(problem.n)}",
        dots,
        tuple(cells.get(problem.name, "") for _, cells in columns),
        strong=frozenset(k for k, (header, _) in enumerate(columns) if "code" in header)
        if stands_out
        else frozenset(),
    )
