# SPDX-License-Identifier: Apache-2.0
"""Comparisons in every format: readable, escaped, and read back by independent parsers."""

import csv
import dataclasses
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from comparing import series
from markdown_it import MarkdownIt
from rich.cells import cell_len
from rich.console import Console

from workspan.compare.cases import Difference, Report, compare_cases
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict
from workspan.report.comparison import FORMATS, render, show
from workspan.report.comparison_markdown import code_span
from workspan.report.comparison_sheet import comparison_sheet, format_change, format_speedup
from workspan.report.comparison_terminal import print_table

NASTY = (
    "[bold]x[/bold]",
    "a|b``c`d",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>&\"'",
    "line\nbreak\ttab",
    "\ufffe\x00\x85\u2028",
    "![i](http://x) **b** # ~~s~~",
    "日本語" * 30,
    ":smile:",
    "` ",
)


def row(name: str, verdict: Verdict = Verdict.SLOWER, **changed: object) -> CaseVerdict:
    fields: dict[str, object] = {
        "old_time": 1e-3,
        "new_time": 1.1e-3,
        "effect": 1.1,
        "interval": (1.05, 1.15),
        "p": 1e-4,
        "q": 2e-4,
    }
    fields |= {"test": "Mann-Whitney", "old_invocations": 10, "new_invocations": 10}
    return CaseVerdict(name, verdict, "why", **(fields | changed))  # type: ignore[arg-type]


def nasty_report() -> Report:
    rows = [row(text, detail=text) for text in NASTY] + [
        row("f/g", Verdict.BROKEN, detail=text, effect=None) for text in NASTY
    ]
    return Report(
        rows,
        old=NASTY[0],
        new=NASTY[2],
        differences=[Difference(text, text, text) for text in NASTY],
    )


def twelve_cases() -> Report:
    steady = [[1.0 + k / 1000] for k in range(10)]
    old = [
        series(f"w{i}/variant_{i}/n:16777216/input:uniform/threads:2", steady) for i in range(12)
    ]
    new = [
        dataclasses.replace(s, samples=tuple(t * (1 + i / 100) for t in s.samples))
        for i, s in enumerate(old)
    ]
    return compare_cases(old, new)


@pytest.mark.parametrize("form", FORMATS)
def test_invisible_characters_are_escaped(form: str) -> None:
    text = render(nasty_report(), form, Thresholds())
    if form == "json":
        json.loads(text, parse_constant=pytest.fail)
        return
    assert not {c for c in text if c < " "} - {"\n", "\r"}
    assert not {c for c in text if c in "\x7f\x85\u2028\u202e\ufffe"}


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_gives_the_same_text(form: str) -> None:
    assert render(twelve_cases(), form, Thresholds()) == render(twelve_cases(), form, Thresholds())


def test_markup_and_emoji_codes_in_names_are_only_text() -> None:
    text = render(nasty_report(), "table", Thresholds())
    assert "[bold]x[/bold]" in text
    assert ":smile:" in text


def on_terminal(report: Report, width: int, **options: object) -> str:
    out = io.StringIO()
    print_table(
        comparison_sheet(report),
        Console(file=out, width=width, force_terminal=True, color_system=None, **options),
    )  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("width", [20, 40, 80, 100, 140, 300])
@pytest.mark.parametrize("report", [twelve_cases(), nasty_report()], ids=["plain", "nasty"])
def test_no_line_exceeds_the_width_of_the_terminal(width: int, report: Report) -> None:
    lines = on_terminal(report, width).split("\n")
    assert (
        max(
            cell_len(line.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", ""))
            for line in lines
        )
        <= width
    )


def test_columns_without_room_are_left_out_and_named() -> None:
    assert "no room" not in on_terminal(twelve_cases(), 140)
    text = on_terminal(twelve_cases(), 80)
    assert "no room for columns needed, q, old, new" in text.replace("\n", " ")
    assert all(f"w{i}/variant_{i}/n:16777216" in text for i in range(12))
    assert all(sign in text for sign in ("change", "95 % interval", "+11.0 %"))


def test_without_a_terminal_lines_are_whole_and_the_most_urgent_is_last() -> None:
    text = render(twelve_cases(), "table", Thresholds())
    lines = [line for line in text.split("\n") if "w11/" in line]
    assert len(lines) == 1
    assert all(word in lines[0] for word in ("1 s", "+11.0 %", "<0.0001"))
    assert (
        text.index("SAME")
        < text.index("INCONCLUSIVE")
        < text.index("SLOWER")
        < text.index("12 cases:")
    )


def test_a_reason_stands_once_above_all_cases_that_share_it() -> None:
    text = render(twelve_cases(), "table", Thresholds())
    assert text.count("the whole interval lies within 3 %") == 1
    assert "INCONCLUSIVE 1: " in text
    assert " invocations of each would probably decide" in text
    assert "SLOWER 8: by more than 3 %, statistically significant (q < 0.05)" in text


def test_markdown_shows_every_text_literally() -> None:
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    tokens = parser.parse(render(nasty_report(), "markdown", Thresholds()))
    inline = [child for token in tokens for child in token.children or []]
    spans = {child.content for child in inline if child.type == "code_inline"}
    for text in NASTY[:2] + NASTY[4:8] + NASTY[10:13]:
        assert text in spans
    assert not [token.type for token in tokens if token.type == "html_block"]
    assert not [
        child.type
        for child in inline
        if child.type in ("html_inline", "image", "link_open", "em_open", "s_open")
    ]


@pytest.mark.parametrize("text", ["x", "`", "``", "a`b", " ", "`a", "|", "a\\|b"])
def test_code_spans_hold_backticks_and_pipes(text: str) -> None:
    assert (
        MarkdownIt("commonmark")
        .renderInline(code_span(text).replace("\\|", "|"))
        .startswith("<code>")
    )
    assert code_span("") == ""


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


def test_differences_come_before_the_verdicts() -> None:
    report = dataclasses.replace(
        twelve_cases(), differences=[Difference("build.compiler", "GNU 12", "GNU 13")]
    )
    text = render(report, "table", Thresholds())
    assert text.index("build.compiler") < text.index("SAME")
    assert [word in text for word in ("GNU 12", "GNU 13")] == [True, True]


def test_a_file_is_written_whole_and_a_device_as_it_is(tmp_path: Path) -> None:
    show(twelve_cases(), "csv", Thresholds(), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().decode() == render(twelve_cases(), "csv", Thresholds())
    show(twelve_cases(), "table", Thresholds(), Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match=r"x\.csv"):
        show(twelve_cases(), "csv", Thresholds(), tmp_path / "nowhere" / "x.csv")


def test_numbers_as_a_person_reads_them() -> None:
    assert [format_change(e) for e in (1.0312, 0.5, 0.99999, 9.99, 12.34)] == [
        "+3.1 %",
        "-50.0 %",
        "+0.0 %",
        "+899.0 %",
        "x12.3",
    ]
    assert [format_speedup(e) for e in (0.5, 0.511, 1 / 123.4, 1.32)] == [
        "2.00",
        "1.96",
        "123.40",
        "0.76",
    ]


@pytest.mark.parametrize("form", ["table", "markdown", "junit"])
def test_repetitions_and_pairs_are_not_called_invocations(form: str) -> None:
    near = [
        series("BM_x", [[1.0 + k % 3 / 30] for k in range(10)], own=own) for own in (False, True)
    ]
    far = [dataclasses.replace(s, samples=s.samples[1:] + s.samples[:1]) for s in near]
    foreign, paired = (
        render(compare_cases([near[i]], [far[i]], paired=bool(i)), form, Thresholds())
        for i in (0, 1)
    )
    assert "repetitions of each would probably decide" in foreign
    assert " pairs would probably decide" in paired
    if form != "junit":
        assert "10 repetitions of each\n" in foreign and "10 pairs\n" in paired
    assert "invocations of each" not in foreign + paired
    few = render(
        compare_cases([dataclasses.replace(near[0], samples=near[0].samples[:1])], [far[0]]),
        form,
        Thresholds(),
    )
    assert "1 repetition of old, 10 of new" in few
