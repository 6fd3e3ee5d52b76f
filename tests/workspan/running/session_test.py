# SPDX-License-Identifier: Apache-2.0
"""`workspan run` with a binary that behaves well, or fails in every way."""

import json
import os
from pathlib import Path

import pytest
from fake_run import (
    WORKLOADS,
    fake_binary,
    journals,
    one_line,
    only_run,
    start,
    wait_for_start,
    workspan,
)
from paths import SCRIPTS

from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import read_result
from workspan.running.run_folder import read_run


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_binary(tmp_path)


def result(bench: Path) -> ResultFile:
    return read_result(only_run(bench) / "result.json")


def statuses(bench: Path, workload: str) -> set[Status]:
    return {case.status for case in result(bench).workspan.cases if case.workload == workload}


def test_a_broken_installation_fails_before_anything_is_measured(bench: Path) -> None:
    (bench.parent / "broken/numpy").mkdir(parents=True)
    (bench.parent / "broken/numpy/__init__.py").write_text("import no_such_library")
    done = workspan(bench, patch="", PYTHONPATH=f"{bench.parent / 'broken'}:{SCRIPTS}")
    assert done.stderr == (
        "workspan: the Python package is not whole: No module named 'no_such_library'; remove .venv"
        " and run scripts/setup bench\n"
    )
    assert done.returncode == 2
    assert not (bench.parent / "log").exists()
    assert not (bench.parent / "results").exists()


def test_a_run_is_three_rounds_and_one_result(bench: Path) -> None:
    done = workspan(bench)
    assert done.returncode == 0, done.stderr
    assert (
        str(only_run(bench).relative_to(bench.parent) / "result.json") in done.stdout
        and "alpha" in done.stdout
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 16 and "[15/15]" in lines[15]
    assert lines[0].startswith("9 cases of 3 workloads, 15 processes, at most 4 min 40 s of")
    order = (bench.parent / "log").read_text().split()
    assert [sorted(order[i : i + 3]) for i in range(0, 15, 3)] == [list(WORKLOADS)] * 5
    merged = result(bench)
    assert (
        merged.workspan.run.complete
        and merged.workspan.run.invocations == 5
        and len(merged.workspan.invocations) == 15
    )
    assert all(
        case.status is Status.OK and len(case.invocations) == 5 for case in merged.workspan.cases
    )
    assert only_run(bench).name.endswith("Z-a-host-with-odd-name-quick")
    assert {path.stat().st_mode & 0o777 for path in only_run(bench).glob("0*.json")} == {0o444}
    assert not [path for path in only_run(bench).iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("preset", "count"),
    [("smoke", 1), ("quick", 5), ("gate", 10), ("full", 5), ("concurrency", 3), ("scaling", 5)],
)
def test_presets(preset: str, count: int, bench: Path) -> None:
    assert workspan(bench, "--preset", preset, "--workload", "beta").returncode == 0
    assert len(journals(bench)) == count and result(bench).workspan.run.preset == preset
    words = journals(bench)[0].record.arguments
    assert words[words.index("--preset") + 1] == ("quick" if preset == "gate" else preset)


def test_the_estimate_comes_before_measuring(bench: Path) -> None:
    done = workspan(bench, "--preset", "full")
    assert done.stderr.startswith("9 cases of 3 workloads, 15 processes, at most 15 min of measur")


def test_options_reach_the_binary(bench: Path) -> None:
    cpu = str(max(os.sched_getaffinity(0)))
    typed = f"--workload beta,gamma --variant omp --threads 1,2 --sizes 2^10 --seed 7 --cpus {cpu}"
    more = "--invocations 2 --time-budget 10s --out copy.json"
    assert workspan(bench, *typed.split(), *more.split()).returncode == 0
    records = [journal.record for journal in journals(bench)]
    words = records[0].arguments
    for name, value in {
        "--variant": "omp",
        "--threads": "1,2",
        "--sizes": "2^10",
        "--seed": "7",
        "--budget": "2.5s",
    }.items():
        assert words[words.index(name) + 1] == value
    assert sorted((r.workload, r.number) for r in records) == [
        (w, n) for w in ("beta", "gamma") for n in (1, 2)
    ]
    assert read_run(only_run(bench))[0].plan.workspan.machine.limits.allowed_cpus == [int(cpu)]
    assert records[0].cpus == [int(cpu)] and records[0].environment["OMP_PROC_BIND"] == "close"
    assert (bench.parent / "copy.json").read_bytes() == (
        only_run(bench) / "result.json"
    ).read_bytes()


def test_threads_are_bound_only_if_all_cases_are_openmp(bench: Path) -> None:
    assert workspan(bench, "--preset", "smoke", OMP_PROC_BIND="").returncode == 0
    assert all("OMP_PROC_BIND" not in journal.record.environment for journal in journals(bench))


def test_the_default_memory_limit_is_90_percent_of_available(bench: Path) -> None:
    assert workspan(bench, "--preset", "smoke").returncode == 0
    assert read_run(only_run(bench))[0].memory_limit == pytest.approx(
        0.9 * 7e9
    )  # the fake has 7 GB


def test_dry_run_measures_nothing(bench: Path) -> None:
    done = workspan(bench, "--dry-run", WORKSPAN_FAKE_SKIP="gamma")
    assert done.returncode == 0
    assert (
        "alpha: 3 cases to measure, up to 16.0 kB of memory each\n" in done.stdout
        and "gamma: nothing: no such thing here\n" in done.stdout
    )
    assert "6 cases of 2 workloads, 10 processes, at most 4 min 40 s of measuring" in done.stdout
    assert not (bench.parent / "results").exists() and not (bench.parent / "log").exists()


REASONS = {
    "crash": (Status.CRASHED, "SIGSEGV"),
    "abort": (Status.CRASHED, "SIGABRT"),
    "hang": (Status.TIMEOUT, "did not end within 1 s"),
    "stubborn": (Status.TIMEOUT, "did not end within 1 s"),
    "flood": (Status.CRASHED, "exit code 5 without a result file: last words"),
    "bomb": (Status.CRASHED, "out of memory (over the limit of 300 MB)"),
    "daemon": (Status.CRASHED, "SIGKILL"),
    "nofile": (Status.CRASHED, "exit code 0 without a result file"),
    "half": (Status.CRASHED, "exit code 0 with an invalid result file"),
    "incomplete": (Status.CRASHED, "exit code 0 before the end"),
    "usage": (Status.CRASHED, "exit code 2 without a result file"),
}


# Every trouble once, in the first, second or third process; a crash in all of them.
PLACES = [(trouble, k % 3) for k, trouble in enumerate(REASONS)] + [("crash", 1), ("crash", 2)]


@pytest.mark.parametrize(("trouble", "place"), PLACES)
def test_failures_are_classified_and_the_rest_is_measured(
    trouble: str, place: int, bench: Path
) -> None:
    timeout = "1s" if trouble in ("hang", "stubborn") else "60s"
    options = ["--invocations", "1", "--timeout", timeout, "--memory-limit", "300MB"]
    name = first_order()[place]
    done = workspan(bench, *options, WORKSPAN_FAKE=f"{name}:{trouble}")
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    status, reason = REASONS[trouble]
    records = [journal.record for journal in journals(bench)]
    dead, again = [record for record in records if record.workload == name]
    bad = f"{name}/omp/n:1000/threads:2"
    assert (dead.status, dead.case, dead.attempt) == (status, bad, 1) and dead.reason.startswith(
        reason
    ), dead.reason
    assert (again.status, again.excluded, again.attempt, again.number) == (Status.OK, [bad], 2, 1)
    assert {
        case.name: case.status
        for case in result(bench).workspan.cases
        if case.status is not Status.OK
    } == {bad: status}
    assert [record.workload for record in records if record.attempt == 1] == first_order()


def first_order() -> list[str]:
    from workspan.running.schedule import round_order

    return round_order(WORKLOADS, 1, 1)


@pytest.mark.parametrize("trouble", ["crash", "hang", "nofile"])
def test_failure_of_an_unknown_case_ends_the_workload(trouble: str, bench: Path) -> None:
    done = workspan(bench, "--timeout", "1s", WORKSPAN_FAKE=f"beta:{trouble}@early")
    assert done.returncode == 1
    assert statuses(bench, "beta") == {REASONS[trouble][0]} and statuses(
        bench, "alpha"
    ) == statuses(bench, "gamma") == {Status.OK}
    assert (bench.parent / "log").read_text().split().count("beta") == 1


def test_a_wrong_result_is_not_a_crash(bench: Path) -> None:
    done = workspan(bench, WORKSPAN_FAKE="beta:wrong")
    assert done.returncode == 1
    assert statuses(bench, "beta") == {Status.OK, Status.FAILED}
    assert {journal.record.status for journal in journals(bench)} == {Status.OK, Status.FAILED}
    assert (bench.parent / "log").read_text().split().count("beta") == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workload", "alfa"], "did you mean alpha?"),
        (["--variant", "sek"], "did you mean seq?"),
        (["--inocations", "3"], "did you mean --invocations?"),
        (["--preset", "quik"], "quik"),
        (["--time-budget", "soon"], "--time-budget: 'soon' is not a time"),
        (["--memory-limit", "much"], "--memory-limit: 'much' is not an amount of memory"),
        (["--cpus", "9999"], "9999"),
        (["--bench", "/no/such/bench"], "/no/such/bench"),
        (["--resume", "2026"], "run not found"),
        (["--out", "no/such/folder/x.json"], "no/such/folder"),
        (["--invocations", "0"], "invocations"),
        (["--workload", ""], "--workload '': is an empty list"),
        (["--sizes", " ,"], "--sizes ' ,': is an empty list"),
        (["--seed", "99999999999999999999999"], "seed"),
        (["--weak", "--threads", "1"], "and --threads 1 leaves none"),
        (["--weak", "--variant", "seq"], "and --variant seq leaves none"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], words: str, bench: Path) -> None:
    done = workspan(bench, *arguments)
    assert done.returncode == 2 and words in one_line(done.stderr)
    assert not (bench.parent / "log").exists()


@pytest.mark.parametrize(
    "pair", [("--weak", "--break-even"), ("--weak", "--cold"), ("--break-even", "--cold")]
)
def test_options_that_exclude_each_other(pair: tuple[str, str], bench: Path) -> None:
    done = workspan(bench, *pair)
    line = one_line(done.stderr).rstrip()
    assert done.returncode == 2
    assert f"{pair[0]} and {pair[1]}: " in line and line.endswith("; measure them in two runs")


def test_an_excluding_option_of_the_resumed_run_is_named_as_such(bench: Path) -> None:
    assert workspan(bench, "--weak", "--invocations", "1").returncode == 0
    done = workspan(bench, "--resume", only_run(bench).name, "--break-even")
    assert done.returncode == 2
    assert "--weak (of the resumed run) and --break-even: " in one_line(done.stderr)


def test_nothing_to_measure_is_exit_code_3(bench: Path) -> None:
    done = workspan(bench, WORKSPAN_FAKE_SKIP="n:1000")
    assert done.returncode == 3 and "no such thing here" in one_line(done.stderr)


def test_variables_of_google_benchmark_are_ignored(bench: Path) -> None:
    done = workspan(bench, "--dry-run", BENCHMARK_FILTER="x")
    assert "BENCHMARK_FILTER" in one_line(done.stderr)


def test_an_unwritable_folder_fails_before_measuring(bench: Path) -> None:
    place = bench.parent / "file"
    place.touch()
    done = workspan(bench, "--results", str(place / "results"))
    assert done.returncode == 2
    assert one_line(done.stderr) == f"workspan: --results {place}/results: Not a directory\n"
    assert not (bench.parent / "log").exists()


def test_a_rebuilt_binary_ends_the_run(bench: Path) -> None:
    with start(bench, more={"WORKSPAN_FAKE_SECONDS": "0.3"}) as runner:
        wait_for_start(bench, runner)
        new = bench.with_name("new")
        new.write_text(bench.read_text() + "# built again\n")
        new.chmod(0o755)
        new.replace(bench)
        _, errors = runner.communicate()
    assert (
        runner.returncode == 2
        and "changed while it was measured" in errors
        and journals(bench) == []
    )


def test_a_result_has_rows_for_google_benchmark_tools(bench: Path) -> None:
    workspan(bench, "--preset", "smoke")
    assert {
        row["run_type"]
        for row in json.loads((only_run(bench) / "result.json").read_text())["benchmarks"]
    } == {"iteration"}
