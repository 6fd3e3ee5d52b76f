# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` with a fake binary: order of the sides, verdicts, and options."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from ab_process import ab, fake_ab_binary, folder, has_started, journals, verdicts
from fake_run import one_line
from in_process import run_in_process

from workspan.resultfile.model import Status
from workspan.resultfile.read import read_result
from workspan.running.ab.order import first_sides
from workspan.running.run_folder import read_run


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_ab_binary(tmp_path)


def test_sides_take_turns_in_every_pair(bench: Path) -> None:
    words = [
        "--env-a",
        "WORKSPAN_FAKE_SIDE=a",
        "--env-b",
        "WORKSPAN_FAKE_SIDE=b",
        "--pairs",
        "5",
        "--seed",
        "3",
    ]
    assert ab(bench, *words).returncode == 0
    starts = [line.split() for line in (bench.parent / "starts").read_text().splitlines()]
    rounds = [starts[i : i + 6] for i in range(0, 30, 6)]
    assert len(starts) == 30
    for one in rounds:
        pairs = [one[i : i + 2] for i in (0, 2, 4)]
        assert all(
            first[1] == second[1] and {first[0], second[0]} == {"a", "b"} for first, second in pairs
        )
        assert sorted(first[1] for first, _ in pairs) == ["alpha", "beta", "gamma"]
    for name in ("alpha", "beta", "gamma"):
        assert [next(side for side, w in one if w == name) for one in rounds] == first_sides(
            5, name, 3
        )
    assert len({tuple(w for _, w in one) for one in rounds}) > 1


def test_only_real_differences_are_found(bench: Path) -> None:
    done = ab(
        bench,
        "--env-b",
        "WORKSPAN_FAKE_SLOW=alpha:1.10 beta:0.80",
        "--pairs",
        "8",
        "--format",
        "json",
    )
    assert verdicts(done) == {"alpha": {"SLOWER"}, "beta": {"FASTER"}, "gamma": {"SAME"}}
    assert done.returncode == 1
    row = next(row for row in json.loads(done.stdout)["rows"] if row["name"].startswith("alpha"))
    assert row["effect"] == pytest.approx(1.10, rel=0.01)
    assert row["old_invocations"] == row["new_invocations"] == 8


def test_identical_sides_are_the_same(bench: Path) -> None:
    done = ab(bench, str(bench), "--pairs", "8")
    assert done.returncode == 0, done.stdout
    assert "9 same" in done.stdout.lower()


def test_both_results_are_kept_and_valid(bench: Path) -> None:
    done = ab(
        bench,
        "--env-a",
        "A=1",
        "--env-b",
        "B=x y",
        "--pairs",
        "4",
        "--workload",
        "beta",
        "--variant",
        "seq",
    )
    assert done.returncode == 0, done.stdout
    assert str(folder(bench).relative_to(bench.parent)) in done.stderr
    for side, environment in (("a", {"A": "1"}), ("b", {"B": "x y"})):
        result = read_result(folder(bench) / side / "result.json")
        assert [
            len(case.invocations) for case in result.workspan.cases if case.status is Status.OK
        ] == [4]
        assert [j.record.environment for j in journals(bench, side)] == [environment] * 4
        assert [j.record.number for j in journals(bench, side)] == [1, 2, 3, 4]


def test_a_side_can_override_the_openmp_binding(bench: Path) -> None:
    assert (
        ab(
            bench,
            "--env-b",
            "OMP_PROC_BIND=spread",
            "--pairs",
            "1",
            "--workload",
            "beta",
            "--variant",
            "omp",
        ).returncode
        == 3
    )
    assert journals(bench, "a")[0].record.environment["OMP_PROC_BIND"] == "close"
    assert journals(bench, "b")[0].record.environment == {"OMP_PROC_BIND": "spread"}


def test_cpus_are_those_requested(bench: Path) -> None:
    cpu = max(os.sched_getaffinity(0))
    assert (
        ab(bench, str(bench), "--pairs", "1", "--workload", "beta", "--cpus", str(cpu)).returncode
        == 3
    )
    manifest = read_run(folder(bench) / "a")[0]
    assert manifest.plan.workspan.machine.limits.allowed_cpus == [cpu]
    assert {tuple(j.record.cpus) for side in ("a", "b") for j in journals(bench, side)} == {(cpu,)}


def test_variables_of_google_benchmark_are_ignored(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHMARK_FILTER", "nothing")
    assert (
        "BENCHMARK_FILTER of the environment is not used"
        in ab(bench, str(bench), "--pairs", "1", "--workload", "beta").stderr
    )


@pytest.mark.parametrize("form", ["table", "markdown", "csv", "junit"])
def test_formats(bench: Path, form: str) -> None:
    words = [
        "--env-b",
        "WORKSPAN_FAKE_SLOW=alpha:1.2",
        "--pairs",
        "4",
        "--workload",
        "alpha",
        "--format",
        form,
        "--output",
        "report",
        "--filter",
        "alpha/seq",
    ]
    done = ab(bench, *words)
    assert (done.returncode, done.stdout) == (1, "")
    report = (bench.parent / "report").read_text()
    assert "seq/n:1000/threads:1" in report
    assert "alpha/omp" not in report


def test_fail_on_and_threshold(bench: Path) -> None:
    slow = [
        "--env-b",
        "WORKSPAN_FAKE_SLOW=alpha:1.2",
        "--pairs",
        "4",
        "--workload",
        "alpha",
        "--variant",
        "seq",
    ]
    assert ab(bench, *slow, "--fail-on", "none").returncode == 0
    assert ab(bench, *slow, "--threshold", "30%").returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "ab compares two"),
        (["nowhere/bench"], "binary not found"),
        (["--env-b", "=1"], "write NAME=VALUE"),
        (["--env-a", "1A=1"], "write NAME=VALUE"),
        (["--env-b", "A=1", "--budget", "soon"], "is not a time"),
        (["--env-b", "A=1", "--threshold", "much"], "is not a share"),
        (["--env-b", "A=1", "--fail-on", "slowr"], "did you mean slower?"),
        (["--env-b", "A=1", "--filter", "("], "is not a regular expression"),
        (["--env-b", "A=1", "--cpus", "9999"], "may not use CPU"),
        (["--env-b", "A=1", "--workload", "alfa"], "did you mean alpha?"),
        (["--env-b", "A=1", "--format", "xml"], "unknown value 'xml'"),
        (["--env-b", "A=1", "--pair", "3"], "did you mean --pairs?"),
        (["--env-b", "A=1", "--workload", ""], "--workload '': is an empty list"),
        (["--env-b", "A=1", "--time-budget", ""], "is not a time"),
        (
            ["--env-b", "A=1", "--output", "nowhere/report.md"],
            "--output nowhere/report.md: cannot be written: No such file",
        ),
    ],
)
def test_mistakes_are_one_line(bench: Path, words: list[str], message: str) -> None:
    done = ab(bench, *words)
    assert done.returncode == 2
    assert message in one_line(done.stderr)
    assert not has_started(bench)
    assert not list((bench.parent / "results").glob("local/*"))


def run_other(
    bench: Path, *words: str, command: str = "compare"
) -> subprocess.CompletedProcess[str]:
    """Runs another command of workspan in the folder of the binary."""
    return run_in_process([command, *words], bench.parent, {})


def test_the_comparison_can_be_repeated_from_the_folder(bench: Path) -> None:
    done = ab(
        bench,
        "--env-b",
        "WORKSPAN_FAKE_SLOW=alpha:1.20",
        "--pairs",
        "4",
        "--workload",
        "alpha,beta",
        "--format",
        "json",
    )
    assert done.returncode == 1
    name = folder(bench).name
    for words in (
        [name],
        [f"{name}/a", f"{name}/b"],
        [f"local/{name}/a/result.json", f"local/{name}/b/result.json"],
    ):
        again = run_other(bench, *words, "--format", "json")
        assert (again.returncode, json.loads(again.stdout)) == (1, json.loads(done.stdout))
    assert json.loads(run_other(bench, f"{name}/b", f"{name}/a", "--format", "json").stdout)[
        "paired"
    ]
    assert (
        "old and new are the same measurements" in run_other(bench, f"{name}/a", f"{name}/a").stdout
    )
    assert f"compare results/local/{name} shows it" in one_line(run_other(bench, name, name).stderr)


def test_a_side_cannot_be_resumed(bench: Path) -> None:
    assert ab(bench, "--env-b", "A=1", "--pairs", "1", "--workload", "beta").returncode == 3
    manifests = [read_run(folder(bench) / side)[0] for side in ("a", "b")]
    assert [(m.kind, m.environment) for m in manifests] == [("ab", {}), ("ab", {"A": "1"})]
    (folder(bench) / "b/result.json").unlink()
    name = folder(bench).name
    for run in (f"{name}/b", name, f"local/{name}/b"):
        assert "an ab cannot be resumed; start it again" in one_line(
            run_other(bench, "--resume", run, command="run").stderr
        )
    for command, words in (("list", ["results"]), ("info", [f"{name}/b"]), ("compare", [name])):
        done = run_other(bench, *words, command=command)
        assert "an ab cannot be resumed" in done.stdout + done.stderr
        assert "--resume" not in done.stdout + done.stderr
    assert len(journals(bench, "b")) == 1
