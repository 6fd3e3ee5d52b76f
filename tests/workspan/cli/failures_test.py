# SPDX-License-Identifier: Apache-2.0
"""Whatever shows a run with cases that failed writes all of it, says so, and ends with 1."""

from pathlib import Path

import pytest
from expert_cases import fma, gemm
from sample_results import encoded, without_times

from workspan.cli.app import invoke

SAID = "1 case crashed: SIGSEGV. scan/omp/n:64/threads:2."
SHOWN = {
    "info run.json": "",
    "analyze run.json": "",
    "plot speedup run.json --terminal": "",
    "plot speedup run.json -o out.svg": "out.svg",
    "plot all run.json -o figures": "figures/speedup.svg",
    "report run.json -o out.html": "out.html",
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cases = [*gemm(10, 19), *fma()]
    crashed = without_times("scan/omp/n:64/threads:2", "crashed", "SIGSEGV")
    Path("good.json").write_bytes(encoded(cases))
    Path("run.json").write_bytes(encoded([*cases, crashed]))
    of_model = crashed | {"subject": "concurrency"}
    Path("model.json").write_bytes(encoded([*cases, of_model]))


@pytest.mark.parametrize("command", SHOWN)
@pytest.mark.parametrize("run", ["run.json", "model.json"])
def test_every_command_that_shows_a_run(
    command: str, run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(command.replace("run.json", run).split()) == 1
    out, error = capsys.readouterr()
    assert out
    assert error == f"workspan: {SAID}\n"
    assert Path(SHOWN[command]).exists()
    assert invoke(command.replace("run.json", "good.json").split()) == 0
    assert capsys.readouterr().err == ""


def test_of_several_files_each_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["plot", "all", "good.json", "run.json", "-o", "figures"]) == 1
    assert capsys.readouterr().err == f"workspan: run.json: {SAID}\n"
    assert invoke(["report", "run.json", "good.json", "run.json", "-o", "out.html"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.endswith(f"run.json: {SAID}") for line in lines)
