# SPDX-License-Identifier: Apache-2.0
"""`workspan run`: only typed options reach the run, and its outcome is printed."""

from pathlib import Path
from typing import Any

import pytest
from gpu_curves import run_of
from sample_results import result

from workspan.analysis.laws.break_even import break_evens
from workspan.analysis.laws.narrowing import WideBracket
from workspan.cli.app import invoke
from workspan.resultfile.encode import encode_result
from workspan.running import session
from workspan.running.session import RunCommand, RunOutcome
from workspan.support.errors import Exit


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[RunCommand]:
    """The commands that a run would execute."""
    found: list[RunCommand] = []

    def run(command: RunCommand) -> RunOutcome:
        found.append(command)
        return RunOutcome(Exit.GOOD, estimate="an estimate\n")

    monkeypatch.setattr(session, "run_session", run)
    return found


@pytest.mark.parametrize(
    ("line", "given"),
    [
        ("", {}),
        ("--preset gate --seed 0", {"preset": "gate", "seed": 0}),
        ("--workload a,b --threads 1,all", {"workload": ("a", "b"), "threads": ("1", "all")}),
        ("--time-budget 2m --timeout 1.5s", {"time_budget": 120.0, "timeout": 1.5}),
        (
            "--memory-limit 1KiB --cold --device 0",
            {"memory_limit": 1024, "cold": True, "device": 0},
        ),
        ("--break-even", {"break_even": True}),
        ("--weak", {"weak": True}),
    ],
)
def test_only_typed_options_are_given(
    line: str, given: dict[str, Any], commands: list[RunCommand]
) -> None:
    assert invoke(["run", *line.split()]) == 0
    assert commands[0].given == given
    assert (commands[0].results, commands[0].dry_run) == (Path("results/local"), False)


def test_the_outcome_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files, note = (Path("a.json"), Path("b.json")), "interrupted; kept"
    outcome = RunOutcome(Exit.INTERRUPTED, result(), files, interrupted=note)
    monkeypatch.setattr(session, "run_session", lambda command: outcome)
    assert invoke(["run"]) == 130
    out, errors = capsys.readouterr()
    assert "Test CPU" in out
    assert out.endswith("Result: a.json\nResult: b.json\n")
    assert errors == "workspan: interrupted; kept\n"


def test_what_break_even_could_not_narrow_is_said_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = break_evens(run_of((2**10, 2**18), lambda n: n / 2**14))
    wide = WideBracket(found, found.brackets[0], refused=None, untold=True)
    outcome = RunOutcome(Exit.GOOD, result(), (Path("a"),), wide=(wide,), remark="a remark")
    monkeypatch.setattr(session, "run_session", lambda command: outcome)
    assert invoke(["run"]) == 0
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("workspan: break-even of reduce, data resident: stays between 2^10")
    assert second == "workspan: a remark"


def test_a_result_that_cannot_be_written_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = RunOutcome(Exit.GOOD, result(), (Path("a"),), write_error="a: disk full")
    monkeypatch.setattr(session, "run_session", lambda command: outcome)
    assert invoke(["run"]) == 2
    out, errors = capsys.readouterr()
    assert "Test CPU" in out
    assert "Result:" not in out
    assert errors == "workspan: a: disk full\n"


def test_the_page_is_written_beside_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(encode_result(result()))
    outcome = RunOutcome(Exit.GOOD, result(), (file, tmp_path / "copy.json"))
    monkeypatch.setattr(session, "run_session", lambda command: outcome)
    assert invoke(["run"]) == 0
    assert not (tmp_path / "report.html").exists()
    assert invoke(["run", "--report"]) == 0
    assert capsys.readouterr().out.endswith(f"Report: {tmp_path / 'report.html'}\n")
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
