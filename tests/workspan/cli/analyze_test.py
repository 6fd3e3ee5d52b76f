# SPDX-License-Identifier: Apache-2.0
"""`workspan analyze`: exit codes, formats, several files, its advice if nothing was timed."""

import json
from pathlib import Path
from typing import Any

import pytest
from expert_cases import fma, gemm
from sample_results import encoded, foreign, tree, without_times

from workspan.cli.app import invoke

Cases = list[dict[str, Any]]


def written(folder: Path, cases: Cases, name: str = "result.json", started: str = "") -> Path:
    file = tree(cases)
    if started:
        file["workspan"]["run"]["started"] = started
    path = folder / name
    path.write_text(json.dumps(file))
    return path


@pytest.mark.parametrize(
    ("form", "start"), [("text", "2 x Test CPU, quick"), ("markdown", "## 2 x Test"), ("json", "{")]
)
def test_a_file_gets_what_stdout_would(
    form: str, start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["analyze", str(written(tmp_path, [*gemm(10, 19), *fma()])), "--format", form]
    assert invoke(words) == 0
    out, errors = capsys.readouterr()
    assert out.startswith(start)
    assert errors == ""
    assert invoke([*words, "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "out").read_text() == out


def test_files_of_single_invocations_are_merged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        written(tmp_path, [*gemm(10, rate), *fma()], f"{k}.json", f"2026-01-02T03:04:0{k}Z")
        for k, rate in enumerate((19.0, 19.1, 19.2))
    ]
    assert invoke(["analyze", *map(str, files), "--format", "json"]) == 0
    tree_of_all = json.loads(capsys.readouterr().out)
    first = tree_of_all["verdicts"][0]["findings"][0]["numbers"]["speedup"]
    assert first["processes"] == 3
    assert "one_process" not in {alarm["code"] for alarm in tree_of_all["alarms"]}


def test_two_runs_are_for_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [str(written(tmp_path, [*gemm(10, 19), *fma()], name)) for name in ("a.json", "b.json")]
    file = json.loads(Path(both[1]).read_text())
    file["workspan"]["run"]["invocations"] = 5
    Path(both[1]).write_text(json.dumps(file))
    for words in (both, both[::-1]):
        assert invoke(["analyze", *words]) == 2
        assert capsys.readouterr().err == (
            f"workspan: {both[1]}: is a whole run, and analyze takes one, or the files of its"
            f" single invocations; to compare: workspan compare {' '.join(words)}\n"
        )


def test_a_failed_case_is_exit_code_1_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = without_times("gemm/omp_tasks/n:64/threads:2", "failed", "wrong")
    assert invoke(["analyze", str(written(tmp_path, [*gemm(10, 19), failed]))]) == 1
    out, errors = capsys.readouterr()
    assert errors == f"workspan: 1 case failed: wrong. {failed['name']}.\n"
    assert f"1 case failed: wrong. {failed['name']}." in out


def test_a_run_whose_cases_all_crashed_says_why_there_is_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    crashed = without_times("gemm/omp/n:64/threads:2", "crashed", "invocation 1: SIGSEGV")
    path = written(tmp_path, [crashed])
    assert invoke(["analyze", str(path)]) == 3
    said = "1 case crashed: invocation 1: SIGSEGV. gemm/omp/n:64/threads:2."
    expected = f"workspan: no time of a computing workload in {path}; {said}\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize("subject", ["computing", "concurrency"])
def test_nothing_to_analyse(
    subject: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = [without_times("gemm/omp/n:64/threads:2")]
    if subject == "concurrency":
        cases = [case | {"subject": subject} for case in gemm(10, 19)]
    path = written(tmp_path, cases)
    assert invoke(["analyze", str(path)]) == 3
    advice = f"; workspan concurrency {path} shows its models" if subject == "concurrency" else ""
    assert (
        capsys.readouterr().err == f"workspan: no time of a computing workload in {path}{advice}\n"
    )


def test_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["analyze"]) == 2
    assert invoke(["analyze", str(tmp_path / "none.json")]) == 2
    assert "no such file or run" in capsys.readouterr().err
    path = tmp_path / "foreign.json"
    path.write_bytes(foreign())
    assert invoke(["analyze", str(path)]) == 2
    good = tmp_path / "good.json"
    good.write_bytes(encoded(gemm(10, 19)))
    assert invoke(["analyze", str(good), "--format", "table"]) == 2
    assert invoke(["analyze", str(good), "--output", str(tmp_path / "no" / "file")]) == 2
    assert invoke(["analyze", str(good), str(good)]) == 2
    assert "same invocation" in capsys.readouterr().err
