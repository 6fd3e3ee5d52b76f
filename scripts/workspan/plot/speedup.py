# SPDX-License-Identifier: Apache-2.0
"""speedup: how many times as fast as one CPU is everything else, at the largest size."""

from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.analysis.ratios.places import Place, Problem, RunCodes, largest_sizes
from workspan.analysis.verdicts.headline import headline
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.key import Item, add_key
from workspan.plot.sheet import Table, begin, cells_of, dot_of, key_of, ratio_headers
from workspan.plot.words import extremes, factor, factor_tick, size
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import two_digits

PLACES: Final = (
    *(Place.TEAM, Place.HOST_LIBRARY, Place.TRANSFERS),
    *(Place.GPU, Place.GPU_LIBRARY),
)
GPU: Final = (Place.GPU, Place.GPU_LIBRARY)
HEADERS: Final = (
    *("workload", "n", "case", "runs on", "vs seq", "low", "high"),
    *ratio_headers("machine"),
)


def speedup_problems(run: RunCodes) -> tuple[Problem, ...]:
    """The largest size of each workload that has a speedup, the highest first."""
    found = [p for p in largest_sizes(run.problems) if _speedups(p)]
    return tuple(sorted(found, key=lambda p: -max(e.value for e in _speedups(p).values())))


def draw_speedup(run: RunCodes, width_mm: float) -> Figure:
    """A row per workload, a dot per place, a tick where the machine's own gain is."""
    problems, cpus = speedup_problems(run), run.file.workspan.run.all_threads
    page = begin(width_mm, title(run), [run.file])
    rows = speedup_rows(run)
    dots = [dot for row in rows for dot in row.dots]
    key = key_of((p for one in problems for p in _speedups(one)), cpus, dots)
    if any(row.tick for row in rows):
        key.append(Item("tick", "what the machine gives: the gain of the ceiling", "#1a1a1a"))
    add_key(page, key)
    page.space(4)
    lines = (Marker(1.0, "1 CPU (seq)"),)
    add_rows(
        page,
        rows,
        Frame(factor, "speedup vs seq, T of seq / T; largest size", lines, tick=factor_tick),
    )
    return page.figure()


def speedup_rows(run: RunCodes) -> list[Row]:
    """The rows of the chart."""
    return [_row(problem) for problem in speedup_problems(run)]


def speedup_table(run: RunCodes) -> Table:
    """A row per dot."""
    rows = []
    for problem in speedup_problems(run):
        for place, found in _speedups(problem).items():
            code = problem.codes[place]
            about = (problem.name, str(problem.n), code.case.name, place.value)
            rows.append((*about, *cells_of(found), *cells_of(code.judgement.machine)))
    return HEADERS, rows


def title(run: RunCodes) -> str:
    """What the CPUs gave, and what the GPU."""
    said = [machine_words(run.file)]
    if gains := _ranked_gains(run):
        cpus = quantity(run.file.workspan.run.all_threads, "CPU")
        said.append(f"{'their codes' if said[0] else cpus} gain {extremes(gains)}")
    on_gpu = [found.value for p in speedup_problems(run) if (found := _speedups(p).get(Place.GPU))]
    if on_gpu:
        ends = dict.fromkeys(map(factor, (min(on_gpu), max(on_gpu))))
        said.append(f"the GPU {' to '.join(ends)}, data resident")
    return "; ".join(part for part in said if part) or "Speedup over one CPU"


def _ranked_gains(run: RunCodes) -> dict[str, float]:
    """Those that the headline ranks, of the codes that are drawn."""
    names = {code.case.name for p in speedup_problems(run) for code in p.codes.values()}
    ranked = headline(run.file).by_gain_of_threads
    return {a.name_of_gain: a.gain.value for a in ranked if a.gain and a.gaining.name in names}


def machine_words(file: ResultFile) -> str:
    """16 CPUs do the work of 8.2 cores; empty if no ceiling tells."""
    found = headline(file)
    cpus = quantity(found.cpus, "CPU")
    if found.cores:
        return f"{cpus} do the work of {two_digits(found.cores)} cores"
    parts = ((found.arithmetic, "the arithmetic"), (found.memory, "the memory bandwidth"))
    gains = [f"{factor(gain.value)} {what}" for gain, what in parts if gain]
    others = [_other_state(gain, what) for gain, what in parts if gain and gain.states]
    more = f" ({'; '.join(others)})" if others else ""
    return f"{cpus} give {' and '.join(gains)} of one{more}" if gains else ""


def _other_state(gain: MachineGain, what: str) -> str:
    """That of fewer processes."""
    _, fewer = gain.states
    return f"{factor(fewer.value)} {what} in {fewer.processes} of {gain.processes} processes"


def _speedups(problem: Problem) -> dict[Place, Estimate]:
    found = {p: problem.codes[p].judgement.vs_seq for p in PLACES if p in problem.codes}
    return {place: estimate for place, estimate in found.items() if estimate}


def _row(problem: Problem) -> Row:
    found = _speedups(problem)
    dots = {place: dot_of(place, problem.codes[place], e) for place, e in found.items()}
    team = problem.codes.get(Place.TEAM)
    machine = team.judgement.machine if team else None
    last = max(dots.values(), key=lambda dot: dot.value)
    return Row(
        f"{problem.name}  {size(problem.n)}",
        tuple(dots.values()),
        tick=machine.value if machine else None,
        numbered=last,
    )
