# SPDX-License-Identifier: Apache-2.0
"""why: the share of its measured ceiling that each code reaches, and speedup = machine x code."""

from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.laws.roofline import rooflines
from workspan.analysis.ratios.places import (
    Place,
    Problem,
    RunCodes,
    ceiling_shares,
    largest_sizes,
    main_share,
    main_shares,
)
from workspan.analysis.verdicts.limits import (
    LIKE_MACHINE,
    SATURATED,
    is_above,
    is_below,
)
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.key import add_key
from workspan.plot.sheet import Table, begin, cells_of, dot_of, key_of, ratio_headers
from workspan.plot.style import SMALL
from workspan.plot.words import BY_VALUE, BY_VALUE_NOTE, factor_of, mark_of, percent, size
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity

NARROW: Final = 120.0  # mm: below, the columns that matter least are left out
HEADERS: Final = (
    *("workload", "n", "case", "runs on", "ceiling", "of ceiling", "low", "high"),
    *ratio_headers("vs seq", "machine", "code"),
    "memory allows",
)


def why_problems(run: RunCodes) -> tuple[Problem, ...]:
    """The largest size of each workload that has a ceiling other than itself, the best first."""
    found = [p for p in largest_sizes(run.problems) if ceiling_shares(p)]
    return tuple(sorted(found, key=lambda p: -main_share(p)[1].value))


def draw_why(run: RunCodes, width_mm: float) -> Figure:
    """A row per workload, a dot per place, and the factors of the speedup beside it."""
    problems, cpus = why_problems(run), run.file.workspan.run.all_threads
    page = begin(width_mm, title(run), [run.file])
    columns = _columns(run, problems, width_mm)
    rows = [_row(problem, columns) for problem in problems]
    dots = [dot for row in rows for dot in row.dots]
    add_key(page, key_of((place for p in problems for place in ceiling_shares(p)), cpus, dots))
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
            said = f"below {low:g} or above {high:g} with its whole interval"
            page.text(f"bold: code {said}", SMALL)
        if any(BY_VALUE in cell for row in rows for cell in row.cells):
            page.text(BY_VALUE_NOTE, SMALL)
    if any("allows" in header for header, _ in columns):
        page.text(
            "memory allows: at its flops per byte, by the roof of the level of its data", SMALL
        )
    return page.figure()


def why_rows(run: RunCodes) -> list[Row]:
    """The rows of the chart, without columns."""
    return [_row(problem, []) for problem in why_problems(run)]


def why_table(run: RunCodes) -> Table:
    """A row per dot."""
    rows = []
    for problem in why_problems(run):
        for place, found in ceiling_shares(problem).items():
            judged = problem.codes[place].judgement
            factors = (judged.vs_seq, judged.machine, judged.code)
            about = (problem.name, str(problem.n), problem.codes[place].case.name, place.value)
            share = _allowed_share(run, problem, place)
            cells = (*cells_of(found), *(cell for each in factors for cell in cells_of(each)))
            cells = (*cells, f"{share:.6g}" if share else "")
            rows.append((*about, judged.ceiling, *cells))
    return HEADERS, rows


def title(run: RunCodes) -> str:
    """How many codes have nothing left, and which one has most; of several inputs the first
    counts, as in the headline.
    """
    found = main_shares(run)
    if not found:
        return "Share of the ceiling"
    reached = sum(share.value >= SATURATED for _, share in found.values())
    place, share = max(found.values(), key=lambda one: one[1].value)
    who = {
        Place.TEAM: quantity(run.file.workspan.run.all_threads, "CPU"),
        Place.GPU: "The GPU",
        Place.ONE: "One CPU",
    }[place]
    verb = "reaches" if place in (Place.GPU, Place.ONE) else "reach"
    if len(found) == 1:
        return f"{who} {verb} {percent(share.value)} of the ceiling in {next(iter(found))}"
    least = min(found, key=lambda name: found[name][1].value)
    of = quantity(len(found), "workload")
    return (
        f"{who} {verb} {percent(SATURATED)} of the ceiling in {reached} of {of};"
        f" in {least} {percent(found[least][1].value)}"
    )


Column = tuple[str, dict[str, str]]  # header, and cells by the name of the problem


def _columns(run: RunCodes, problems: tuple[Problem, ...], width_mm: float) -> list[Column]:
    """The columns that have content, as far as there is room."""
    ceilings = {p.name: _ceiling(p) for p in problems}
    team = {p.name: p.codes.get(Place.TEAM) for p in problems}
    judged = {name: code.judgement for name, code in team.items() if code}
    on_gpu = {p.name: p.codes[Place.GPU].judgement.vs_seq for p in problems if Place.GPU in p.codes}
    columns = [
        ("bound\nby", ceilings),
        ("memory\nallows", {p.name: _allowed(run, p) for p in problems}),
        ("\nvs seq", {n: _factor(j.vs_seq) for n, j in judged.items()}),
        ("\nmachine", {n: _number(j.machine) for n, j in judged.items()}),
        ("\ncode", {n: _number(j.code) for n, j in judged.items()}),
        ("GPU\nvs seq", {n: _factor(found) for n, found in on_gpu.items()}),
    ]
    if width_mm < NARROW:
        columns = [column for column in columns if column[0] in ("\nmachine", "\ncode")]
    return [column for column in columns if any(column[1].values())]


def _ceiling(problem: Problem) -> str:
    place, _ = main_share(problem)
    case: Case = problem.codes[place].case
    return case.ceiling


def _allowed(run: RunCodes, problem: Problem) -> str:
    """What memory leaves of a compute ceiling to the code that the row is on, and to the GPU."""
    main, _ = main_share(problem)
    said = []
    for place in dict.fromkeys((main, Place.GPU)):
        if share := _allowed_share(run, problem, place):
            said.append(f"{'' if place is main else 'GPU '}{percent(share)}")
    return ", ".join(said)


def _allowed_share(run: RunCodes, problem: Problem, place: Place) -> float | None:
    if place not in ceiling_shares(problem):
        return None
    case = problem.codes[place].case
    device = case.scope, case.threads
    found = (r.allows(case) for r in rooflines(run.file) if (r.scope, r.threads) == device)
    return next((one.share for one in found if one), None)


def _factor(found: Estimate | None) -> str:
    return factor_of(found) if found else ""


def _number(found: Estimate | None) -> str:
    return f"{found.value:.2f}{mark_of(found)}" if found else ""


def _is_told_from_machine(code: Estimate) -> bool:
    """By its interval: a value alone is a guess."""
    return not code.by_value and (is_below(code) or is_above(code))


def _row(problem: Problem, columns: list[Column]) -> Row:
    dots = tuple(
        dot_of(place, problem.codes[place], found)
        for place, found in ceiling_shares(problem).items()
    )
    team = problem.codes.get(Place.TEAM)
    code = team.judgement.code if team else None
    return Row(
        f"{problem.name}  {size(problem.n)}",
        dots,
        tuple(cells.get(problem.name, "") for _, cells in columns),
        strong=frozenset(k for k, (header, _) in enumerate(columns) if "code" in header)
        if code and _is_told_from_machine(code)
        else frozenset(),
    )
