# SPDX-License-Identifier: Apache-2.0
"""`workspan ab`: its options, and the exit code of its report."""

from pathlib import Path

import pytest
from sample_results import case, result

from workspan.cli.app import invoke
from workspan.running.ab import session
from workspan.running.ab.result import AbResult
from workspan.running.ab.session import AbCommand

SEQ = "copy/seq/n:1024/threads:1"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[AbCommand]:
    """The commands that an ab would execute; it is interrupted after its first pair."""
    found: list[AbCommand] = []

    def measure(command: AbCommand) -> AbResult:
        found.append(command)
        one = result([case(SEQ, [1e-6])])
        return AbResult(one, one, ("x", "y"), Path("folder"), False, True)

    monkeypatch.setattr(session, "measure", measure)
    return found


def test_options_reach_the_measurement(commands: list[AbCommand]) -> None:
    line = "ab x y --env-b A=1 --pairs 7 --seed 5 --budget 2s --time-budget 1m --preset quick"
    assert invoke(line.split()) == 130
    (command,) = commands
    assert (command.old, command.new, command.pairs) == (Path("x"), Path("y"), 7)
    assert command.environments == {"a": {}, "b": {"A": "1"}}
    assert (command.budget, command.options.time_budget) == (2.0, 60.0)
    assert (command.options.seed, command.options.preset) == (5, "quick")


@pytest.mark.usefixtures("commands")
def test_an_interruption_is_130_and_shows_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["ab", "x", "y"]) == 130
    out, errors = capsys.readouterr()
    assert "interrupted" in out
    assert errors == "workspan: both results are in folder\n"


@pytest.mark.usefixtures("commands")
def test_a_filter_that_matches_nothing_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["ab", "x", "y", "--filter", "nothing"]) == 3
    assert "no case to compare; the measurements are in folder" in capsys.readouterr().err
