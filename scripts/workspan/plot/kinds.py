# SPDX-License-Identifier: Apache-2.0
"""The kinds of figures of runs: what each is made of, and why there is nothing to draw."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple, TypeVar

from matplotlib.figure import Figure

from workspan.analysis.ratios.places import RunCodes, run_codes
from workspan.plot.axes.rows import Row
from workspan.plot.sheet import Table
from workspan.plot.words import factor_tick, of_machine, percent
from workspan.resultfile.model import ResultFile
from workspan.support.errors import NothingError, UsageError, WorkspanError

Chosen = Callable[[str], bool]  # of the name of a case
D = TypeVar("D")  # what a figure is made of
Views = tuple[
    Callable[[D], str], Callable[[D, float], Figure], Callable[[D], Table]
]  # title, draw_KIND, KIND_table


class Run(NamedTuple):
    """A run and the name by which the user knows it."""

    name: str
    file: ResultFile


@dataclass(frozen=True)
class Picture:
    """A figure that can be drawn: at any width in mm, as high as its content needs, and as a table.

    table: headers, then rows of text: times in seconds, rates per second, ratios without a unit.
    rows: of a chart of rows, which a terminal can show; tick: of their values.
    """

    kind: str
    title: str
    draw: Callable[[float], Figure]
    table: Callable[[], Table]
    rows: Callable[[], Sequence[Row]] | None = None
    tick: Callable[[float], str] = factor_tick


def picture(kind: str, runs: Sequence[Run], chosen: Chosen = lambda name: True) -> Picture:
    """The figure of this kind of these runs.

    Raises NothingError that says where there is nothing to draw, why, and what measures it; and
    UsageError if this kind needs another number of runs.
    """
    try:
        return _made(kind, runs, chosen)
    except NothingError as why:
        where = " and ".join(run.name for run in runs)
        raise NothingError(f"{where}: {why}; {_advice(kind, runs)}") from None


def _advice(kind: str, runs: Sequence[Run]) -> str:
    """What measures enough, if this machine can."""
    if kind == "scaling":
        from workspan.plot.scaling import FEWEST

        cpus = runs[0].file.workspan.run.all_threads
        if cpus < FEWEST:
            return f"a curve needs a machine with {FEWEST} usable CPUs or more, not {cpus}"
    return ADVICE.get(kind, USUAL_ADVICE)


def _made(kind: str, runs: Sequence[Run], chosen: Chosen) -> Picture:
    wanted = 2 if kind == "compare" else 1
    if len(runs) != wanted:
        raise UsageError(f"{kind} needs {NEEDED[wanted]}, not {len(runs)}")
    found = MAKERS[kind](runs, chosen)
    return replace(found, title=of_machine(found.title, [run.file for run in runs]))


def pictures(
    runs: Sequence[Run], chosen: Chosen = lambda name: True
) -> tuple[dict[str, Picture], dict[str, str]]:
    """All figures for which there is data, by name; of the others, the reason.

    The name is the kind; of several runs each has its figures, and its number behind their names.
    """
    found, left_out = dict[str, Picture](), dict[str, str]()
    for kind in MAKERS:
        for name, of in _named(kind, runs):
            try:
                found[name] = _made(kind, of, chosen)
            except WorkspanError as why:
                left_out[name] = str(why)
    return found, left_out


def _named(kind: str, runs: Sequence[Run]) -> Iterator[tuple[str, Sequence[Run]]]:
    """The figures of a kind by name, each with its runs."""
    if kind == "compare" or len(runs) == 1:
        yield kind, runs
    else:
        yield from ((f"{kind}-{number}", [run]) for number, run in enumerate(runs, 1))


NEEDED: Final = {1: "one run", 2: "two runs, the old and the new one"}
USUAL_ADVICE: Final = "workspan run measures some"
ADVICE: Final = {
    "breakeven": "workspan run measures both on a machine with a GPU",
    "sizes": "workspan run --preset full measures more",
    "scaling": "workspan run --preset scaling measures more",
    "compare": "measure both with the same options",
    "concurrency": "workspan run --preset concurrency measures some",
}
NO_SPEEDUP: Final = "no case is compared with seq"


def _picture(
    kind: str,
    data: D,
    views: Views[D],
    rows: Callable[[D], Sequence[Row]] | None = None,
    tick: Callable[[float], str] = factor_tick,
) -> Picture:
    """The figure of these data, by the functions of its module."""
    title, draw, table = views
    shown = partial(rows, data) if rows else None
    return Picture(kind, title(data), partial(draw, data), partial(table, data), shown, tick)


def _codes(
    runs: Sequence[Run], chosen: Chosen, shown: Callable[[RunCodes], object], nothing: str
) -> RunCodes:
    """The chosen codes of a run; raises NothingError(nothing) if the figure shows none."""
    run = run_codes(runs[0].file, chosen)
    if not run.problems:
        raise NothingError("no verified case of a computing workload")
    if not shown(run):
        raise NothingError(nothing)
    return run


def _speedup(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.plot import speedup as m

    run = _codes(runs, chosen, m.speedup_problems, NO_SPEEDUP)
    return _picture("speedup", run, (m.title, m.draw_speedup, m.speedup_table), m.speedup_rows)


def _why(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.plot import why as m

    nothing = "no workload has a measured ceiling to be compared with"
    run = _codes(runs, chosen, m.why_problems, nothing)
    return _picture("why", run, (m.title, m.draw_why, m.why_table), m.why_rows, percent)


def _sizes(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.plot import sizes as m

    nothing = f"no workload was measured at {m.FEWEST} sizes or more"
    run = _codes(runs, chosen, m.sized_problems, nothing)
    if not m.tells_of_sizes(run):
        ceilings = "but ceilings of arithmetic, whose rate does not depend on the size"
        raise NothingError(f"{nothing}, {ceilings}")
    return _picture("sizes", run, (m.title, m.draw_sizes, m.sizes_table))


def _matrix(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.plot import matrix as m

    run = _codes(runs, chosen, m.matrix_cells, NO_SPEEDUP)
    return _picture("matrix", run, (m.title, m.draw_matrix, m.matrix_table))


def _samples(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.plot import samples as m

    file = runs[0].file
    data = m.samples_of(file, tuple(c for c in file.workspan.cases if chosen(c.name)))
    if not data.cases:
        raise NothingError("no verified case with samples")
    return _picture("samples", data, (m.title, m.draw_samples, m.samples_table))


def _compare(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.compare.cases import compare_files
    from workspan.plot import compare as m

    (old, before), (new, after) = runs
    report = compare_files(before, after, (old, new), chosen=chosen)
    data = m.CompareData(report, before, after, (old, new))
    if not m.compared_rows(data):
        raise NothingError("both runs have no verified case in common")
    return _picture("compare", data, (m.title, m.draw_compare, m.compare_table), m.compare_rows)


def _breakeven(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.analysis.laws.break_even import break_evens
    from workspan.plot import breakeven as m

    found = [b for b in break_evens(runs[0].file) if any(chosen(p.device.name) for p in b.points)]
    if not found:
        raise NothingError("no workload was measured both on a GPU and on the host")
    data = m.BreakEvenData(runs[0].file, tuple(found))
    return _picture(
        "breakeven", data, (m.title, m.draw_breakeven, m.breakeven_table), m.breakeven_rows
    )


def _scaling(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.analysis.laws.scaling import scalings
    from workspan.plot import scaling as m
    from workspan.resultfile.names import case_name

    file = runs[0].file
    if file.workspan.run.sweep == "weak_scaling":
        return _weak_scaling(file, chosen)
    every = [
        s
        for s in scalings(file)
        if chosen(case_name(s.workload, s.variant, s.n, s.keys, s.points[-1].threads))
    ]
    data = m.scaling_data(file, every)
    if not data.found:
        raise NothingError(f"no code was measured on {m.FEWEST} numbers of threads or more")
    return _picture("scaling", data, (m.title, m.draw_scaling, m.scaling_table))


def _weak_scaling(file: ResultFile, chosen: Chosen) -> Picture:
    from workspan.analysis.laws.weak_scaling import weak_scalings
    from workspan.plot import weak_scaling as m
    from workspan.plot.scaling import FEWEST, scaling_data
    from workspan.resultfile.names import case_name

    every = [
        s
        for s in weak_scalings(file)
        if s.points
        and chosen(case_name(s.workload, s.variant, s.points[-1].n, s.keys, s.points[-1].threads))
    ]
    data = scaling_data(file, every)
    if not data.found:
        raise NothingError(f"no code was measured on {FEWEST} numbers of threads or more")
    return _picture("scaling", data, (m.title, m.draw_weak, m.weak_table))


def _roofline(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.analysis.laws.roofline import rooflines
    from workspan.plot import roofline as m

    file = runs[0].file
    found = [
        replace(one, points=tuple(p for p in one.points if chosen(p.case.name)))
        for one in rooflines(file)
    ]
    data = m.roofline_data(file, found)
    if not data.found:
        raise NothingError("no device has both a measured ceiling and a code with flops and bytes")
    return _picture("roofline", data, (m.title, m.draw_roofline, m.roofline_table))


def _concurrency(runs: Sequence[Run], chosen: Chosen) -> Picture:
    from workspan.analysis.concurrency import judge_models
    from workspan.plot import concurrency as m

    file = runs[0].file
    judged = judge_models(file)
    rows = tuple(m.without_others(row, chosen) for row in judged.rows)
    data = m.ConcurrencyData(file, replace(judged, rows=rows))
    if not m.gaining_models(data.judged):
        raise NothingError("no execution model was measured beside seq")
    return _picture(
        "concurrency",
        data,
        (m.title, m.draw_concurrency, m.concurrency_table),
        m.concurrency_rows,
    )


MAKERS: Final[dict[str, Callable[[Sequence[Run], Chosen], Picture]]] = {
    "speedup": _speedup,
    "why": _why,
    "breakeven": _breakeven,
    "sizes": _sizes,
    "scaling": _scaling,
    "roofline": _roofline,
    "compare": _compare,
    "samples": _samples,
    "matrix": _matrix,
    "concurrency": _concurrency,
}
