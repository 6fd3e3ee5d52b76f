# SPDX-License-Identifier: Apache-2.0
"""Findings of the doctor from facts made for each, and its command on a binary that answers and one that does not."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paths import ROOT

from workspan.cli.app import invoke
from workspan.cli.doctor import level_word
from workspan.doctor.checks import findings
from workspan.doctor.finding import Facts, Finding, Level
from workspan.machine.nvml import POWER_CAP, THERMAL
from workspan.resultfile.model import GpuState, ResultFile, State
from workspan.resultfile.read import read_result
from workspan.running.bench_binary import ask_plan, find_bench
from workspan.support.errors import InputError, NothingError, UsageError

QUIET = State(
    at=100.0, load=0.1, busy=50.0, steal=1.0, pressure_cpu=2.0, pressure_memory=0.0, swapped_pages=5
)
GPU = {
    "name": "H200",
    "bus_id": "0000:17:00.0",
    "multiprocessors": 132,
    "compute_capability": "9.0",
    "memory": 1.5e11,
    "l2": 6.3e7,
    "clock_mhz": 1980.0,
    "memory_clock_mhz": 3201.0,
}


def plan_tree() -> dict[str, Any]:
    """A good machine: what a dry run says of it, as JSON."""
    tree: dict[str, Any] = msgspec.to_builtins(read_result(next(ROOT.glob("results/*/quick.json"))))
    tree["benchmarks"] = []
    ours = tree["workspan"]
    ours["run"].setdefault("all_threads", 2)
    ours["cases"] = [case for case in ours["cases"] if case["workload"] == "copy"]
    for case in ours["cases"]:
        if case["status"] == "ok":
            case.update(status="planned")
            for field in ("time", "interval", "stopped", "invocations", "counters"):
                case.pop(field, None)
    ours["build"].update(git_dirty="no", type="Release", sanitizers="")
    ours["environment"]["variables"] = {}
    ours["machine"]["limits"].update(allowed_cpus=[0, 1], cpu_quota="unlimited")
    ours["machine"]["cuda"]["gpus"] = [GPU]
    return tree


def facts(before: State = QUIET, after: State | None = None, **changes: Any) -> Facts:
    """A good machine but for what is changed: machine__limits__cpu_quota=1.5."""
    tree = plan_tree()
    for path, value in changes.items():
        place = tree["workspan"]
        *folders, last = path.split("__")
        for folder in folders:
            place = place[folder]
        place[last] = value
    return Facts(
        msgspec.convert(tree, ResultFile), before, after or msgspec.structs.replace(QUIET, at=101.0)
    )


def of(topic: str, all_of_them: list[Finding]) -> Finding:
    found = [finding for finding in all_of_them if finding.topic == topic]
    return max(found, key=lambda finding: finding.level is Level.WARNING)


def test_a_good_machine_has_nothing_to_warn_of() -> None:
    all_of_them = findings(facts())
    assert [f for f in all_of_them if f.level is Level.WARNING] == []
    assert [f.topic for f in all_of_them if f.level is Level.NOTE] == ["pinning"]
    topics = [
        "CPU quota",
        "CPU set",
        "SMT",
        "governor",
        "turbo",
        "other load",
        "pressure",
        "steal",
        "swap",
        "huge pages",
        "memory",
        "pinning",
    ]
    assert [f.topic for f in all_of_them] == [*topics, "build", "GPU"]


@pytest.mark.parametrize(
    ("topic", "changes", "level", "words"),
    [
        (
            "CPU quota",
            {"machine__limits__cpu_quota": 1.5},
            Level.WARNING,
            "1.5 CPUs' worth of time for 2 CPUs",
        ),
        ("CPU quota", {"machine__limits__cpu_quota": 2.0}, Level.OK, "enough"),
        ("CPU quota", {"machine__limits__cpu_quota": "unknown"}, Level.OK, "unknown"),
        ("CPU set", {"machine__cpu__hardware_threads": 8}, Level.NOTE, "CPUs 0-1: 2 of 8"),
        ("SMT", {"machine__cpu__threads_per_core": 2}, Level.NOTE, "2 hardware threads share"),
        ("governor", {"machine__cpu__governor": "powersave"}, Level.WARNING, "powersave"),
        ("governor", {"machine__cpu__governor": "performance"}, Level.OK, "performance"),
        ("turbo", {"machine__cpu__turbo": True}, Level.NOTE, "on"),
        ("turbo", {"machine__cpu__turbo": False}, Level.OK, "off"),
        (
            "huge pages",
            {"machine__memory__transparent_huge_pages": "never"},
            Level.WARNING,
            "never",
        ),
        ("huge pages", {"machine__memory__transparent_huge_pages": "always"}, Level.OK, "always"),
        ("swap", {"machine__memory__swap": 2e9}, Level.NOTE, "2.00 GB of swap"),
        (
            "pinning",
            {"environment__variables": {"OMP_PROC_BIND": "close"}},
            Level.WARNING,
            "OMP_PROC_BIND=close",
        ),
        (
            "pinning",
            {"environment__variables": {"GOMP_CPU_AFFINITY": "0 1"}},
            Level.WARNING,
            "GOMP_CPU_AFFINITY=0 1",
        ),
        (
            "pinning",
            {"environment__variables": {"OMP_PROC_BIND": "FALSE"}},
            Level.NOTE,
            "not pinned",
        ),
        (
            "OpenMP",
            {"environment__variables": {"OMP_WAIT_POLICY": "PASSIVE"}},
            Level.NOTE,
            "passive",
        ),
        (
            "OpenMP",
            {"environment__variables": {"OMP_DYNAMIC": "true"}},
            Level.WARNING,
            "OMP_DYNAMIC",
        ),
        (
            "OpenMP",
            {"environment__variables": {"OMP_THREAD_LIMIT": "1"}},
            Level.WARNING,
            "below 2 threads",
        ),
        ("build", {"build__type": "Debug"}, Level.WARNING, "Debug"),
        ("build", {"build__sanitizers": "address"}, Level.WARNING, "address"),
        ("build", {"build__git_dirty": "yes"}, Level.NOTE, "in no commit"),
        (
            "GPU",
            {"machine__cuda__gpus": [], "machine__cuda__why_none": "no CUDA device"},
            Level.NOTE,
            "no CUDA device",
        ),
        (
            "GPU",
            {"machine__cuda__gpus": [], "machine__cuda__why_none": "built without CUDA"},
            Level.NOTE,
            "built without CUDA",
        ),
    ],
)
def test_each_finding(topic: str, changes: dict[str, Any], level: Level, words: str) -> None:
    finding = of(topic, findings(facts(**changes)))
    assert (finding.level, words in finding.found) == (level, True), finding
    assert bool(finding.advice) == (level is not Level.OK)


@pytest.mark.parametrize(
    ("topic", "change", "level", "words"),
    [
        ("other load", {"busy": 50.5}, Level.WARNING, "use 0.50 of 2 CPUs"),
        ("other load", {"load": 1.9}, Level.NOTE, "load average is 1.9"),
        ("other load", {"load": "unknown", "busy": "unknown"}, Level.OK, "unknown"),
        (
            "pressure",
            {"pressure_cpu": 2.4},
            Level.WARNING,
            "in 40% of the time something waited for a CPU",
        ),
        (
            "pressure",
            {"pressure_memory": 0.1},
            Level.WARNING,
            "in 10% of the time something waited for memory",
        ),
        ("pressure", {"pressure_cpu": "unknown"}, Level.OK, "unknown"),
        ("steal", {"steal": 1.25}, Level.WARNING, "0.25 CPUs' worth"),
        ("swap", {"swapped_pages": 25}, Level.WARNING, "20 pages"),
        (
            "GPU clocks",
            {"gpus": [GpuState(name="H200", sm_mhz=600.0, throttled=[THERMAL])]},
            Level.WARNING,
            THERMAL,
        ),
        (
            "GPU clocks",
            {"gpus": [GpuState(name="H200", sm_mhz=600.0, throttled=[POWER_CAP])]},
            Level.NOTE,
            POWER_CAP,
        ),
        ("GPU clocks", {"gpus": [GpuState(name="H200", sm_mhz=1980.0)]}, Level.OK, "1980"),
    ],
)
def test_what_was_seen_while_watching(
    topic: str, change: dict[str, Any], level: Level, words: str
) -> None:
    finding = of(topic, findings(facts(after=msgspec.structs.replace(QUIET, at=101.0, **change))))
    assert (finding.level, words in finding.found) == (level, True), finding


def test_too_little_memory_for_the_preset() -> None:
    cases = plan_tree()["workspan"]["cases"]
    cases[1].update(status="skipped", reason="needs 9 GB of memory", cause="memory")
    finding = of("memory", findings(facts(cases=cases)))
    assert finding.level is Level.WARNING
    assert (
        f"1 of {len(cases)} cases of preset quick do not fit, {cases[1]['name']} needs 9 GB"
        in finding.found
    )


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[str], Path]:
    """A binary that is a shell script, next to the answer it may give."""
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
    ]


def test_command_prints_json(
    answering: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["doctor", "--bench", str(answering("cat plan.json")), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    assert found[0] == {"level": "ok", "topic": "CPU quota", "found": "none", "advice": ""}


def test_foreign_words_stay_on_their_line(
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
    ("body", "error", "words"),
    [
        ("echo 'no such preset' >&2; exit 2", UsageError, "no such preset"),
        ("exit 0", UsageError, "ended with 0"),
        ("kill -9 $$", UsageError, "ended with -9"),
        ("echo nothing matched >&2; exit 3", NothingError, "nothing matched"),
        ("echo '{'", InputError, "--dry-run"),
    ],
)
def test_a_binary_without_an_answer(
    answering: Callable[[str], Path], body: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ask_plan(answering(body), [])


def test_missing_binary_is_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["doctor", "--bench", str(tmp_path / "benhc")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "bench").write_text("")
    with pytest.raises(UsageError, match="cannot be executed"):
        find_bench(tmp_path / "bench")


def test_the_binary_is_looked_for_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKSPAN_BENCH", raising=False)
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    with pytest.raises(UsageError, match="no build/release/bench in"):
        find_bench(folder=below)
    usual = tmp_path / "build/release/bench"
    usual.parent.mkdir(parents=True)
    usual.touch(mode=0o755)
    assert find_bench(folder=below) == usual.resolve()
    other = tmp_path / "other"
    other.touch(mode=0o755)
    monkeypatch.setenv("WORKSPAN_BENCH", str(other))
    assert find_bench(folder=below) == other.resolve()


@pytest.mark.parametrize(
    ("name", "value", "coloured"),
    [("NO_COLOR", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_colours_only_where_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert ("\x1b" in level_word(Level.WARNING)) is coloured


def test_variables_of_google_benchmark_are_not_obeyed(
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
