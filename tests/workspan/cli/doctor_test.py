# SPDX-License-Identifier: Apache-2.0
"""`workspan doctor`: a line or a JSON object per finding, colours, and hostile text."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from doctor_facts import WARNING, plan_tree

from workspan.cli.app import invoke
from workspan.cli.doctor import severity_word
from workspan.doctor import checks


@pytest.fixture(autouse=True)
def short_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "WATCH_SECONDS", 0.01)


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[str], Path]:
    """A shell script in place of the binary, with a valid answer beside it."""
    (tmp_path / "plan.json").write_text(json.dumps(plan_tree()))

    def script(body: str) -> Path:
        file = tmp_path / "bench"
        file.write_text(f"#!/bin/sh\ncd {tmp_path}\n{body}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return script


def test_command_prints_a_line_per_finding(
    answering: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bench = answering('echo "$@" > asked; cat plan.json')
    assert invoke(["doctor", "--bench", str(bench), "--preset", "gate"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["ok", "CPU", "quota", "none"]
    assert any(
        line.startswith("note    pinning") and " -> measure with workspan run" in line
        for line in lines
    )
    assert (bench.parent / "asked").read_text().split() == [
        "--dry-run",
        "--benchmark_format=json",
        "--preset",
        "quick",
        "--pairs",
    ]


def test_command_prints_json(
    answering: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["doctor", "--bench", str(answering("cat plan.json")), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert found[0] == {"severity": "ok", "topic": "CPU quota", "found": "none", "advice": ""}


def test_foreign_text_is_escaped(
    answering: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bench = answering("cat plan.json")
    tree = plan_tree()
    tree["workspan"]["machine"]["cpu"]["governor"] = "x\n\x1b[2J\u202e"
    (bench.parent / "plan.json").write_text(json.dumps(tree))
    assert invoke(["doctor", "--bench", str(bench)]) == 0
    out = capsys.readouterr().out
    assert "x<U+000A><U+001B>[2J<U+202E>" in out


@pytest.mark.parametrize(
    ("name", "value", "coloured"),
    [("NO_COLOR", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_colours_can_be_disabled(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert ("\x1b" in severity_word(WARNING)) is coloured


def test_variables_of_google_benchmark_are_ignored(
    answering: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BENCHMARK_FILTER", "nothing")
    assert (
        invoke(
            ["doctor", "--bench", str(answering('test -z "$BENCHMARK_FILTER" && cat plan.json'))]
        )
        == 0
    )
    assert "BENCHMARK_FILTER of the environment is not used" in capsys.readouterr().err
