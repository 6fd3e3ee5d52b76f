# SPDX-License-Identifier: Apache-2.0
"""Comparisons as CSV, JSON and JUnit XML, read back by independent parsers."""

import csv
import io
import json
import xml.etree.ElementTree as ET

from paths import ROOT
from reports import NASTY, nasty_report, row, twelve_cases

from workspan.compare.across_machines import compare_machines
from workspan.compare.cases import Report
from workspan.compare.verdict import Thresholds, Verdict
from workspan.report.comparison.comparison import render
from workspan.resultfile.read import read_result


def test_csv_cells_are_never_formulas() -> None:
    lines = list(
        csv.DictReader(io.StringIO(render(nasty_report(), "csv", Thresholds()), newline=""))
    )
    assert len(lines) == 2 * len(NASTY)
    for line in lines:
        assert None not in line
        assert not any(
            cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in line.values()
        )
    assert lines[4]["name"] == "'=1+1"
    assert (float(lines[0]["effect"]), float(lines[0]["low"]), lines[0]["verdict"]) == (
        1.1,
        1.05,
        "SLOWER",
    )


def test_junit_fails_skips_and_passes_by_verdict() -> None:
    rows = [row(f"w/{verdict.value}", verdict) for verdict in Verdict]
    root = ET.fromstring(render(Report(rows), "junit", Thresholds()))
    assert {k: root.attrib[k] for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "2",
        "errors": "0",
        "skipped": "4",
    }
    tags = {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}
    assert tags["SLOWER"] == tags["BROKEN"] == ["failure"]
    assert tags["INCONCLUSIVE"] == tags["NONE"] == tags["ONLY_OLD"] == ["skipped"]
    assert tags["SAME"] == tags["FASTER"] == tags["FIXED"] == ["system-out"]
    failure = next(root.iter("failure"))
    assert failure.attrib["message"].startswith(
        "BROKEN +10.0 % (+5.0 .. +15.0 %): why, q 0.0002 by Mann-Whitney"
    )
    assert {case.attrib["classname"] for case in root.iter("testcase")} == {"w"}


def test_junit_fails_on_the_verdicts_of_fail_on() -> None:
    rows = [
        row("w/a", Verdict.FASTER),
        row("w/b", Verdict.SLOWER),
        row("w/c", Verdict.INCONCLUSIVE),
    ]
    chosen = Thresholds(fail_on=frozenset({Verdict.FASTER, Verdict.INCONCLUSIVE}))
    root = ET.fromstring(render(Report(rows), "junit", chosen))
    assert [
        case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None
    ] == ["a", "c"]


def test_junit_is_xml_whatever_the_names_are() -> None:
    root = ET.fromstring(render(nasty_report(), "junit", Thresholds()))
    assert len(list(root.iter("testcase"))) == 2 * len(NASTY)


def test_json_contains_all_fields() -> None:
    found = json.loads(render(twelve_cases(), "json", Thresholds()))
    first = found["rows"][0]
    assert first["verdict"] == "SLOWER"
    assert {
        "name",
        "reason",
        "effect",
        "interval",
        "p",
        "q",
        "test",
        "old_time",
        "new_time",
        "needed",
    } <= set(first)
    assert found["mean_cases"] == 12
    assert len(found["mean_interval"]) == 2


def test_json_holds_the_intervals_of_a_machine_with_one_process() -> None:
    names = "h100-80gb-16-cores/quick-1-process", "xeon-emerald-rapids-vm-2-cores/quick"
    old, new = (read_result(ROOT / f"results/{name}.json") for name in names)
    found = json.loads(render(compare_machines(old, new, names), "json", Thresholds()))
    codes = [pair["old"]["code"] for pair in found["cases"] if pair["old"]["code"]]
    assert any(code["interval"] for code in codes)
