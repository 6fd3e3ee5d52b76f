# SPDX-License-Identifier: Apache-2.0
"""The table after a run: the measured cases, and below it the others, with reasons."""

import math
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.ceilings import rate as rate_of
from workspan.analysis.judge import Judged, Judgement, judge, noise
from workspan.report.warning_words import sentence
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.text import plain
from workspan.support.units import format_bytes, format_number, format_time

WIDEST = 100  # columns of prose
SMALLEST = 1000  # bytes: below this the footprint is only the result, not a working set
FEW = 6  # cases with one reason that are named in full
LONGEST = 300  # characters of a text from a file
BAD = {Status.FAILED: "FAILED", Status.TIMEOUT: "TIMEOUT", Status.CRASHED: "CRASHED"}
NARROW = {
    "vs 1 thread": "vs 1\nthread",
    "efficiency": "effi-\nciency",
    "vs all cores": "vs all\ncores",
    "ceiling": "ceil-\ning",
    "vs seq": "vs\nseq",
}
UNITS = {"flops": "GFLOP/s", "bytes": "GB/s", "items": "Gitem/s"}
RATE = "GB/s"  # the column of rates, whatever their unit
LEGEND = """\
time: median over invocations of the medians of their samples. +-: half the width of its 95 %
interval; ~: wider than the target, or no interval for lack of samples. ceiling: fraction of the
highest rate measured here for the resource that bounds the workload{}. vs seq: T_seq / T.
vs 1 thread: speedup over the same code on one thread. efficiency: vs 1 thread / threads.
vs all cores: T_omp,best / T. "-": not measured in this run, or not meaningful for the row."""


def short(text: str) -> str:
    """A text from a file, made harmless and cut to a readable length."""
    line = plain(text[: LONGEST + 1])
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def power(n: int) -> str:
    """2^24 for a power of two from 1024 on."""
    return f"2^{n.bit_length() - 1}" if n >= 1024 and n & (n - 1) == 0 else str(n)


def ratio(value: float | None) -> str:
    """A ratio, or a dash."""
    return "-" if value is None else format_number(value)


def _noise(case: Case, target: float) -> str:
    half = noise(case)
    if half is None:
        return "none~"
    mark = "~" if half > target else " "
    return f"{100 * half:.1f}%{mark}" if half < 1 else f"{min(100 * half, 9999):.0f}%{mark}"


def _rate(case: Case) -> str:
    found = rate_of(case, case.rate_unit)
    return format_number(found / 1e9) if found > 0 else "-"


def rate(case: Case) -> str:
    """Work or traffic per second, with its unit."""
    found = _rate(case)
    return f"{found} {UNITS[case.rate_unit]}" if found != "-" else found


class Row(NamedTuple):
    """A measured case with the judgement on it."""

    case: Case
    judgement: Judgement


Column = tuple[str, Callable[[Row], str]]


def _columns(rows: Sequence[Row], target: float) -> list[Column]:
    """Title and cell of each column that has a value in this file."""
    always: list[Column] = [
        ("variant", lambda r: r.case.variant),
        ("threads", lambda r: str(r.case.threads)),
        ("time", lambda r: format_time(r.case.time or math.nan)),
        ("+- ", lambda r: _noise(r.case, target)),
        (RATE, lambda r: _rate(r.case)),
    ]
    judged: list[Column] = [
        ("ceiling", lambda r: ratio(r.judgement.of_ceiling)),
        ("vs seq", lambda r: ratio(r.judgement.vs_seq)),
        ("vs 1 thread", lambda r: ratio(r.judgement.vs_1_thread)),
        ("efficiency", lambda r: ratio(r.judgement.efficiency)),
        ("vs all cores", lambda r: ratio(r.judgement.vs_all_cores)),
    ]
    return always + [column for column in judged if any(column[1](row) != "-" for row in rows)]


def _problem(case: Case) -> str:
    keys = "".join(f", {key} {value}" for key, value in sorted(case.keys.items()))
    return f"n = {power(case.n)}{keys}"


def _size(case: Case) -> str:
    """The working set of the first case of a table; some need more memory for each thread."""
    held = case.footprint.kernel_on_host
    return "" if held < SMALLEST else f" ({format_bytes(held)})"


def wide(console: Console) -> Console:
    """The same console without a right edge: a truncated number is a wrong number."""
    colour: Any = console.color_system if console.is_terminal else None
    return Console(
        file=console.file,
        width=10_000,
        force_terminal=console.is_terminal,
        color_system=colour,
        no_color=console.no_color,
        highlight=False,
    )


def _table(
    rows: Sequence[Row], columns: Sequence[Column], widths: Sequence[int], gap: int
) -> Table:
    """All tables of a file have the same widths."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for (title, _), width in zip(columns, widths, strict=True):
        name = UNITS[rows[0].case.rate_unit] if title == RATE else title
        table.add_column(
            Text(name),
            justify="left" if title == "variant" else "right",
            min_width=width,
            vertical="bottom",
        )
    for row in rows:
        table.add_row(*(Text(cell(row), no_wrap=True) for _, cell in columns))
    return table


def _widths(rows: Sequence[Row], columns: Sequence[Column]) -> list[int]:
    titles = [
        [*title.split("\n"), *(UNITS.values() if title == RATE else ())] for title, _ in columns
    ]
    return [
        max(*(len(word) for word in words), *(len(cell(row)) for row in rows))
        for words, (_, cell) in zip(titles, columns, strict=True)
    ]


def _print_tables(rows: Sequence[Row], target: float, console: Console) -> None:
    columns, edgeless = _columns(rows, target), wide(console)
    room = console.width - sum(_widths(rows, columns)) if console.is_terminal else WIDEST
    if room < len(columns):
        columns = [(NARROW.get(title, title), cell) for title, cell in columns]
    widths, gap = _widths(rows, columns), 2 if room >= 2 * len(columns) else 1
    for (workload, _), same in groupby(rows, key=lambda r: (r.case.workload, r.case.rate_unit)):
        edgeless.print()
        edgeless.print(Text(workload, style="bold"))
        for problem, those in groupby(same, key=lambda r: _problem(r.case)):
            of_problem = list(those)
            edgeless.print(Text(problem + _size(of_problem[0].case)))
            edgeless.print(_table(of_problem, columns, widths, gap))


def _legend(cases: Sequence[Case], width: int) -> str:
    """With the ceilings that were measured."""
    names = dict.fromkeys(case.workload for case in cases if case.is_ceiling)
    return textwrap.fill(LEGEND.format(f" ({', '.join(names)})" if names else ""), width)


def _shortened(names: Sequence[str]) -> list[str]:
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
    for reason, of in names.items():
        head = f"{label}: {short(reason)} ({len(of)}):"
        text = " ".join([head, *(of if whole else _shortened(of))])
        lines += textwrap.wrap(
            text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return lines


def totals(cases: Iterable[Case]) -> str:
    """How many cases ended how."""
    count = Counter(case.status for case in cases)
    text = f"Verified and timed: {count[Status.OK]}. Skipped: {count[Status.SKIPPED]}."
    text += f" Failed: {count[Status.FAILED]}."
    rare = (Status.TIMEOUT, Status.CRASHED, Status.PLANNED)
    return text + "".join(f" {s.value.capitalize()}: {count[s]}." for s in rare if count[s])


def notes(cases: Sequence[Case], judged: Judged, width: int) -> list[str]:
    """Cases without times, and doubts about the others: facts first, then judgements."""

    def ended(status: Status) -> list[tuple[str, str]]:
        return [
            (case.reason or "not measured yet", case.name)
            for case in cases
            if case.status is status
        ]

    warnings = [(sentence(w), c.name) for c in cases for w in c.warnings]
    warnings += [(sentence(w), c.name) for c in cases for w in judged[c.name].warnings]
    return [
        *_reasons("planned", ended(Status.PLANNED), width),
        *_reasons("skipped", ended(Status.SKIPPED), width),
        *_reasons("note", warnings, width),
    ]


def print_result(result: ResultFile, console: Console) -> None:
    """Tables, legend, notes and totals. Only prose wraps, and titles on a narrow terminal."""
    cases, judged = result.workspan.cases, judge(result)
    width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    edgeless = wide(console)
    if rows := [Row(c, judged[c.name]) for c in cases if c.status is Status.OK]:
        _print_tables(rows, result.workspan.run.target, console)
        edgeless.print(Text("\n" + _legend(cases, width)))
    bad = []
    for status, label in BAD.items():
        ended = ((c.reason, c.name) for c in cases if c.status is status)
        bad += _reasons(label, ended, width, whole=True)
    for lines, style in ((notes(cases, judged, width), ""), (bad, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))
    edgeless.print(Text("\n" + totals(cases)))
