# SPDX-License-Identifier: Apache-2.0
"""The table of a run: the measured cases; below it the others, with reasons."""

import math
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.judge import Judgement, Judgements, is_noisy, judge, relative_half_width
from workspan.report.cells import (
    ABSENT,
    FEW,
    NOISY,
    PROSE_COLUMNS,
    SCALES,
    Scale,
    bare_rate,
    power,
    rate_scale,
    ratio,
    short,
    without_edge,
)
from workspan.report.warning_words import sentence
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.units import format_bytes, format_time

SMALLEST: Final = 1000  # bytes: below this the footprint is only the result, not a working set
FAILURE_LABELS: Final = {
    Status.FAILED: "FAILED",
    Status.TIMEOUT: "TIMEOUT",
    Status.CRASHED: "CRASHED",
}
NARROW: Final = {
    "vs 1 thread": "vs 1\nthread",
    "efficiency": "effi-\nciency",
    "vs all cores": "vs all\ncores",
    "of ceiling": "of\nceil-\ning",
    "vs seq": "vs\nseq",
}
RATE: Final = "GB/s"  # the column of rates, whatever their unit
COLUMN_LEGENDS: Final = {
    "time": "median over invocations of the medians of their samples.",
    "+- ": "half the width of its 95 % interval; ~: wider than the target, or no interval for lack"
    " of samples.",
    "of ceiling": "fraction of the highest rate measured here for the resource that bounds the"
    " workload{}.",
    "vs seq": "T_seq / T.",
    "vs 1 thread": "speedup over the same code on one thread.",
    "efficiency": "vs 1 thread / threads.",
    "vs all cores": "T_omp,best / T.",
}
END: Final = '"-": not measured in this run, or not meaningful for the row.'


def _half_width(case: Case, target: float) -> str:
    half_width = relative_half_width(case)
    if half_width is None:
        return f"none{NOISY}"
    mark = NOISY if is_noisy(case, target) else " "
    percent = 100 * half_width
    return f"{percent:.1f}%{mark}" if percent < 100 else f"{min(percent, 9999):.0f}%{mark}"


class JudgedCase(NamedTuple):
    """A measured case with the judgement on it, and the scale of the rates of its workload."""

    case: Case
    judgement: Judgement
    scale: Scale


def _judged_cases(cases: Iterable[Case], judgements: Judgements) -> list[JudgedCase]:
    measured: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.status is Status.OK:
            measured[case.workload, case.rate_unit].append(case)
    scales = {workload: rate_scale(those) for workload, those in measured.items()}
    return [
        JudgedCase(c, judgements[c.name], scales[c.workload, c.rate_unit])
        for c in cases
        if c.status is Status.OK
    ]


Titled = tuple[str, Callable[[JudgedCase], str]]  # a title, and the cell of a row


def _columns(rows: Sequence[JudgedCase], target: float) -> list[Titled]:
    """Title and cell of each column that has a value in this file."""
    always: list[Titled] = [
        ("variant", lambda r: r.case.variant),
        ("threads", lambda r: str(r.case.threads)),
        ("time", lambda r: format_time(r.case.time or math.nan)),
        ("+- ", lambda r: _half_width(r.case, target)),
        (RATE, lambda r: bare_rate(r.case, r.scale)),
    ]
    judgements: list[Titled] = [
        ("of ceiling", lambda r: ratio(r.judgement.of_ceiling)),
        ("vs seq", lambda r: ratio(r.judgement.vs_seq)),
        ("vs 1 thread", lambda r: ratio(r.judgement.vs_1_thread)),
        ("efficiency", lambda r: ratio(r.judgement.efficiency)),
        ("vs all cores", lambda r: ratio(r.judgement.vs_all_cores)),
    ]
    return always + [
        column for column in judgements if any(column[1](row) != ABSENT for row in rows)
    ]


def _problem(case: Case) -> str:
    keys = "".join(f", {key} {value}" for key, value in sorted(case.keys.items()))
    return f"n = {power(case.n)}{keys}"


def _working_set(case: Case) -> str:
    """Of the first case of a table; some variants need more memory for each thread."""
    size = case.footprint.kernel_on_host
    return "" if size < SMALLEST else f" ({format_bytes(size)})"


def _table(
    rows: Sequence[JudgedCase], columns: Sequence[Titled], widths: Sequence[int], gap: int
) -> Table:
    """All tables of a file have the same widths."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for (title, _), width in zip(columns, widths, strict=True):
        name = rows[0].scale.unit if title == RATE else title
        table.add_column(
            Text(name),
            justify="left" if title == "variant" else "right",
            min_width=width,
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(cell(row), no_wrap=True) for _, cell in columns))
    return table


def _widths(rows: Sequence[JudgedCase], columns: Sequence[Titled]) -> list[int]:
    titles = [
        [*title.split("\n"), *((s.unit for s in SCALES.values()) if title == RATE else ())]
        for title, _ in columns
    ]
    return [
        max(*(len(word) for word in words), *(len(cell(row)) for row in rows))
        for words, (_, cell) in zip(titles, columns, strict=True)
    ]


def _print_tables(rows: Sequence[JudgedCase], target: float, console: Console) -> None:
    columns, edgeless = _columns(rows, target), without_edge(console)
    room = console.width - sum(_widths(rows, columns)) if console.is_terminal else PROSE_COLUMNS
    if room < len(columns):
        columns = [(NARROW.get(title, title), cell) for title, cell in columns]
    widths, gap = _widths(rows, columns), 2 if room >= 2 * len(columns) else 1
    for (workload, _), same in groupby(rows, key=lambda r: (r.case.workload, r.case.rate_unit)):
        edgeless.print()
        edgeless.print(Text(workload, style="bold"))
        for problem, those in groupby(same, key=lambda r: _problem(r.case)):
            of_problem = list(those)
            edgeless.print(Text(problem + _working_set(of_problem[0].case)))
            edgeless.print(_table(of_problem, columns, widths, gap))


def _legend(rows: Sequence[JudgedCase], target: float, width: int) -> str:
    """Of the columns in the table, with the ceilings that were measured."""
    names = dict.fromkeys(row.case.workload for row in rows if row.case.is_ceiling)
    ceilings = f" ({', '.join(names)})" if names else ""
    columns = [
        f"{title.strip()}: {COLUMN_LEGENDS[title].format(ceilings)}"
        for title, _ in _columns(rows, target)
        if title in COLUMN_LEGENDS
    ]
    return textwrap.fill(" ".join([*columns, END]), width)


def _short_names(names: Sequence[str]) -> list[str]:
    """Many cases with one reason are named by workload and variant only."""
    if len(names) <= FEW:
        return list(names)
    return list(dict.fromkeys(name.split("/n:")[0] for name in names))


def _reasons(
    label: str, found: Iterable[tuple[str, str]], width: int, whole: bool = False
) -> list[str]:
    """Reasons and names of cases: one paragraph per reason. whole: every name, however many."""
    names: dict[str, list[str]] = defaultdict(list)
    for reason, name in found:
        names[reason].append(name)
    lines = []
    for reason, cases in names.items():
        head = f"{label}: {short(reason)} ({len(cases)}):"
        text = " ".join([head, *(cases if whole else _short_names(cases))])
        lines += textwrap.wrap(
            text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return lines


def totals(cases: Iterable[Case]) -> str:
    """The number of cases of each status."""
    count = Counter(case.status for case in cases)
    text = f"Verified and timed: {count[Status.OK]}. Skipped: {count[Status.SKIPPED]}."
    text += f" Failed: {count[Status.FAILED]}."
    rare = (Status.TIMEOUT, Status.CRASHED, Status.PLANNED)
    return text + "".join(f" {s.value.capitalize()}: {count[s]}." for s in rare if count[s])


def notes(
    cases: Sequence[Case], judgements: Judgements, width: int, without: Collection[str] = ()
) -> list[str]:
    """Cases without times, and doubts about the others: facts first, then judgements.

    without: codes of warnings that mean nothing for these cases.
    """

    def ended(status: Status) -> list[tuple[str, str]]:
        return [
            (case.reason or "not measured yet", case.name)
            for case in cases
            if case.status is status
        ]

    warnings = [(sentence(w), c.name) for c in cases for w in c.warnings]
    warnings += [
        (sentence(w), c.name)
        for c in cases
        for w in judgements[c.name].warnings
        if w.code not in without
    ]
    return [
        *_reasons("planned", ended(Status.PLANNED), width),
        *_reasons("skipped", ended(Status.SKIPPED), width),
        *_reasons("note", warnings, width),
    ]


def failures(cases: Sequence[Case], width: int) -> list[str]:
    """Cases that failed, timed out or crashed, with every name."""
    return [
        line
        for status, label in FAILURE_LABELS.items()
        for line in _reasons(
            label, ((c.reason, c.name) for c in cases if c.status is status), width, whole=True
        )
    ]


def print_result(result: ResultFile, console: Console) -> None:
    """Tables, legend, notes and totals. Only prose wraps, and titles on a narrow terminal."""
    cases, judgements = result.workspan.cases, judge(result)
    width = min(console.width, PROSE_COLUMNS) if console.is_terminal else PROSE_COLUMNS
    edgeless = without_edge(console)
    if rows := _judged_cases(cases, judgements):
        _print_tables(rows, result.workspan.run.target, console)
        edgeless.print(Text("\n" + _legend(rows, result.workspan.run.target, width)))
    doubts, bad = notes(cases, judgements, width), failures(cases, width)
    for lines, style in ((doubts, ""), (bad, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))
    edgeless.print(Text("\n" + totals(cases)))
