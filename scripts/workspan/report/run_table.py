# SPDX-License-Identifier: Apache-2.0
"""The table of a run: the measured cases; below it the others, with reasons."""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.laws.weak_scaling import weak_scalings
from workspan.analysis.processes import processes_of_rows
from workspan.analysis.ratios.judge import Judgements, judge
from workspan.report import weak_sentences
from workspan.report.cells import FEW, PROSE_COLUMNS, power, room_of, short, without_edge
from workspan.report.run_columns import Column, JudgedCase, choose_columns, judged_cases, legend
from workspan.report.warning_words import sentence
from workspan.resultfile.model import Case, Library, ResultFile, Status
from workspan.support.units import format_bytes

SMALLEST: Final = 1000  # bytes: below this the footprint is only the result, not a working set
FAILURE_LABELS: Final = {
    Status.FAILED: "FAILED",
    Status.TIMEOUT: "TIMEOUT",
    Status.CRASHED: "CRASHED",
}


def _problem(case: Case) -> str:
    keys = "".join(f", {key} {value}" for key, value in sorted(case.keys.items()))
    return f"n = {power(case.n)}{keys}"


def _working_set(case: Case) -> str:
    """Of the first case of a table; some variants need more memory for each thread."""
    size = case.footprint.kernel_on_host
    return "" if size < SMALLEST else f" ({format_bytes(size)})"


def _table(
    rows: Sequence[JudgedCase], columns: Sequence[Column], widths: Sequence[int], gap: int
) -> Table:
    """All tables of a file have the same widths."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            Text(column.head(rows[0])),
            justify="left" if column.title == "variant" else "right",
            min_width=width,
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(column.cell(row), no_wrap=True) for column in columns))
    return table


def _print_tables(rows: Sequence[JudgedCase], target: float, console: Console) -> list[Column]:
    """Returns the columns, of which the legend speaks."""
    edgeless = without_edge(console)
    columns, gap = choose_columns(rows, target, room_of(console))
    widths = [column.width(rows) for column in columns]
    for (workload, _), same in groupby(rows, key=lambda r: (r.case.workload, r.case.rate_unit)):
        edgeless.print()
        edgeless.print(Text(workload, style="bold"))
        for problem, those in groupby(same, key=lambda r: _problem(r.case)):
            of_problem = list(those)
            edgeless.print(Text(problem + _working_set(of_problem[0].case)))
            edgeless.print(_table(of_problem, columns, widths, gap))
    return columns


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
    """Cases without times, doubts about the others, facts first, and the libraries that ran.

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
        *_reasons("library", [(_described(c.library), c.name) for c in cases if c.library], width),
    ]


def _described(library: Library) -> str:
    """Its version, and the kernels that it chose: OpenBLAS 0.3.21 (Haswell)."""
    return f"{library.name} {library.version}" + (f" ({library.core})" if library.core else "")


def failures(cases: Sequence[Case], width: int) -> list[str]:
    """Cases that failed, timed out or crashed, with every name."""
    return [
        line
        for status, label in FAILURE_LABELS.items()
        for line in _reasons(
            label, ((c.reason, c.name) for c in cases if c.status is status), width, whole=True
        )
    ]


def _print_weak_scaling(result: ResultFile, width: int, console: Console) -> None:
    found = weak_scalings(result)
    if not found:
        return
    head, *rows = weak_sentences.table(found)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for k, title in enumerate(head):
        table.add_column(Text(title), justify="left" if k == 0 else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(Text("\nweak scaling", style="bold"), table)
    for paragraph in (weak_sentences.LEGEND, *weak_sentences.refusals(found)):
        console.print(Text("\n" + textwrap.fill(paragraph, width)))


def print_result(result: ResultFile, console: Console) -> None:
    """Tables, legend, notes and totals. Only prose wraps, and titles on a narrow terminal."""
    cases, judgements = result.workspan.cases, judge(result)
    width = min(room_of(console), PROSE_COLUMNS)
    edgeless = without_edge(console)
    if rows := judged_cases(cases, judgements, processes_of_rows(result)):
        columns = _print_tables(rows, result.workspan.run.target, console)
        edgeless.print(Text("\n" + textwrap.fill(legend(rows, columns), width)))
    _print_weak_scaling(result, width, edgeless)
    doubts, bad = notes(cases, judgements, width), failures(cases, width)
    for lines, style in ((doubts, ""), (bad, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))
    edgeless.print(Text("\n" + totals(cases)))
