# SPDX-License-Identifier: Apache-2.0
"""The table that a person reads after a run: what was measured, and below it what was not, and why."""

import math
import textwrap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.analysis.ceilings import is_compute
from workspan.analysis.judge import noise
from workspan.resultfile.model import Case, Ratio, ResultFile, Status
from workspan.support.text import plain
from workspan.support.units import format_bytes, format_number, format_time

WIDEST = 100  # columns of prose
WORTH_TELLING = (
    1000  # bytes: less is no working set, but what a workload without memory keeps its answer in
)
FEW = 6  # cases of one saying that are named in full
LONGEST = 300  # characters of what a file says
BAD = {Status.FAILED: "FAILED", Status.TIMEOUT: "TIMEOUT", Status.CRASHED: "CRASHED"}
NARROW = {
    "vs 1 thread": "vs 1\nthread",
    "efficiency": "effi-\nciency",
    "vs all cores": "vs all\ncores",
    "ceiling": "ceil-\ning",
    "vs seq": "vs\nseq",
}
LEGEND = """\
time: median over invocations of the medians of their samples. +-: half its 95 % interval; ~ above the target, or none, from too few
samples. ceiling: rate / the highest rate measured here of what bounds the workload (copy, read, triad, fma, dfma). vs seq: T_seq / T.
vs 1 thread: the same code on one thread. efficiency: vs 1 thread / threads. vs all cores: T_omp,best / T. A "-": not measured in this
run, or without meaning for the row."""


def short(text: str) -> str:
    """What a file says, harmless and of bearable length."""
    line = plain(text[: LONGEST + 1])
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."


def power(n: int) -> str:
    """2^24 where it is a power of two from 1024 on."""
    return f"2^{n.bit_length() - 1}" if n >= 1024 and n & (n - 1) == 0 else str(n)


def _ratio(of: Ratio | str | None) -> str:
    return format_number(of.ratio) if isinstance(of, Ratio) else "-"


def _noise(case: Case, target: float) -> str:
    half = noise(case)
    if half is None:
        return "none~"
    mark = "~" if half > target else " "
    return f"{100 * half:.1f}%{mark}" if half < 1 else f"{min(100 * half, 9999):.0f}%{mark}"


def _unit(case: Case) -> str:
    """Flops for workloads that a compute ceiling bounds, bytes for the others, items where no bytes need to move."""
    if is_compute(case.bound):
        return "GFLOP/s"
    return "GB/s" if case.cost.bytes > 0 or not case.cost.items > 0 else "Gitem/s"


def _rate(case: Case) -> str:
    work = {"GFLOP/s": case.cost.flops, "GB/s": case.cost.bytes, "Gitem/s": case.cost.items}[
        _unit(case)
    ]
    return format_number(work / case.time / 1e9) if case.time and work > 0 else "-"


def rate(case: Case) -> str:
    """What it moves or computes per second, with its unit."""
    found = _rate(case)
    return f"{found} {_unit(case)}" if found != "-" else found


Column = tuple[str, Callable[[Case], str]]


def _columns(cases: Sequence[Case], target: float) -> list[Column]:
    """Title and cell of each column that says something in this file."""

    def compared(field: str) -> Callable[[Case], str]:
        return lambda c: _ratio(getattr(c.comparison, field, None))

    always: list[Column] = [("variant", lambda c: c.variant), ("threads", lambda c: str(c.threads))]
    always += [
        ("time", lambda c: format_time(c.time or math.nan)),
        ("+- ", lambda c: _noise(c, target)),
        ("GB/s", _rate),
    ]
    titles = {
        "of_ceiling": "ceiling",
        "vs_seq": "vs seq",
        "vs_1_thread": "vs 1 thread",
        "efficiency": "efficiency",
    }
    titles["vs_all_cores"] = "vs all cores"
    sometimes = [(title, compared(field)) for field, title in titles.items()]
    return always + [
        (title, cell) for title, cell in sometimes if any(cell(c) != "-" for c in cases)
    ]


def _problem(case: Case) -> str:
    keys = "".join(f", {key} {value}" for key, value in sorted(case.keys.items()))
    return f"n = {power(case.n)}{keys}"


def _size(case: Case) -> str:
    """How large the problem is: for the first case of its table, since some take memory for each thread besides."""
    held = case.footprint.kernel_on_host
    return "" if held < WORTH_TELLING else f" ({format_bytes(held)})"


def wide(console: Console) -> Console:
    """The same console without an edge: a number that is cut off is a wrong number."""
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
    cases: Sequence[Case], columns: Sequence[Column], widths: Sequence[int], gap: int
) -> Table:
    """All tables of a file have the same widths."""
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    for (title, _), width in zip(columns, widths, strict=True):
        name = _unit(cases[0]) if title == "GB/s" else title
        table.add_column(
            Text(name),
            justify="left" if title == "variant" else "right",
            min_width=width,
            vertical="bottom",
        )
    for case in cases:
        table.add_row(*(Text(cell(case), no_wrap=True) for _, cell in columns))
    return table


def _widths(cases: Sequence[Case], columns: Sequence[Column]) -> list[int]:
    titles = [
        max(map(len, (title + ("\nGFLOP/s" if title == "GB/s" else "")).split("\n")))
        for title, _ in columns
    ]
    return [
        max(width, *(len(cell(c)) for c in cases))
        for width, (_, cell) in zip(titles, columns, strict=True)
    ]


def _print_tables(cases: Sequence[Case], target: float, console: Console) -> None:
    columns = _columns(cases, target)
    room = console.width - sum(_widths(cases, columns)) if console.is_terminal else WIDEST
    if room < len(columns):
        columns = [(NARROW.get(title, title), cell) for title, cell in columns]
    widths, gap, edgeless = (
        _widths(cases, columns),
        2 if room >= 2 * len(columns) else 1,
        wide(console),
    )
    for (workload, _), same in groupby(cases, key=lambda c: (c.workload, _unit(c))):
        edgeless.print()
        edgeless.print(Text(workload, style="bold"))
        for problem, rows in groupby(same, key=_problem):
            of_problem = list(rows)
            edgeless.print(Text(problem + _size(of_problem[0])))
            edgeless.print(_table(of_problem, columns, widths, gap))


def _shortened(names: Sequence[str]) -> list[str]:
    """Many cases of one saying are named by workload and variant only."""
    return (
        list(names)
        if len(names) <= FEW
        else list(dict.fromkeys(name.split("/n:")[0] for name in names))
    )


def _sayings(
    label: str, said: Iterable[tuple[str, str]], width: int, whole: bool = False
) -> list[str]:
    """Names that share what is said of them, under one heading per saying. whole: each name, however many there are."""
    names: dict[str, list[str]] = defaultdict(list)
    for saying, name in said:
        names[saying].append(name)
    lines = []
    for saying, of in names.items():
        head = f"{label}: {short(saying)} ({len(of)}):"
        text = " ".join([head, *(of if whole else _shortened(of))])
        lines += textwrap.wrap(
            text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    return lines


def totals(cases: Iterable[Case]) -> str:
    """How many cases ended how."""
    count = Counter(case.status for case in cases)
    text = f"Verified and timed: {count[Status.OK]}. Skipped: {count[Status.SKIPPED]}. Failed: {count[Status.FAILED]}."
    return text + "".join(
        f" {s.value.capitalize()}: {count[s]}."
        for s in (Status.TIMEOUT, Status.CRASHED)
        if count[s]
    )


def print_result(result: ResultFile, console: Console) -> None:
    """Tables, legend, notes and totals. Only prose is wrapped, and the titles of columns on a narrow terminal."""
    cases, target = result.workspan.cases, result.workspan.run.target
    width = min(console.width, WIDEST) if console.is_terminal else WIDEST
    edgeless = wide(console)
    if measured := [c for c in cases if c.status is Status.OK]:
        _print_tables(measured, target, console)
        edgeless.print(Text("\n" + textwrap.fill(LEGEND, width)))
    skipped = ((c.reason, c.name) for c in cases if c.status is Status.SKIPPED)
    notes = _sayings("skipped", skipped, width) + _sayings(
        "note", ((w, c.name) for c in cases for w in c.warnings), width
    )
    ended = {
        label: [(c.reason, c.name) for c in cases if c.status is status]
        for status, label in BAD.items()
    }
    bad = [
        line for label, said in ended.items() for line in _sayings(label, said, width, whole=True)
    ]
    for lines, style in ((notes, ""), (bad, "red")):
        if lines:
            edgeless.print(Text("\n" + "\n".join(lines), style=style))
    edgeless.print(Text("\n" + totals(cases)))
