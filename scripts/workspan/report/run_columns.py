# SPDX-License-Identifier: Apache-2.0
"""The columns of the table of a run, from the widest choice of them to the narrowest."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

from workspan.analysis.processes import Processes
from workspan.analysis.ratios.judge import Judgement, Judgements
from workspan.analysis.ratios.latency import is_open_loop
from workspan.analysis.ratios.times import is_noisy, relative_half_width
from workspan.report.cells import (
    ABSENT,
    BY_VALUE,
    FROM_ROWS,
    NOISY,
    ONE_PROCESS,
    EstimateFormat,
    bare_rate,
    estimate,
    rate_scale,
)
from workspan.resultfile.model import Case, Status
from workspan.stats.ratios import FEWEST_PAIRS, FEWEST_PROCESSES, Estimate
from workspan.support.units import Scale, format_time

RATE: Final = "GB/s"  # the column of rates, whatever their unit
BEST_HOST: Final = "vs best host code"
PROCESSES: Final = "processes"
RATIOS: Final[dict[str, Callable[[Judgement], Estimate | None]]] = {
    "of ceiling": lambda j: j.of_ceiling,
    "vs seq": lambda j: j.vs_seq,
    "machine": lambda j: j.machine,
    "code": lambda j: j.code,
    "vs 1 thread": lambda j: j.vs_1_thread,
    "efficiency": lambda j: j.efficiency,
    BEST_HOST: lambda j: j.vs_best_host,
}
NARROW: Final = {
    "vs 1 thread": "vs 1\nthread",
    "efficiency": "effi-\nciency",
    BEST_HOST: "vs best\nhost\ncode",
    "of ceiling": "of\nceil-\ning",
    "vs seq": "vs\nseq",
    "machine": "ma-\nchine",
    PROCESSES: "pro-\ncesses",
}
COLUMN_LEGENDS: Final = {
    "time": "geometric mean over processes of the medians of their samples.",
    "+- ": "half the width of its 95 % interval; ~: wider than the target, or no interval for lack"
    " of samples or processes.",
    PROCESSES: "those that count for the row; in the others it was too slow, or they ended before.",
    "of ceiling": "fraction of the rate measured here for the resource that bounds the workload{}.",
    "vs seq": "T_seq / T.",
    "machine": "rate of the ceiling on the threads of the row / on one, caches of more cores"
    " included.",
    "code": "vs seq / machine.",
    "vs 1 thread": "speedup over the same code on one thread.",
    "efficiency": "vs 1 thread / threads.",
    BEST_HOST: "T of the fastest host code / T, and its name (threads).",
}
MARK_LEGENDS: Final = {
    ONE_PROCESS: "the interval is within one process.",
    BY_VALUE: "no interval, so it is said by value: an interval takes"
    f" {FEWEST_PROCESSES} processes, or {FEWEST_PAIRS} samples of one.",
    FROM_ROWS: "the ceiling was measured in other processes than the row.",
}
ALL_ONE_PROCESS: Final = "All intervals are within one process."
OPEN_LOOP: Final = "Open loop: its time is by design; latencies: workspan concurrency."
END: Final = '"-": not measured in this run, or not meaningful for the row.'


class JudgedCase(NamedTuple):
    """A measured case with the judgement on it, and the scale of the rates of its workload.

    processes: that count for it; None: not asked for.
    """

    case: Case
    judgement: Judgement
    scale: Scale
    processes: Processes | None = None

    def estimates(self) -> list[Estimate]:
        """All that are known and are estimates."""
        found = (of(self.judgement) for of in RATIOS.values())
        return [one for one in found if one and not one.exact]


def judged_cases(
    cases: Iterable[Case],
    judgements: Judgements,
    processes: Mapping[str, Processes] = MappingProxyType({}),
) -> list[JudgedCase]:
    """The cases with times, in their order."""
    measured: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        if case.status is Status.OK:
            measured[case.workload, case.rate_unit].append(case)
    scales = {workload: rate_scale(those) for workload, those in measured.items()}
    return [
        JudgedCase(c, judgements[c.name], scales[c.workload, c.rate_unit], processes.get(c.name))
        for c in cases
        if c.status is Status.OK
    ]


@dataclass(frozen=True)
class Column:
    """A title, the cell of a row, and the title as it is shown."""

    title: str
    cell: Callable[[JudgedCase], str]
    shown: str = ""

    def head(self, row: JudgedCase) -> str:
        """The title above rows of this row's workload."""
        return row.scale.unit if self.title == RATE else self.shown or self.title

    def width(self, rows: Sequence[JudgedCase]) -> int:
        """Of the title above any workload, and of all cells."""
        units = [row.scale.unit for row in rows]
        words = units if self.title == RATE else (self.shown or self.title).split("\n")
        return max(*map(len, words), *(len(self.cell(row)) for row in rows))


@dataclass(frozen=True)
class Layout:
    """intervals, without: the columns of ratios that have intervals, and those left out.

    names: whether the best host code is named.
    """

    intervals: frozenset[str]
    narrow: bool = True
    without: frozenset[str] = frozenset()
    names: bool = True


LAYOUTS: Final = (  # from wide to narrow
    Layout(frozenset(("vs seq", "machine", "code", "vs 1 thread", BEST_HOST)), narrow=False),
    Layout(frozenset(("vs seq", "code", BEST_HOST))),
    Layout(frozenset(("vs seq", "code"))),
    Layout(frozenset(("vs seq",))),
    Layout(frozenset()),
    Layout(frozenset(), without=frozenset(("vs 1 thread", "efficiency"))),
    Layout(frozenset(), without=frozenset(("vs 1 thread", "efficiency")), names=False),
)


def choose_columns(
    rows: Sequence[JudgedCase], target: float, room: int | None
) -> tuple[list[Column], int]:
    """The columns with a value in this file, and the gap between them, that fit into the room.

    room: None: any width.
    """
    for layout in LAYOUTS:
        columns = list(_columns(rows, target, layout))
        total = sum(column.width(rows) for column in columns)
        for gap in (2, 1):
            if room is None or total + gap * (len(columns) - 1) <= room:
                return columns, gap
    return columns, 1


def _columns(rows: Sequence[JudgedCase], target: float, layout: Layout) -> Iterator[Column]:
    yield Column("variant", lambda r: r.case.variant)
    yield Column("threads", lambda r: str(r.case.threads))
    yield Column("time", lambda r: format_time(r.case.time or math.nan))
    yield Column("+- ", lambda r: _half_width(r.case, target))
    if any(row.processes and row.processes.is_partial for row in rows):
        yield Column(PROCESSES, _processes, NARROW[PROCESSES] if layout.narrow else "")
    yield Column(RATE, _rate)
    one_process = not is_one_process(rows)
    for title, of in RATIOS.items():
        if title in layout.without or not any(of(row.judgement) for row in rows):
            continue
        named = title == BEST_HOST and layout.names
        form = EstimateFormat(target, title in layout.intervals, one_process)
        yield Column(
            title, _ratio_cell(title, form, named), NARROW.get(title, "") if layout.narrow else ""
        )


def _rate(row: JudgedCase) -> str:
    return ABSENT if is_open_loop(row.case) else bare_rate(row.case, row.scale)


def _ratio_cell(title: str, form: EstimateFormat, named: bool) -> Callable[[JudgedCase], str]:
    def cell(row: JudgedCase) -> str:
        found, best = estimate(RATIOS[title](row.judgement), form), row.judgement.best_host
        return f"{found} {short_name(best)}" if named and best else found

    return cell


def short_name(case_name: str) -> str:
    """Variant and threads of a case by its name: omp (16)."""
    parts = case_name.split("/")
    return f"{parts[1]} ({parts[-1].removeprefix('threads:')})"


def is_one_process(rows: Sequence[JudgedCase]) -> bool:
    """Whether every estimate is within one process, so that marks would tell nothing."""
    return all(one.within_one_process for row in rows for one in row.estimates())


def _processes(row: JudgedCase) -> str:
    """2 of 3, or 3 if all count."""
    if row.processes is None:
        return ABSENT
    counted, of = row.processes
    return f"{counted} of {of}" if counted < of else str(of)


def _half_width(case: Case, target: float) -> str:
    half_width = relative_half_width(case)
    if half_width is None:
        return f"none{NOISY}"
    mark = NOISY if is_noisy(case, target) else " "
    percent = 100 * half_width
    return f"{percent:.1f}%{mark}" if percent < 100 else f"{min(percent, 9999):.0f}%{mark}"


def legend(rows: Sequence[JudgedCase], columns: Sequence[Column]) -> str:
    """Of the columns and marks in the table, with the ceilings that were measured."""
    measured = (row for row in rows if row.case.is_ceiling or row.judgement.of_ceiling)
    names = dict.fromkeys(row.case.ceiling for row in measured)
    ceilings = f" ({', '.join(names)})" if names else ""
    texts = [
        f"{column.title.strip()}: {COLUMN_LEGENDS[column.title].format(ceilings)}"
        for column in columns
        if column.title in COLUMN_LEGENDS
    ]
    ratios = [column for column in columns if column.title in RATIOS]
    cells = {column.cell(row) for column in ratios for row in rows}
    texts += [f"{m}: {words}" for m, words in MARK_LEGENDS.items() if any(m in c for c in cells)]
    texts += [OPEN_LOOP] if any(is_open_loop(row.case) for row in rows) else []
    estimated = any(row.estimates() for row in rows)
    return " ".join(
        [*texts, *([ALL_ONE_PROCESS] if estimated and is_one_process(rows) else []), END]
    )
