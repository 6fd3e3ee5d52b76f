# SPDX-License-Identifier: Apache-2.0
"""A report as words in rows and columns, before anybody knows whether it becomes a table on a terminal or Markdown."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from workspan.compare.cases import Report
from workspan.compare.verdict import CaseVerdict, Verdict, needed_words
from workspan.report.warning_words import sentence
from workspan.support.text import counted, plain
from workspan.support.units import format_time

FEW = 6  # cases that only one side has and that are named in full


@dataclass(frozen=True)
class Column:
    """A title, and how dispensable it is: the highest is left out first where there is no room; 0 never."""

    title: str
    dispensable: int = 0
    right: bool = True


@dataclass(frozen=True)
class Section:
    """Rows that have a heading in common. details: what is said below a row, or nothing."""

    word: str  # coloured
    heading: str
    rows: list[list[str]]
    details: list[str]


@dataclass(frozen=True)
class Sheet:
    """Everything shown. Texts are plain: one line, nothing invisible."""

    sides: list[tuple[str, str]]  # "old", what it is
    differences: list[tuple[str, str, str]]
    columns: list[Column]
    sections: list[Section]  # the most urgent first
    summary: list[str]
    notes: list[str] = field(default_factory=list)
    names: tuple[str, str] = ("old", "new")  # above what differs


def change(effect: float) -> str:
    """A ratio of times as a change: +3.2 %, from ten times on x12."""
    return (
        f"{(effect - 1) * 100:+.1f} %".replace("-0.0 ", "+0.0 ")
        if effect < 10
        else f"x{effect:.3g}"
    )


def speedup(effect: float) -> str:
    """A ratio of times the other way round: 1.95."""
    return f"{1 / effect:.3g}" if not 0.001 < effect < 1000 else f"{1 / effect:.2f}"


def ratio(effect: float) -> str:
    """A ratio of times: 1.03, 10.7."""
    return f"{effect:.3g}" if not 0.1 < effect < 10 else f"{effect:.2f}"


def _shown(report: Report) -> Callable[[float], str]:
    """How effects are shown."""
    return speedup if report.by else ratio if report.reference else change


def corrected(q: float) -> str:
    """A q-value with two digits."""
    return f"{q:.2f}" if q >= 0.095 else f"{q:.2g}" if q >= 0.0001 else "<0.0001"


def span(interval: tuple[float, float], show: Callable[[float], str]) -> str:
    """An interval; the unit once."""
    low, high = (show(end) for end in interval)
    return f"{low.removesuffix(' %') if high.endswith(' %') else low} .. {high}"


def sheet_of(report: Report) -> Sheet:
    """The words of a report."""
    groups: dict[tuple[Verdict, str], list[CaseVerdict]] = {}
    for row in report.rows:
        groups.setdefault((row.verdict, row.reason), []).append(row)
    unit = _unit(report)
    columns = [
        Column("case", right=False),
        Column(f"against {plain(report.by)}" if report.by else "against", 4, right=False),
        Column("baseline" if report.by else report.sides[0], 0 if report.reference else 3),
        Column("time" if report.by else report.sides[1], 0 if report.reference else 3),
        Column("speedup" if report.by else "ratio" if report.reference else "change"),
        Column("95 % interval"),
        Column("q", 2),
        Column("needed", 1),
        Column(f"{unit}s", 5),
    ]
    sections = [
        _section(verdict, reason, rows, report) for (verdict, reason), rows in groups.items()
    ]
    told = {
        i: {row[i] for section in sections for row in section.rows if row[i]}
        for i, _ in enumerate(columns)
    }
    # How many invocations, and which reference: only where they differ from case to case.
    once = (len(columns) - 1, 1 if report.reference else -1)
    used = [i for i, values in told.items() if values and not (i in once and len(values) == 1)] or [
        0
    ]
    return Sheet(
        [(report.sides[0], plain(report.old)), (report.sides[1], plain(report.new))]
        if not report.by
        else [("in", plain(report.old))],
        [(plain(d.what), plain(d.old), plain(d.new)) for d in report.differences],
        [columns[i] for i in used],
        [
            Section(s.word, s.heading, [[row[i] for i in used] for row in s.rows], s.details)
            for s in sections
        ],
        _summary(report),
        [plain(note) for note in report.notes],
        report.sides,
    )


def _section(verdict: Verdict, reason: str, rows: list[CaseVerdict], report: Report) -> Section:
    heading = f"{len(rows)}: {reason}{_wanted(rows, _unit(report)) if verdict is Verdict.INCONCLUSIVE and not report.reference else ''}"
    if report.reference and verdict in (Verdict.ONLY_OLD, Verdict.ONLY_NEW) and len(rows) > FEW:
        variants = dict.fromkeys(plain(row.name).split("/n:")[0] for row in rows)
        empty = [""] * len(_cells(rows[0], report))
        return Section(
            word(verdict, report),
            f"{heading}; --format csv names each",
            [empty],
            [" ".join(variants)],
        )
    return Section(
        word(verdict, report),
        heading,
        [_cells(row, report) for row in rows],
        [plain("; ".join(details(row))) for row in rows],
    )


def details(row: CaseVerdict) -> list[str]:
    """What only this case has to say: its own detail and its warnings."""
    return [*([row.detail] if row.detail else []), *map(sentence, row.warnings)]


def word(verdict: Verdict, report: Report) -> str:
    """The verdict as it is shown: ONLY_OLD, or ONLY_REFERENCE."""
    names = {Verdict.ONLY_OLD: report.sides[0], Verdict.ONLY_NEW: report.sides[1]}
    return f"ONLY_{names[verdict].upper()}" if verdict in names else verdict.value


def _wanted(rows: list[CaseVerdict], unit: str) -> str:
    """How many invocations would probably decide, from the easiest case to the hardest."""
    known = [row.needed for row in rows if row.needed]
    least = f"{min(known)}" if known else "more than 1000"
    most = f"{max(known)}" if len(known) == len(rows) else "more than 1000"
    return f"; {needed_words(least if least == most else f'{least} to {most}', unit)} would probably decide"


def _unit(report: Report) -> str:
    """What is counted; inside one file a pair is an invocation."""
    units = {row.unit for row in report.rows if row.effect}
    return units.pop() if len(units) == 1 and not report.by else "invocation"


def _cells(row: CaseVerdict, report: Report) -> list[str]:
    show = _shown(report)
    interval = row.interval and (
        row.interval if not report.by else (row.interval[1], row.interval[0])
    )
    needed = (
        f"{row.needed}"
        if row.needed
        else ">1000"
        if row.verdict is Verdict.INCONCLUSIVE and not report.reference
        else ""
    )
    return [
        plain(row.name),
        plain(row.against),
        format_time(row.old_time) if row.old_time else "",
        format_time(row.new_time) if row.new_time else "",
        show(row.effect) if row.effect else "",
        span(interval, show) if interval else "",
        corrected(row.q) if row.q is not None else "",
        needed,
        f"{row.old_invocations} {row.new_invocations}" if row.effect else "",
    ]


def _summary(report: Report) -> list[str]:
    words = {
        verdict: word(verdict, report).replace("_", " in ").replace("NONE", "no verdict").lower()
        for verdict in Verdict
    }
    counts = [f"{report.counts[v.value]} {words[v]}" for v in Verdict if report.counts.get(v.value)]
    total = len(report.rows)
    lines = [f"{counted(total, 'case')}: {', '.join(counts)}"] if total else ["no cases"]
    if report.mean is not None:
        show = speedup if report.by else change
        interval = report.mean_interval and (
            report.mean_interval[::-1] if report.by else report.mean_interval
        )
        within = (
            f", 95 % interval {span((interval[0], interval[1]), show)}"
            if interval
            else ", no interval"
        )
        lines.append(f"geometric mean of {report.mean_cases}: {show(report.mean)}{within}")
    have = {(row.old_invocations, row.new_invocations) for row in report.rows if row.effect}
    if len(have) == 1:
        lines.append(_counted(*have.pop(), report))
    tests = Counter(row.test for row in report.rows if row.test)
    if tests:
        lines.append(
            f"q: {', '.join(f'{name} ({n})' for name, n in tests.items())}, corrected for all by Benjamini and Hochberg"
        )
    return lines


def _counted(old: int, new: int, report: Report) -> str:
    count = counted(old, _unit(report))
    if report.paired:
        return count
    return (
        f"{count} of each"
        if old == new
        else f"{count} of {report.sides[0]}, {new} of {report.sides[1]}"
    )
