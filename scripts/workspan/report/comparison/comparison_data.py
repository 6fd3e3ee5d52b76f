# SPDX-License-Identifier: Apache-2.0
"""Comparisons for programs: CSV without spreadsheet formulas, JSON, and JUnit XML for CI."""

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from workspan.compare.across_machines import MachinePair, MachineReport
from workspan.compare.cases import Report
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict, needed_words
from workspan.report.comparison.comparison_sheet import (
    format_change,
    format_interval,
    format_ratio,
    row_details,
    verdict_word,
)
from workspan.report.plain_values import json_of
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
MORE_FIELDS = (
    "new_invocations",
    "needed",
    "reason",
    "detail",
    "by",
    "time_effect",
    "old_share",
    "new_share",
)
MACHINE_FIELDS = (
    *("kind", "name", "new_name", "bound", "old_time", "new_time", "ratio", "low", "high"),
    *("old_machine", "new_machine", "old_code", "new_code"),
)
SKIPPED = (Verdict.INCONCLUSIVE, Verdict.NONE, Verdict.ONLY_OLD, Verdict.ONLY_NEW)


def json_text(report: Report | MachineReport) -> str:
    """The report as it is; absent values are null."""
    return json_of(report)


def csv_text(report: Report | MachineReport) -> str:
    """One line for each case; times in seconds, effect as ratio new / old with its interval."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in (
        _machine_lines(report) if isinstance(report, MachineReport) else _case_lines(report)
    ):
        writer.writerow([safe_cell(value) if isinstance(value, str) else value for value in line])
    return out.getvalue()


def _case_lines(report: Report) -> Iterator[Sequence[object]]:
    yield FIELDS + MORE_FIELDS
    for row in report.rows:
        low, high = row.interval or (None, None)
        values = {"low": low, "high": high, "verdict": row.verdict.value}
        yield [
            values[field] if field in values else getattr(row, field)
            for field in FIELDS + MORE_FIELDS
        ]


def _machine_lines(report: MachineReport) -> Iterator[Sequence[object]]:
    """kind: case, or that of the best codes of a problem."""
    yield MACHINE_FIELDS
    for kind, pairs in (("case", report.cases), *report.best.items()):
        yield from ([kind, *_machine_values(pair)] for pair in pairs)


def _machine_values(pair: MachinePair) -> Iterator[object]:
    old, new = pair.old, pair.new
    yield from (old.name, new.name, pair.bound, old.time, new.time, pair.ratio.value)
    yield from pair.ratio.interval or (None, None)
    factors = (old.machine, new.machine, old.code, new.code)
    yield from (one.value if one else None for one in factors)


def junit_text(report: Report | MachineReport, thresholds: Thresholds) -> str:
    """One test per case: verdicts to fail on fail, inconclusive ones are skipped."""
    if isinstance(report, Report):
        cases = [_case_result(row, report, thresholds) for row in report.rows]
    else:
        names = (pair.old.name for pair in report.cases)
        cases = [_skipped_element(name, "no verdict between machines") for name in names]
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
    for name, value in zip(report.sides, (report.old, report.new), strict=True):
        ET.SubElement(properties, "property", {"name": name, "value": plain(value)})
    suite.extend(cases)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="UTF-8"?>\n', "\n")
    )


def case_sentence(row: CaseVerdict, report: Report) -> str:
    """Everything known about a case, in one line."""
    form, what = (format_ratio, " ratio") if report.reference else (format_change, "")
    effect = f"{what} {form(row.effect)}" if row.effect else ""
    interval = f" ({format_interval(row.interval, form)})" if row.interval else ""
    q = f", q {row.q:.2g} by {row.test}" if row.q is not None else ""
    needed = f"; {needed_words(row.needed, row.unit)} would probably decide" if row.needed else ""
    detail = "".join(f"; {words}" for words in row_details(row))
    verdict = verdict_word(row.verdict, report)
    return plain(f"{verdict}{effect}{interval}: {row.reason}{detail}{q}{needed}")


def _case_result(row: CaseVerdict, report: Report, thresholds: Thresholds) -> ET.Element:
    if row.verdict in SKIPPED and row.verdict not in thresholds.fail_on:
        return _skipped_element(row.name, case_sentence(row, report))
    case = _case_element(row.name)
    if row.new_time is not None:
        case.set("time", f"{row.new_time:.9f}")
    if row.verdict in thresholds.fail_on:
        failure = ET.SubElement(
            case,
            "failure",
            {"type": verdict_word(row.verdict, report), "message": case_sentence(row, report)},
        )
        failure.text = case_sentence(row, report)
    else:
        ET.SubElement(case, "system-out").text = case_sentence(row, report)
    return case


def _skipped_element(name: str, why: str) -> ET.Element:
    case = _case_element(name)
    ET.SubElement(case, "skipped", {"message": why})
    return case


def _case_element(name: str) -> ET.Element:
    group, _, rest = plain(name).partition("/")
    return ET.Element("testcase", {"classname": group, "name": rest or group})
