# SPDX-License-Identifier: Apache-2.0
"""workspan compare on two files: what it accepts and refuses, its output and exit codes."""

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from comparing import NAMES, RunCompare, encoded, result_of
from paths import SCRIPTS
from references import disturbed


def test_two_runs(run_compare: RunCompare) -> None:
    code, out, err = run_compare(result_of(1e-3, 1e-3, 1e-3), result_of(1.1e-3, 1e-3, 0.9e-3))
    assert (code, err) == (1, "")
    assert out.startswith("old  0.json, 2026-01-02 03:04 UTC, quick, 10 invocations, ")
    assert "3 cases: 1 slower, 1 faster, 1 same" in out
    assert "no interval includes the drift between them" in out
    assert "differs" not in out
    assert run_compare("0.json", "1.json") == (1, out, "")


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [
        ("slower", 1),
        ("faster", 1),
        ("none", 0),
        ("broken,inconclusive", 0),
        ("missing", 0),
        ("broken, faster", 1),
    ],
)
def test_fail_on(run_compare: RunCompare, fail_on: str, code: int) -> None:
    assert (
        run_compare(
            result_of(1e-3, 1e-3, 1e-3), result_of(1.1e-3, 1e-3, 0.9e-3), "--fail-on", fail_on
        )[0]
        == code
    )


def test_a_strict_gate_fails_on_a_case_without_a_verdict(run_compare: RunCompare) -> None:
    new = disturbed(result_of(1.1e-3, 1e-3, 1e-3), NAMES[0])
    strict = ("--fail-on", "slower,broken,inconclusive,missing")
    assert run_compare(result_of(1e-3, 1e-3, 1e-3), new)[0] == 0
    code, out, _ = run_compare("0.json", "1.json", *strict, "--format", "junit")
    root = ET.fromstring(out)
    assert (code, [e.get("type") for e in root.iter("failure")]) == (1, ["NONE"])
    assert (root.get("failures"), root.get("skipped")) == ("1", "0")


def test_too_few_invocations_are_inconclusive(run_compare: RunCompare) -> None:
    code, out, _ = run_compare(result_of(1e-3, invocations=3), result_of(2e-3, invocations=3))
    assert code == 3
    assert "NONE 1: 3 invocations; a verdict needs 4 of each: workspan run --preset gate" in out


def gobench(times: list[float], cpus: int = 2, name: str = "BM_x<int>/8") -> bytes:
    rows = [
        {
            "name": name,
            "run_name": name,
            "run_type": "iteration",
            "threads": 1,
            "real_time": t,
            "time_unit": "ms",
        }
        for t in times
    ]
    return json.dumps(
        {"context": {"num_cpus": cpus, "date": str(times[0])}, "benchmarks": rows}
    ).encode()


def test_files_of_other_programs(run_compare: RunCompare) -> None:
    old, new = ([t * (1 + k / 1000) for k in range(10)] for t in (1.0, 1.2))
    code, out, _ = run_compare(gobench(old), gobench(new))
    assert code == 1
    assert "repetitions of one process stand in for invocations" in out
    assert "BM_x<int>/8" in out
    assert run_compare(gobench(old), gobench(new, cpus=8))[0] == 2
    assert (
        "3 repetitions; a verdict needs 4 of each"
        in run_compare(gobench(old[:3]), gobench(new[:3]))[1]
    )
    code, _, err = run_compare(gobench(old), result_of(1e-3))
    assert code == 2
    assert "another program's" in err


def test_a_benchmark_of_another_program_that_fails_is_broken(run_compare: RunCompare) -> None:
    old = [1.0 + k / 1000 for k in range(10)]
    for word, verdict, code in (("error_occurred", "BROKEN", 1), ("skipped", "ONLY_OLD", 3)):
        row = {"name": "BM_x<int>/8", "run_type": "iteration", word: True}
        row |= {"error_message": "out of range", "skip_message": "no device"}
        found, out, _ = run_compare(gobench(old), json.dumps({"benchmarks": [row]}).encode())
        assert (found, f"{verdict} 1: " in out) == (code, True)
        assert ("out of range" if code == 1 else "no device") in out


def test_filter(run_compare: RunCompare) -> None:
    old, new = result_of(1e-3, 1e-3, 1e-3), result_of(1e-3, 2e-3, 1e-3)
    assert "1 case: 1 slower" in run_compare(old, new, "--filter", "omp")[1]
    assert "2 cases: 2 same" in run_compare(old, new, "--filter", "-omp")[1]
    assert run_compare(old, new, "--filter", "gemm") == (
        3,
        "",
        "workspan: no case matches --filter gemm\n",
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "markdwon"], "--format: unknown value 'markdwon'; did you mean markdown?"),
        (["--fail-on", "slwer"], "--fail-on: unknown value 'slwer'; did you mean slower?"),
        (["--fail-on", "none,slower"], "--fail-on: none cannot be combined"),
        (
            ["--threshold", "5"],
            "--threshold: '5' is not a share between 0 and 1; for example: 3% or 0.03",
        ),
        (["--threshold", "nan"], "--threshold: 'nan'"),
        (["--threshold", "-1%"], "--threshold: '-1%'"),
        (["--filter", "["], "--filter: '[' is not a regular expression"),
        (["--by", "varaint"], "--by: unknown value 'varaint'; did you mean variant?"),
        (["--by", "variant"], "leave out NEW"),
        (["--baseline", "seq"], "--baseline requires --by"),
        (["--thresold", "3%"], "did you mean --threshold?"),
        (["--output", "no/where.csv"], "no/where.csv"),
    ],
)
def test_a_mistake_gets_one_line(run_compare: RunCompare, arguments: list[str], words: str) -> None:
    code, out, err = run_compare(result_of(1e-3), result_of(1e-3), *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_a_wrong_name_suggests_the_nearest_and_a_folder_means_its_result(
    run_compare: RunCompare, tmp_path: Path
) -> None:
    run = tmp_path / "20260101T000000Z-vm-gate"
    run.mkdir()
    (run / "result.json").write_bytes(encoded(result_of(1e-3)))
    assert run_compare(run.name, result_of(1e-3))[0] == 0
    code, _, err = run_compare("20260101T000000Z-vm-gaet", "1.json")
    assert (code, err) == (
        2,
        f"workspan: 20260101T000000Z-vm-gaet: no such file or run; did you mean {run.name}?\n",
    )
    assert run_compare("1.json")[0] == 2


def test_an_interrupted_run_has_a_note(run_compare: RunCompare) -> None:
    _, out, _ = run_compare(result_of(1e-3), result_of(1e-3, complete=False))
    assert "new was interrupted" in out


def test_a_file_compared_with_itself_has_a_note(run_compare: RunCompare) -> None:
    out = run_compare(result_of(1e-3), result_of(1e-3))[1]
    assert "note: old and new are the same measurements" in out
    assert "separate runs" not in out
    out = run_compare(result_of(1e-3), result_of(1.001e-3))[1]
    assert "same measurements" not in out
    assert "note: old and new are separate runs" in out


def test_output_and_formats(run_compare: RunCompare, tmp_path: Path) -> None:
    for form in ("table", "markdown", "json", "csv", "junit"):
        _, out, _ = run_compare(result_of(1e-3), result_of(1e-3), "--format", form)
        assert run_compare("0.json", "1.json", "--format", form, "--output", "out") == (0, "", "")
        assert (tmp_path / "out").read_bytes().decode().replace("\r\n", "\n") == out.replace(
            "\r\n", "\n"
        )


def test_a_terminal_of_another_alphabet_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "é.json").write_bytes(encoded(result_of(1e-3)))
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(SCRIPTS)}
    command = [
        sys.executable,
        "-c",
        "from workspan.cli.app import main; main()",
        "compare",
        "é.json",
        "é.json",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\xe9.json" in done.stdout
    assert "\x1b" not in done.stdout
