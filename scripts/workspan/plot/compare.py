# SPDX-License-Identifier: Apache-2.0
"""compare: new / old time of the cases of two runs; those that hardly changed share a row."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from statistics import median
from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.ratios.places import Place, place_of
from workspan.compare.cases import Report
from workspan.compare.verdict import CaseVerdict, Verdict
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import SHADE, Frame, Marker, Row, add_rows
from workspan.plot.key import Item, add_key
from workspan.plot.palette import LOOKS
from workspan.plot.sheet import Table, begin_with, key_of
from workspan.plot.style import SMALL
from workspan.plot.words import about, clean, factor, factor_tick, of_machine, percent, size
from workspan.resultfile.model import Case, ResultFile
from workspan.support.text import quantity

MOST: Final = 36  # rows, as many as fit a page; beyond, the smallest changes are left out
CHANGED: Final = (Verdict.SLOWER, Verdict.FASTER)
NARROW: Final = 120.0  # mm: below, names are short
SIDES: Final = ("old", "new")
HEADERS: Final = (
    *("case", "verdict", "new / old", "low", "high", "by", "old_s", "new_s"),
    "q",
)


@dataclass(frozen=True)
class CompareData:
    """Two runs and what `workspan compare` says of them. names: by which the user knows them."""

    report: Report
    old: ResultFile
    new: ResultFile
    names: tuple[str, str] = SIDES


def compared_rows(data: CompareData) -> list[CaseVerdict]:
    """The rows that have a ratio, the largest change first."""
    found = [row for row in data.report.rows if row.effect]
    return sorted(found, key=lambda row: -(row.effect or 1.0))


def draw_compare(data: CompareData, width_mm: float) -> Figure:
    """A row per case that changed, or might have; one for all others."""
    wide, limit = width_mm >= NARROW, 1 + data.report.threshold
    rows = compared_rows(data)
    shown, rest = _split(rows, limit)
    cases = _cases(data)
    heading = of_machine(title(data), (data.old, data.new))
    page = begin_with(width_mm, heading, _sides(data))
    drawn = [_row(row, cases, wide) for row in shown]
    drawn += [_rest(rest, cases, wide)] * bool(rest)
    places = {place_of(cases[row.name]) for row in rows if row.name in cases}
    dots = [dot for row in drawn for dot in row.dots]
    key = key_of(places, data.new.workspan.run.all_threads, dots, _labels(data))
    key.append(Item("bar", f"within {percent(data.report.threshold)}", SHADE))
    add_key(page, key)
    page.space(4)
    add_rows(page, drawn, _frame(rows, limit, wide))
    if not wide and any(row.strong for row in drawn):
        page.space(2)
        page.text("bold: the verdict is SLOWER or FASTER", SMALL)
    if rest:
        within = sum(1 / limit <= (row.effect or 1.0) <= limit for row in rest)
        page.space(2)
        page.text(f"others: {within} of {len(rest)} within {percent(limit - 1)}", SMALL)
    return page.figure()


def compare_rows(data: CompareData) -> list[Row]:
    """The rows of the chart, without those that share one."""
    shown, _ = _split(compared_rows(data), 1 + data.report.threshold)
    return [_row(row, _cases(data), False) for row in shown]


def _sides(data: CompareData) -> Iterator[str]:
    """old: its name, date and commit; what was measured where."""
    for side, name, file in zip(SIDES, _short(data.names), (data.old, data.new), strict=True):
        known = [] if name in SIDES else [clean(name)]
        date, commit = file.workspan.run.started[:10], file.workspan.build.short_commit(8)
        yield f"{side}: {', '.join([*known, clean(date), clean(commit)])}; {about(file)}"


def _short(names: tuple[str, str]) -> tuple[str, str]:
    """The ends of two paths, as far as it takes to tell them apart."""
    old, new = (PurePath(name).parts for name in names)
    most = max(len(old), len(new))
    k = next((k for k in range(1, most) if old[-k:] != new[-k:]), 1)
    return "/".join(old[-k:]), "/".join(new[-k:])


def _cases(data: CompareData) -> dict[str, Case]:
    return {case.name: case for case in data.new.workspan.cases}


def _split(rows: list[CaseVerdict], limit: float) -> tuple[list[CaseVerdict], list[CaseVerdict]]:
    """Those with a row of their own, the largest change first, and the others."""
    told = [row for row in rows if row.verdict in CHANGED]
    open_ones = [
        row
        for row in rows
        if row.verdict not in (*CHANGED, Verdict.SAME)
        and not 1 / limit <= (row.effect or 1.0) <= limit
    ]
    by_size = sorted(open_ones, key=lambda row: -abs(math.log(row.effect or 1.0)))
    shown = {row.name for row in [*told, *by_size][:MOST]}
    own = [row for row in rows if row.name in shown]
    return own, [row for row in rows if row.name not in shown]


def _frame(rows: list[CaseVerdict], limit: float, wide: bool) -> Frame:
    shares = any(row.by == "share" for row in rows)
    by_share = ", of host codes relative to the ceiling beside them" if shares else ""
    return Frame(
        factor,
        f"time, new / old{by_share}; left of 1x is faster",
        (Marker(1.0, "no change"),),
        ("change", "verdict") if wide else ("change",),
        joined=False,
        shaded=(1 / limit, limit),
        range=_range(rows, limit),
        tick=factor_tick,
    )


def compare_table(data: CompareData) -> Table:
    """A row per case that has a ratio."""
    return HEADERS, [
        (
            *(row.name, row.verdict.value, f"{row.effect:.6g}"),
            *([f"{end:.6g}" for end in row.interval] if row.interval else ["", ""]),
            *(row.by, f"{row.old_time:.6g}", f"{row.new_time:.6g}"),
            f"{row.q:.3g}" if row.q is not None else "",
        )
        for row in compared_rows(data)
    ]


def title(data: CompareData) -> str:
    """How many became slower, faster, or neither."""
    rows = compared_rows(data)
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    if not any(counts[verdict] for verdict in (*CHANGED, Verdict.SAME)):
        changes = median(abs(math.log(row.effect or 1.0)) for row in rows) if rows else 0.0
        why = f"No verdict on {quantity(len(rows), 'case')}: too few processes or too much noise"
        by = f" differ by less than {percent(math.expm1(changes))}" if changes else " are the same"
        return f"{why}; half of the times{by}"
    said = [f"{counts[v]} {v.value.lower()}" for v in CHANGED if counts[v]] or ["None changed"]
    by = percent(data.report.threshold)
    rest = len(rows) - sum(counts[verdict] for verdict in (*CHANGED, Verdict.SAME))
    if counts[Verdict.SAME]:
        said.append(f"{counts[Verdict.SAME]} the same within {by}")
    said += [f"{rest} without a verdict"] * bool(rest)
    return f"{', '.join(said)}, of {quantity(len(rows), 'case')}"


def _labels(data: CompareData) -> dict[Place, str]:
    """All codes are compared, not only the fastest."""
    return {Place.ONE: "1 CPU", Place.TEAM: f"up to {data.new.workspan.run.all_threads} CPUs"}


def _dot(row: CaseVerdict, cases: dict[str, Case]) -> Dot:
    place = place_of(cases[row.name]) if row.name in cases else Place.MODEL
    return Dot(LOOKS[place], row.effect or 1.0, row.interval, row.name)


def _range(rows: list[CaseVerdict], limit: float) -> tuple[float, float]:
    """Of the axis: as far as each side needs, but for the few that are far beyond the others."""
    logs = [math.log(row.effect or 1.0) for row in rows]
    most = 3 * _usual([abs(log) for log in logs])
    reaches = []
    for side in (-1, 1):
        ends = [side * math.log(end) for row in rows for end in row.interval or ()]
        own = [side * log for log in logs if side * log > 0]
        shown = max(1.08 * max(own, default=0.0), min(2 * _usual(own), max(ends, default=0.0)))
        reaches.append(max(2 * math.log(limit), min(most, shown)))
    return math.exp(-reaches[0]), math.exp(reaches[1])


def _usual(logs: list[float]) -> float:
    """Nine of ten are at most so large."""
    return sorted(logs)[math.ceil(0.9 * (len(logs) - 1))] if logs else 0.0


def _row(row: CaseVerdict, cases: dict[str, Case], wide: bool) -> Row:
    dot = _dot(row, cases)
    change = 100 * (dot.value - 1)
    words = f"{change:+.1f} %" if abs(change) < 99.95 else f"{dot.value:.3g}x"
    verdict = row.verdict.value if row.verdict is not Verdict.INCONCLUSIVE else "open"
    strong = frozenset({0, 1}) if row.verdict in CHANGED else frozenset[int]()
    cells = (words, verdict) if wide else (words,)
    return Row(_name(row, cases, wide), (dot,), cells, strong=strong)


def _name(row: CaseVerdict, cases: dict[str, Case], wide: bool) -> str:
    case = cases.get(row.name)
    if case is None:
        return clean(row.name)
    keys = " ".join(case.keys.values())
    threads = f", {quantity(case.threads, 'thread')}" if case.scope == "host" else ""
    parts = [case.workload, keys, case.variant, f"{size(case.n)}{threads}"]
    team = f" on {case.threads}" if case.threads > 1 else ""
    kept = parts if wide else [*parts[:3], f"{size(case.n)}{team}"]
    return " ".join(part for part in kept if part)


def _rest(rows: list[CaseVerdict], cases: dict[str, Case], wide: bool) -> Row:
    """All others on one line: their dots without intervals."""
    dots = (_dot(row, cases) for row in rows)
    small = tuple(
        Dot(dot.look, dot.value, dot.interval and (dot.value, dot.value), dot.name, lane=0.0)
        for dot in dots
    )
    return Row(f"{len(rows)} others", small, ("", "") if wide else ("",))
