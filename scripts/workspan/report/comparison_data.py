# SPDX-License-Identifier: Apache-2.0
"""Reports for programs: CSV that no spreadsheet takes for formulas, JSON, and JUnit's XML for continuous integration."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

import msgspec

from workspan.compare.across_machines import QUANTITIES, CrossReport
from workspan.compare.cases import Report, Rules, Verdict
from workspan.compare.verdict import CaseVerdict, needed_words
from workspan.report.comparison_sheet import change, details, ratio, span, word
from workspan.support.text import plain, safe_cell

FIELDS = (
    "name",
    "against",
    "verdict",
    "old_time",
    "new_time",
    "effect",
    "low",
    "high",
    "p",
    "q",
    "test",
    "old_invocations",
)
MORE_FIELDS = ("new_invocations", "needed", "reason", "detail")
SKIPPED = (Verdict.INCONCLUSIVE, Verdict.NONE, Verdict.ONLY_OLD, Verdict.ONLY_NEW)


def json_text(report: Report | CrossReport) -> str:
    """The report as it is; what there is not is null."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"


def csv_text(report: Report | CrossReport) -> str:
    """One line for each case; times in seconds, effect as ratio new / old with its interval."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in _cross_lines(report) if isinstance(report, CrossReport) else _lines(report):
        writer.writerow([safe_cell(value) if isinstance(value, str) else value for value in line])
    return out.getvalue()


def _lines(report: Report) -> Iterator[Sequence[object]]:
    yield FIELDS + MORE_FIELDS
    for row in report.rows:
        low, high = row.interval or (None, None)
        values = {"low": low, "high": high, "verdict": row.verdict.value}
        yield [
            values[field] if field in values else getattr(row, field)
            for field in FIELDS + MORE_FIELDS
        ]


def _cross_lines(report: CrossReport) -> Iterator[Sequence[object]]:
    yield [
        "name",
        "new_name",
        *(f"{side}_{name}" for name in QUANTITIES for side in ("old", "new")),
    ]
    for row in report.rows:
        pairs = [row.quantities.get(name) for name in QUANTITIES]
        yield [
            row.name,
            row.new_name,
            *(ratio for pair in pairs for ratio in ((pair[0], pair[1]) if pair else (None, None))),
        ]


def junit_text(report: Report | CrossReport, rules: Rules) -> str:
    """One test for each case: those to fail on fail, those that could not be told are skipped."""
    cases = (
        [_skipped(row.name, "no verdict between machines") for row in report.rows]
        if isinstance(report, CrossReport)
        else []
    )
    if isinstance(report, Report):
        cases = [_testcase(row, report, rules) for row in report.rows]
    failures, skipped = (
        sum(case.find(tag) is not None for case in cases) for tag in ("failure", "skipped")
    )
    counts = {
        "tests": str(len(cases)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(skipped),
    }
    suites = ET.Element("testsuites", {"name": "workspan compare", **counts})
    suite = ET.SubElement(suites, "testsuite", {"name": "workspan compare", **counts})
    properties = ET.SubElement(suite, "properties")
    sides = report.sides if isinstance(report, Report) else ("old", "new")
    for name, value in zip(sides, (report.old, report.new), strict=True):
        ET.SubElement(properties, "property", {"name": name, "value": plain(value)})
    suite.extend(cases)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def sentence(row: CaseVerdict, report: Report) -> str:
    """All that is known of a case, in a line."""
    show, what = (ratio, " ratio") if report.reference else (change, "")
    effect = f"{what} {show(row.effect)}" if row.effect else ""
    interval = f" ({span(row.interval, show)})" if row.interval else ""
    q = f", q {row.q:.2g} by {row.test}" if row.q is not None else ""
    needed = f"; {needed_words(row.needed, row.unit)} would probably decide" if row.needed else ""
    detail = "".join(f"; {words}" for words in details(row))
    return plain(f"{word(row.verdict, report)}{effect}{interval}: {row.reason}{detail}{q}{needed}")


def _testcase(row: CaseVerdict, report: Report, rules: Rules) -> ET.Element:
    if row.verdict in SKIPPED and row.verdict not in rules.fail_on:
        return _skipped(row.name, sentence(row, report))
    case = _case(row.name)
    if row.new_time is not None:
        case.set("time", f"{row.new_time:.9f}")
    if row.verdict in rules.fail_on:
        failure = ET.SubElement(
            case, "failure", {"type": word(row.verdict, report), "message": sentence(row, report)}
        )
        failure.text = sentence(row, report)
    else:
        ET.SubElement(case, "system-out").text = sentence(row, report)
    return case


def _skipped(name: str, why: str) -> ET.Element:
    case = _case(name)
    ET.SubElement(case, "skipped", {"message": why})
    return case


def _case(name: str) -> ET.Element:
    group, _, rest = plain(name).partition("/")
    return ET.Element("testcase", {"classname": group, "name": rest or group})
