# SPDX-License-Identifier: Apache-2.0
"""Tables with a row a case, of what `workspan info` shows, and of the answer a workload."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from workspan.analysis.ratios.ceilings import rate
from workspan.analysis.ratios.judge import Judgement
from workspan.analysis.ratios.times import relative_half_width
from workspan.analysis.verdicts.headline import WorkloadAnswer
from workspan.page.content import MOST_ROWS, Cell, Table
from workspan.page.sources import Source
from workspan.plot.words import size
from workspan.report.cells import ABSENT, NOISY, EstimateFormat, estimate, rate_with_unit
from workspan.report.run_columns import (
    ALL_ONE_PROCESS,
    COLUMN_LEGENDS,
    END,
    MARK_LEGENDS,
    RATIOS,
    short_name,
)
from workspan.report.warning_words import sentence
from workspan.resultfile.model import Case, Status
from workspan.stats.ratios import Estimate
from workspan.support.units import format_number, format_time

Ratio = Callable[[Judgement], Estimate | None]
WORDS: Final = frozenset(("workload", "input", "variant", "notes", "fastest host code"))
WITHOUT: Final = "\N{PLUS-MINUS SIGN}: half the 95 % interval; without it there is none."
PROSE: Final = frozenset(("notes",))
HOST_RATIOS: Final[dict[str, Ratio]] = {
    title: RATIOS[title] for title in ("vs seq", "machine", "code", "of ceiling")
}


def ratio_cell(found: Estimate | None, form: EstimateFormat) -> Cell:
    """A ratio, and as a remark the half width of its interval, and marks but that of wide ones."""
    if found is None:
        return Cell(ABSENT)
    number = format_number(found.value)
    if found.exact:
        return Cell(number, found.value)
    marks = estimate(found, replace(form, interval=False)).strip().removeprefix(number)
    width = plus_minus(found.relative_half_width)
    return Cell(number, found.value, width + marks.replace(NOISY, ""))


def plus_minus(width: float | None) -> str:
    """A relative half width; empty without an interval."""
    if width is None:
        return ""
    return f"\N{PLUS-MINUS SIGN}{100 * width:.{0 if width >= 0.0995 else 1}f}%"


def form_of(source: Source) -> EstimateFormat:
    """Without marks of one process where all intervals are of one, which the legend says."""
    one = source.content.workspan.run.invocations <= 1
    return EstimateFormat(source.content.workspan.run.target, one_process=not one)


def time_cell(case: Case) -> Cell:
    """A time, or how the case ended."""
    if case.status is not Status.OK or not case.time:
        return Cell(case.status.value)
    return Cell(format_time(case.time), case.time)


def size_cell(n: int) -> Cell:
    """A power of two as one."""
    return Cell(size(n), n)


def all_cases(source: Source, cases: Sequence[Case], most: int = MOST_ROWS) -> Table:
    """Every case, also those without a time; titles of columns without a value are left out."""
    columns = _columns(source)
    shown = cases[:most]
    rows = [[cell(case) for cell in columns.values()] for case in shown]
    used = [k for k in range(len(columns)) if k < 3 or any(row[k].text != ABSENT for row in rows)]
    titles = [title for k, title in enumerate(columns) if k in used]
    return Table(
        titles,
        [[row[k] for k in used] for row in rows],
        WORDS,
        PROSE,
        legend(source, titles, rows),
        left_out=len(cases) - len(shown),
    )


def _columns(source: Source) -> dict[str, Callable[[Case], Cell]]:
    form = form_of(source)

    def ratio(of: Ratio) -> Callable[[Case], Cell]:
        return lambda case: ratio_cell(of(source.judgements[case.name]), form)

    return {
        "workload": lambda c: Cell(c.workload),
        "n": lambda c: size_cell(c.n),
        "variant": lambda c: Cell(c.variant),
        "input": lambda c: Cell(" ".join(f"{k} {v}" for k, v in c.keys.items()) or ABSENT),
        "threads": lambda c: Cell(str(c.threads), c.threads),
        "time": _time_and_width,
        "rate": _rate,
        **{title: ratio(of) for title, of in RATIOS.items()},
        "notes": lambda c: Cell(notes_of(c, source.judgements[c.name]) or ABSENT),
    }


def _time_and_width(case: Case) -> Cell:
    found, width = time_cell(case), relative_half_width(case)
    return found._replace(note=plus_minus(width))


def _rate(case: Case) -> Cell:
    text = rate_with_unit(case)
    return Cell(text) if text == ABSENT else Cell(text, rate(case, case.rate_unit))


def notes_of(case: Case, judgement: Judgement) -> str:
    """Why it has no time, or the doubts about it."""
    if case.status is not Status.OK:
        return case.reason
    return "; ".join(sentence(warning) for warning in (*case.warnings, *judgement.warnings))


def legend(source: Source, titles: Iterable[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Of these columns, and of the marks in these cells."""
    texts = [f"{t}: {COLUMN_LEGENDS[t].format('')}" for t in titles if t in COLUMN_LEGENDS]
    seen = {mark for row in rows for cell in row for mark in cell.note}
    texts += [f"{mark}: {words}" for mark, words in MARK_LEGENDS.items() if mark in seen]
    one_process = source.content.workspan.run.invocations <= 1
    return " ".join([*texts, WITHOUT, *([ALL_ONE_PROCESS] if one_process else []), END])


def answers(source: Source, ratios: dict[str, Ratio] = HOST_RATIOS) -> Table:
    """A row a workload at its largest size, by its fastest host code."""
    form = form_of(source)
    rows = [
        [
            Cell(a.host.workload),
            size_cell(a.host.n),
            Cell(short_name(a.host.name)),
            time_cell(a.host),
            _rate(a.host),
            *(ratio_cell(of(a.of_host), form) for of in ratios.values()),
        ]
        for a in source.headline.workloads
    ]
    titles = ["workload", "n", "fastest host code", "time", "rate", *ratios]
    return Table(titles, rows, WORDS, legend=legend(source, ratios, rows))


def gpu_answers(source: Source) -> Table:
    """The same of the GPU: its fastest kernel against the fastest host code."""
    form = form_of(source)
    rows = [_gpu_row(a, form) for a in source.headline.workloads if a.kernel or a.transfers]
    titles = ["workload", "n", "fastest host code", "time", "kernel", "resident", "with transfers"]
    return Table(titles, rows, WORDS, legend="T of that host code / T on the GPU.")


def _gpu_row(a: WorkloadAnswer, form: EstimateFormat) -> list[Cell]:
    return [
        Cell(a.host.workload),
        size_cell(a.host.n),
        Cell(short_name(a.host.name)),
        Cell(format_time(a.host.time or math.nan), a.host.time),
        time_cell(a.kernel) if a.kernel else Cell(ABSENT),
        ratio_cell(a.of_kernel.vs_best_host, form),
        ratio_cell(a.of_transfers.vs_best_host, form),
    ]
