# SPDX-License-Identifier: Apache-2.0
"""Comparisons in every format: escaped, reproducible, written whole."""

import json
from pathlib import Path

import pytest
from reports import nasty_report, twelve_cases

from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import FORMATS, render, show


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


def test_a_file_is_written_whole_and_a_device_as_it_is(tmp_path: Path) -> None:
    show(twelve_cases(), "csv", Thresholds(), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().decode() == render(twelve_cases(), "csv", Thresholds())
    show(twelve_cases(), "table", Thresholds(), Path("/dev/null"))
    assert Path("/dev/null").is_char_device()
    with pytest.raises(OSError, match=r"x\.csv"):
        show(twelve_cases(), "csv", Thresholds(), tmp_path / "nowhere" / "x.csv")


def test_stdout_without_a_terminal_is_100_columns_wide_and_a_file_has_any_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    report = twelve_cases()
    report.notes.append("word " * 50)
    show(report, "table", Thresholds())
    lines = capsys.readouterr().out.splitlines()
    assert 80 < max(map(len, lines)) <= 100
    assert not [line for line in lines if line != line.rstrip()]
    assert f"note: {'word ' * 50}".rstrip() in render(report, "table", Thresholds()).splitlines()
