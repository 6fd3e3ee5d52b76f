# SPDX-License-Identifier: Apache-2.0
"""A comparison as rows and columns of text, for a table on a terminal and for Markdown."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from workspan.compare.cases import Report
from workspan.compare.verdict import MOST_ESTIMATED, CaseVerdict, Verdict, needed_words
from workspan.report.cells import FEW
from workspan.report.warning_words import sentence
from workspan.support.text import plain, quantity
from workspan.support.units import format_time


@dataclass(frozen=True)
class Column:
    """A title, and how dispensable it is: the highest is left out first, 0 never."""

    title: str
    dispensable: int = 0
    right: bool = True


@dataclass(frozen=True)
class Section:
    """Rows under a common heading. details: a line below each row, or empty."""

    word: str  # coloured
    heading: str
    rows: list[list[str]]
    details: list[str]


@dataclass(frozen=True)
class Sheet:
    """Everything shown. Texts are plain: one line, without invisible characters."""

    sides: list[tuple[str, str]]  # "old", and the description of that side
    differences: list[tuple[str, str, str]]
    columns: list[Column]
    sections: list[Section]  # the most urgent first
    summary: list[str]
    notes: list[str] = field(default_factory=list)
    names: tuple[str, str] = ("old", "new")  # headings of the differences


def format_change(effect: float) -> str:
    """A ratio of times as a change: +3.2 %; from a factor of ten on, x12."""
    if effect >= 10:
        return f"x{effect:.3g}"
    return f"{(effect - 1) * 100:+.1f} %".replace("-0.0 ", "+0.0 ")


def format_speedup(effect: float) -> str:
    """A ratio of times, inverted: 1.95."""
    return f"{1 / effect:.3g}" if not 0.001 < effect < 1000 else f"{1 / effect:.2f}"


def format_ratio(effect: float) -> str:
    """A ratio of times: 1.03, 10.7."""
    return f"{effect:.3g}" if not 0.1 < effect < 10 else f"{effect:.2f}"


def _effect_format(report: Report) -> Callable[[float], str]:
    return format_speedup if report.by else format_ratio if report.reference else format_change


def format_q(q: float) -> str:
    """A q-value with two digits."""
    return f"{q:.2f}" if q >= 0.095 else f"{q:.2g}" if q >= 0.0001 else "<0.0001"


def format_interval(interval: tuple[float, float], form: Callable[[float], str]) -> str:
    """Both ends, the unit once."""
    low, high = (form(end) for end in interval)
    return f"{low.removesuffix(' %') if high.endswith(' %') else low} .. {high}"


def comparison_sheet(report: Report) -> Sheet:
    """The sheet of a report: rows grouped by verdict and reason."""
    groups: dict[tuple[Verdict, str], list[CaseVerdict]] = {}
    for row in report.rows:
        groups.setdefault((row.verdict, row.reason), []).append(row)
    sections = [
        _section(verdict, reason, rows, report) for (verdict, reason), rows in groups.items()
    ]
    columns = sheet_columns(report)
    used = _used_columns(columns, sections, report)
    sides = [(report.sides[0], plain(report.old)), (report.sides[1], plain(report.new))]
    return Sheet(
        [("in", plain(report.old))] if report.by else sides,
        [(plain(d.what), plain(d.old), plain(d.new)) for d in report.differences],
        [columns[i] for i in used],
        [replace(s, rows=[[row[i] for i in used] for row in s.rows]) for s in sections],
        _summary(report),
        [plain(note) for note in report.notes],
        report.sides,
    )


def sheet_columns(report: Report) -> list[Column]:
    """All columns, in the order of _cells."""
    times = 0 if report.reference else 3
    return [
        Column("case", right=False),
        Column(f"against {plain(report.by)}" if report.by else "against", 4, right=False),
        Column("baseline" if report.by else report.sides[0], times),
        Column("time" if report.by else report.sides[1], times),
        Column("time change", 2),
        Column("share", 2),
        Column("speedup" if report.by else "ratio" if report.reference else "change"),
        Column("95 % interval"),
        Column("judged by", 3, right=False),
        Column("q", 2),
        Column("needed", 1),
        Column(f"{_shown_unit(report)}s", 5),
    ]


def _used_columns(
    columns: Sequence[Column], sections: Sequence[Section], report: Report
) -> list[int]:
    """Columns with content; invocations and reference only if they differ between cases."""
    values = [{row[i] for s in sections for row in s.rows if row[i]} for i in range(len(columns))]
    if_different = (len(columns) - 1, 1 if report.reference else -1)
    used = [i for i, cells in enumerate(values) if len(cells) > (1 if i in if_different else 0)]
    return used or [0]


def _section(verdict: Verdict, reason: str, rows: list[CaseVerdict], report: Report) -> Section:
    heading = f"{len(rows)}: {reason}"
    if verdict is Verdict.INCONCLUSIVE and not report.reference:
        heading += _needed_range(rows, _shown_unit(report))
    word = verdict_word(verdict, report)
    if report.reference and verdict in (Verdict.ONLY_OLD, Verdict.ONLY_NEW) and len(rows) > FEW:
        variants = dict.fromkeys(plain(row.name).split("/n:")[0] for row in rows)
        empty = [""] * len(_cells(rows[0], report))
        return Section(word, f"{heading}; --format csv names each", [empty], [" ".join(variants)])
    cells = [_cells(row, report) for row in rows]
    return Section(word, heading, cells, [plain("; ".join(row_details(row))) for row in rows])


def row_details(row: CaseVerdict) -> list[str]:
    """The detail of this case, and its warnings in words."""
    return [*([row.detail] if row.detail else []), *map(sentence, row.warnings)]


def verdict_word(verdict: Verdict, report: Report) -> str:
    """The verdict as shown: ONLY_OLD, or ONLY_REFERENCE."""
    names = {Verdict.ONLY_OLD: report.sides[0], Verdict.ONLY_NEW: report.sides[1]}
    return f"ONLY_{names[verdict].upper()}" if verdict in names else verdict.value


def _needed_range(rows: list[CaseVerdict], unit: str) -> str:
    """How many invocations would probably decide, from the easiest case to the hardest."""
    known = [row.needed for row in rows if row.needed]
    beyond = f"more than {MOST_ESTIMATED}"
    least = f"{min(known)}" if known else beyond
    most = f"{max(known)}" if len(known) == len(rows) else beyond
    many = least if least == most else f"{least} to {most}"
    return f"; {needed_words(many, unit)} would probably decide"


def _shown_unit(report: Report) -> str:
    """The unit of repetition; within one file a pair is an invocation."""
    units = {row.unit for row in report.rows if row.effect}
    return units.pop() if len(units) == 1 and not report.by else "invocation"


def _cells(row: CaseVerdict, report: Report) -> list[str]:
    form, interval = _effect_format(report), row.interval
    if interval and report.by:
        interval = interval[1], interval[0]
    needed = f"{row.needed}" if row.needed else ""
    if not needed and row.verdict is Verdict.INCONCLUSIVE and not report.reference:
        needed = f">{MOST_ESTIMATED}"
    return [
        plain(row.name),
        _against(row, report),
        format_time(row.old_time) if row.old_time else "",
        format_time(row.new_time) if row.new_time else "",
        *_by_time_and_share(row, report),
        form(row.effect) if row.effect else "",
        format_interval(interval, form) if interval else "",
        row.by if tells_shares(report) and row.effect else "",
        format_q(row.q) if row.q is not None else "",
        needed,
        f"{row.old_invocations} {row.new_invocations}" if row.effect else "",
    ]


def _against(row: CaseVerdict, report: Report) -> str:
    """The old case of another name; of several references the number of the row's."""
    if row.against in report.references:
        return f"reference {report.references.index(row.against) + 1}"
    return plain(row.against)


def tells_shares(report: Report) -> bool:
    """Whether a verdict is by the share of the ceiling: then all rows show time and share."""
    return any(row.by == "share" for row in report.rows)


def _by_time_and_share(row: CaseVerdict, report: Report) -> tuple[str, str]:
    """The change of the time, and the share of the ceiling of both sides."""
    if not tells_shares(report):
        return "", ""
    shares = f"{row.old_share:.2f} {row.new_share:.2f}" if row.old_share and row.new_share else ""
    return format_change(row.time_effect) if row.time_effect else "", shares


def _summary(report: Report) -> list[str]:
    words = {
        verdict: verdict_word(verdict, report).replace("_", " in ").replace("NONE", "no verdict")
        for verdict in Verdict
    }
    counts = [
        f"{report.counts[v.value]} {words[v].lower()}"
        for v in Verdict
        if report.counts.get(v.value)
    ]
    total = len(report.rows)
    lines = [f"{quantity(total, 'case')}: {', '.join(counts)}"] if total else ["no cases"]
    if report.mean is not None:
        lines.append(_mean_line(report.mean, report))
    have = {(row.old_invocations, row.new_invocations) for row in report.rows if row.effect}
    if len(have) == 1:
        lines.append(_invocation_count(*have.pop(), report))
    if tests := Counter(row.test for row in report.rows if row.test):
        used = ", ".join(f"{name} ({n})" for name, n in tests.items())
        lines.append(f"q: {used}, corrected for all cases by Benjamini and Hochberg")
    return lines


def _mean_line(mean: float, report: Report) -> str:
    form = format_speedup if report.by else format_change
    within = ", no interval"
    if report.mean_interval:
        low, high = report.mean_interval[::-1] if report.by else report.mean_interval
        within = f", 95 % interval {format_interval((low, high), form)}"
    return f"geometric mean of {report.mean_cases}: {form(mean)}{within}"


def _invocation_count(old: int, new: int, report: Report) -> str:
    count = quantity(old, _shown_unit(report))
    if report.paired:
        return count
    if old == new:
        return f"{count} of each"
    return f"{count} of {report.sides[0]}, {new} of {report.sides[1]}"
