# SPDX-License-Identifier: Apache-2.0
"""Tables with a row a case, of what `workspan info` shows, and of the answer a workload."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from workspan.analysis.ceilings import rate
from workspan.analysis.judge import Judgement, relative_half_width
from workspan.analysis.headline import WorkloadAnswer
from workspan.page.content import MOST_ROWS, Cell, Table
from workspan.page.sources import Source
from workspan.report.cells import ABSENT, EstimateFormat, estimate, power, rate_with_unit
from workspan.report.run_columns import COLUMN_LEGENDS, END, MARK_LEGENDS, RATIOS, short_name
from workspan.report.warning_words import sentence
from workspan.resultfile.model import Case, Status
from workspan.stats.ratios import Estimate
from workspan.support.units import format_time

Ratio = Callable[[Judgement], Estimate | None]
WORDS: Final = frozenset(("workload", "input", "variant", "notes", "fastest host code"))
HOST_RATIOS: Final[dict[str, Ratio]] = {
    title: RATIOS[title] for title in ("vs seq", "machine", "code", "of ceiling")
}


def ratio_cell(found: Estimate | None, target: float, *, interval: bool = True) -> Cell:
    """A ratio with its interval and marks."""
    text = estimate(found, EstimateFormat(target, interval)).strip()
    return Cell(text, found.value if found else None)


def time_cell(case: Case) -> Cell:
    """A time, or how the case ended."""
    if case.status is not Status.OK or not case.time:
        return Cell(case.status.value)
    return Cell(format_time(case.time), case.time)


def size_cell(n: int) -> Cell:
    """2^24 for a power of two."""
    return Cell(power(n), n)


def all_cases(source: Source, cases: Sequence[Case], most: int = MOST_ROWS) -> Table:
    """Every case, also those without a time; titles of columns without a value are left out."""
    columns = _columns(source)
    shown = cases[:most]
    rows = [[cell(case) for cell in columns.values()] for case in shown]
    used = [
        k for k in range(len(columns)) if k < 3 or any(row[k].text != ABSENT for row in rows)
    ]
    titles = [title for k, title in enumerate(columns) if k in used]
    return Table(
        titles,
        [[row[k] for k in used] for row in rows],
        WORDS,
        legend(titles, (cell.text for row in rows for cell in row)),
        left_out=len(cases) - len(shown),
    )


def _columns(source: Source) -> dict[str, Callable[[Case], Cell]]:
    target = source.content.workspan.run.target

    def ratio(of: Ratio) -> Callable[[Case], Cell]:
        return lambda case: ratio_cell(of(source.judgements[case.name]), target)

    return {
        "workload": lambda c: Cell(c.workload),
        "n": lambda c: size_cell(c.n),
        "variant": lambda c: Cell(c.variant),
        "input": lambda c: Cell(" ".join(f"{k} {v}" for k, v in c.keys.items()) or ABSENT),
        "threads": lambda c: Cell(str(c.threads), c.threads),
        "time": time_cell,
        "+-": _width,
        "rate": _rate,
        **{title: ratio(of) for title, of in RATIOS.items()},
        "notes": lambda c: Cell(notes_of(c, source.judgements[c.name]) or ABSENT),
    }


def _width(case: Case) -> Cell:
    width = relative_half_width(case)
    return Cell(ABSENT) if width is None else Cell(f"{100 * width:.1f} %", width)


def _rate(case: Case) -> Cell:
    text = rate_with_unit(case)
    return Cell(text) if text == ABSENT else Cell(text, rate(case, case.rate_unit))


def notes_of(case: Case, judgement: Judgement) -> str:
    """Why it has no time, or the doubts about it."""
    if case.status is not Status.OK:
        return case.reason
    return "; ".join(sentence(warning) for warning in (*case.warnings, *judgement.warnings))


def legend(titles: Iterable[str], cells: Iterable[str]) -> str:
    """Of these columns, and of the marks in these cells."""
    texts = [
        f"{title}: {COLUMN_LEGENDS[title].format('')}"
        for title in titles
        if title in COLUMN_LEGENDS
    ]
    marks = {mark: words for mark, words in MARK_LEGENDS.items()}
    seen = set().union(*cells) if cells else set()
    texts += [f"{mark}: {words}" for mark, words in marks.items() if mark in seen]
    return " ".join([*texts, END])


def answers(source: Source, ratios: dict[str, Ratio] = HOST_RATIOS) -> Table:
    """A row a workload at its largest size, by its fastest host code."""
    target = source.content.workspan.run.target
    rows = [
        [
            Cell(a.host.workload),
            size_cell(a.host.n),
            Cell(short_name(a.host.name)),
            time_cell(a.host),
            _rate(a.host),
            *(ratio_cell(of(a.of_host), target) for of in ratios.values()),
        ]
        for a in source.headline.workloads
    ]
    titles = ["workload", "n", "fastest host code", "time", "rate", *ratios]
    cells = (cell.text for row in rows for cell in row)
    return Table(titles, rows, WORDS, legend(ratios, cells))


def gpu_answers(source: Source) -> Table:
    """The same of the GPU: its fastest kernel against the fastest host code."""
    target = source.content.workspan.run.target
    rows = [_gpu_row(a, target) for a in source.headline.workloads if a.kernel or a.transfers]
    titles = ["workload", "n", "fastest host code", "time", "kernel", "resident", "with transfers"]
    return Table(titles, rows, WORDS, "T of that host code / T on the GPU.")


def _gpu_row(a: WorkloadAnswer, target: float) -> list[Cell]:
    return [
        Cell(a.host.workload),
        size_cell(a.host.n),
        Cell(short_name(a.host.name)),
        Cell(format_time(a.host.time or math.nan), a.host.time),
        time_cell(a.kernel) if a.kernel else Cell(ABSENT),
        ratio_cell(a.of_kernel.vs_best_host, target),
        ratio_cell(a.of_transfers.vs_best_host, target),
    ]
