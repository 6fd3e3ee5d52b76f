# SPDX-License-Identifier: Apache-2.0
"""`workspan concurrency`: exit codes, formats, and what to do if a file has nothing to show."""

import json
from pathlib import Path
from typing import Any

import pytest
from asynchronous import files
from execution_models import file_of, models, unmeasured
from sample_results import case, foreign, without_times

from workspan.cli.app import invoke

ADVICE = "measure them with: workspan run --preset concurrency\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return written(tmp_path, models())


def written(folder: Path, cases: list[dict[str, Any]]) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(file_of(cases)))
    return path


def test_it_shows_the_table(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["concurrency", str(study)]) == 0
    out, errors = capsys.readouterr()
    assert out.startswith("Concurrency on 2 x Test CPU")
    assert "Concurrent is not parallel: on one core 99 of 100" in out
    assert errors == ""


def test_a_run_of_io_alone_has_its_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["concurrency", str(written(tmp_path, files()))]) == 0
    out = capsys.readouterr().out
    assert "Reads by io_uring: 1.28 GB/s, 1.22x the rate of seq." in out
    assert "cost of a task" not in out


@pytest.mark.parametrize(
    ("form", "start"),
    [("table", "Concurrency on"), ("markdown", "- Concurrency on"), ("json", "{")],
)
def test_a_file_gets_what_stdout_would(
    form: str, start: str, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["concurrency", str(study), "--format", form]
    assert invoke(words) == 0
    out = capsys.readouterr().out
    assert out.startswith(start)
    assert invoke([*words, "--output", str(study.parent / "out")]) == 0
    assert capsys.readouterr().out == ""
    assert (study.parent / "out").read_text() == out


@pytest.mark.parametrize(
    ("cases", "line"),
    [
        (
            [case("copy/seq/n:8/threads:1", [1.0])],
            "no time of a workload about concurrency in FILE; ",
        ),
        (
            [unmeasured("busy/tbb/n:8/grain:4/threads:2", reason="built without oneTBB")],
            "no time of a workload about concurrency in FILE: built without oneTBB; ",
        ),
        (
            [unmeasured("busy/tbb/n:8/grain:4/threads:2", "planned", "")],
            "no time of a workload about concurrency in FILE: not measured yet; ",
        ),
    ],
)
def test_without_a_time_there_is_the_command_that_measures_one(
    cases: list[dict[str, Any]], line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, cases)
    assert invoke(["concurrency", str(path)]) == 3
    assert capsys.readouterr() == ("", f"workspan: {line.replace('FILE', str(path))}{ADVICE}")


@pytest.mark.parametrize("status", ["failed", "timeout", "crashed"])
def test_a_failed_case_is_exit_code_1(
    status: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "busy/futures/n:8/grain:4/threads:2"
    bad = unmeasured(name, status, "task 7 was lost")
    for cases in ([bad], [*models(), bad]):
        assert invoke(["concurrency", str(written(tmp_path, cases))]) == 1
        assert f"{status.upper()}: task 7 was lost (1): {name}" in capsys.readouterr().out
    elsewhere = without_times("gemm/seq/n:8/threads:1", status, "wrong")
    assert invoke(["concurrency", str(written(tmp_path, [*models(), elsewhere]))]) == 0


def test_usage_errors_are_those_of_other_views(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["concurrency", str(study), "--format", "csv"]) == 2
    assert "--format: unknown value 'csv'; choose table, markdown or json" in (
        capsys.readouterr().err
    )
    assert invoke(["concurrency", str(study.parent / "nothing.json")]) == 2
    assert invoke(["concurrency", str(study), "--output", "/nowhere/out"]) == 2
    assert "--output" in capsys.readouterr().err
    study.write_bytes(foreign())
    assert invoke(["concurrency", str(study)]) == 2
