# SPDX-License-Identifier: Apache-2.0
"""scripts/measuring-goals: what each command measures or judges, and its exit code."""

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from comparing import encoded
from goal_files import reduce_run, with_round_trips
from paths import ROOT, SCRIPTS

from workspan.goals import commands, large
from workspan.goals.measuring import Measured, Place
from workspan.resultfile.model import ResultFile

NEAR, FAR = (100e-9,) * 5, (100e-9,) * 4 + (300e-9,)
STEADY = (2.0, 2.01, 2.0, 1.99, 2.0)
Made = Callable[..., list[str]]


def idle_run(**changes: object) -> ResultFile:
    return with_round_trips(reduce_run(**({"machine": STEADY} | changes)), NEAR)  # type: ignore[arg-type]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Files of these runs."""
    monkeypatch.chdir(tmp_path)

    def write(*files: ResultFile) -> list[str]:
        for number, file in enumerate(files):
            (tmp_path / f"{number}.json").write_bytes(encoded(file))
        return [f"{number}.json" for number in range(len(files))]

    return write


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[ResultFile]], list[str]]:
    """The options of the runs that were measured; they return these files."""

    def answer(files: Sequence[ResultFile]) -> list[str]:
        asked: list[str] = []
        left = iter(files)

        def measure(place: Place, options: Sequence[str]) -> Measured:
            asked.append(" ".join(options))
            return Measured(next(left), 10.0, place.results)

        monkeypatch.setattr(commands, "measure", measure)
        return asked

    return answer


def test_the_first_two_idle_runs_are_compared_and_all_tries_reported(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    loud = with_round_trips(reduce_run(machine=STEADY), FAR)
    files = made(idle_run(), loud, idle_run(speedup=1.79), idle_run(speedup=1.0))
    assert commands.main(["repeat", *files]) == 0
    out, err = capsys.readouterr()
    assert out.count("verdict   met") == 2
    assert [line.split(": ")[1] for line in err.splitlines()] == ["idle", "not idle", "idle"]
    assert commands.main(["repeat", *files[:2]]) == 3
    assert "measuring-goals: 1 of 2 runs idle; 2 are needed" in capsys.readouterr().err


def test_a_missed_goal_is_exit_code_1(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["repeat", *made(idle_run(), idle_run(speedup=1.5))]) == 1
    assert "verdict   MISSED\n          reduce/omp/n:8/threads:2: 20." in capsys.readouterr().out


def test_at_most_six_quick_runs_are_measured(
    measured: Callable[[Sequence[ResultFile]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = measured([with_round_trips(reduce_run(), FAR)] * 6)
    assert commands.main(["repeat"]) == 3
    assert asked == ["--preset quick"] * 6
    asked = measured([with_round_trips(reduce_run(), FAR), idle_run()])
    assert commands.main(["single"]) == 1  # hardly any of the ten seconds was timed
    assert len(asked) == 2
    assert capsys.readouterr().out.count("goal  ") == 3


def test_six_equal_runs_have_fifteen_pairs(
    measured: Callable[[Sequence[ResultFile]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = measured([idle_run()] * 6)
    assert commands.main(["equal"]) == 0
    assert asked[0] == "--workload copy,reduce,scan,fma,fft --sizes 2^14 --invocations 5"
    assert "0 of 15 pairs" in capsys.readouterr().out


def test_the_neighbour_is_beside_the_second_and_the_third_four(
    measured: Callable[[Sequence[ResultFile]], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = measured([idle_run()] * 12)

    @contextmanager
    def neighbour(share: int):  # type: ignore[no-untyped-def]
        asked.append(f"neighbour {share}")
        yield
        asked.append("gone")

    monkeypatch.setattr(commands, "neighbour", neighbour)
    assert commands.main(["neighbour"]) == 0
    assert asked[0] == "--workload fma --sizes 2^14 --threads 1,2"
    assert [asked.index(f"neighbour {share}") for share in (25, 50)] == [4, 10]
    assert asked.count("gone") == 2
    assert capsys.readouterr().out.count("verdict   met") == 2


def test_a_wrong_number_of_runs_is_refused(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["neighbour", *made(idle_run())]) == 2
    assert "neighbour judges 12 runs" in capsys.readouterr().err
    assert commands.main(["repeat", "none.json"]) == 2


def test_a_large_file_is_made_analysed_shown_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    def make(folder: Path) -> Path:
        return folder / "large.json"

    def spent(arguments: Sequence[str]) -> large.Spent:
        asked.append([*arguments])
        if arguments[0] == "report":
            Path(arguments[-1]).write_bytes(b"x" * 2**20)
        return large.Spent(1.0, 2.0**29)

    monkeypatch.setattr(large, "make_large", make)
    monkeypatch.setattr(large, "spent", spent)
    assert commands.main(["large", "--results", str(tmp_path / "runs")]) == 0
    assert [command for command, *_ in asked] == ["analyze", "report"]
    assert asked[0][1] == asked[1][1]
    out = capsys.readouterr().out
    assert "measured  1.0 s, 0.50 GiB" in out
    assert "measured  1.00 MiB, 1.0 s, 0.0 s more" in out
    assert not [*(tmp_path / "runs").iterdir()]


def test_large_judges_no_runs(made: Made, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["large", *made(idle_run())]) == 2
    assert "large makes its own file" in capsys.readouterr().err


def test_the_script_starts_it() -> None:
    command = [ROOT / "scripts/measuring-goals", "--help"]
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "usage: scripts/measuring-goals" in done.stdout
    assert all(f"  {name} " in done.stdout for name in commands.COMMANDS)
