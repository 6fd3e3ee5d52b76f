# SPDX-License-Identifier: Apache-2.0
"""The doctor's findings for prepared facts, and its command."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paths import ROOT

from workspan.cli.app import invoke
from workspan.cli.doctor import severity_word
from workspan.doctor.checks import findings
from workspan.doctor.finding import Facts, Finding, Severity
from workspan.machine.nvml import POWER_CAP, THERMAL
from workspan.resultfile.model import GpuState, ResultFile, State
from workspan.resultfile.read import read_result

OK, NOTE, WARNING = Severity
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
    """The answer of a dry run on a good machine, as JSON."""
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
    """A good machine except for the changes: machine__limits__cpu_quota=1.5."""
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


def find(topic: str, found_all: list[Finding]) -> Finding:
    found = [finding for finding in found_all if finding.topic == topic]
    return max(found, key=lambda finding: finding.severity is WARNING)


def test_a_good_machine_has_no_warnings() -> None:
    found = findings(facts())
    assert [f for f in found if f.severity is WARNING] == []
    assert [f.topic for f in found if f.severity is NOTE] == ["pinning"]
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
    assert [f.topic for f in found] == [*topics, "build", "GPU"]


@pytest.mark.parametrize(
    ("topic", "changes", "severity", "words"),
    [
        (
            "CPU quota",
            {"machine__limits__cpu_quota": 1.5},
            WARNING,
            "1.5 CPUs' worth of time for 2 CPUs",
        ),
        ("CPU quota", {"machine__limits__cpu_quota": 2.0}, OK, "enough"),
        ("CPU quota", {"machine__limits__cpu_quota": "unknown"}, OK, "unknown"),
        ("CPU set", {"machine__cpu__hardware_threads": 8}, NOTE, "CPUs 0-1: 2 of 8"),
        ("SMT", {"machine__cpu__threads_per_core": 2}, NOTE, "2 hardware threads share"),
        ("governor", {"machine__cpu__governor": "powersave"}, WARNING, "powersave"),
        ("governor", {"machine__cpu__governor": "performance"}, OK, "performance"),
        ("turbo", {"machine__cpu__turbo": True}, NOTE, "on"),
        ("turbo", {"machine__cpu__turbo": False}, OK, "off"),
        ("huge pages", {"machine__memory__transparent_huge_pages": "never"}, WARNING, "never"),
        ("huge pages", {"machine__memory__transparent_huge_pages": "always"}, OK, "always"),
        ("swap", {"machine__memory__swap": 2e9}, NOTE, "2.00 GB of swap"),
        (
            "pinning",
            {"environment__variables": {"OMP_PROC_BIND": "close"}},
            WARNING,
            "OMP_PROC_BIND=close",
        ),
        (
            "pinning",
            {"environment__variables": {"GOMP_CPU_AFFINITY": "0 1"}},
            WARNING,
            "GOMP_CPU_AFFINITY=0 1",
        ),
        ("pinning", {"environment__variables": {"OMP_PROC_BIND": "FALSE"}}, NOTE, "not pinned"),
        ("OpenMP", {"environment__variables": {"OMP_WAIT_POLICY": "PASSIVE"}}, NOTE, "passive"),
        ("OpenMP", {"environment__variables": {"OMP_DYNAMIC": "true"}}, WARNING, "OMP_DYNAMIC"),
        (
            "OpenMP",
            {"environment__variables": {"OMP_THREAD_LIMIT": "1"}},
            WARNING,
            "below 2 threads",
        ),
        ("build", {"build__type": "Debug"}, WARNING, "Debug"),
        ("build", {"build__sanitizers": "address"}, WARNING, "address"),
        ("build", {"build__git_dirty": "yes"}, NOTE, "uncommitted"),
        (
            "GPU",
            {"machine__cuda__gpus": [], "machine__cuda__why_none": "no CUDA device"},
            NOTE,
            "no CUDA device",
        ),
        (
            "GPU",
            {
                "machine__cuda__gpus": [],
                "machine__cuda__why_none": "built without CUDA",
                "build__cuda_compiler": "unknown",
            },
            NOTE,
            "built without CUDA",
        ),
    ],
)
def test_each_finding(topic: str, changes: dict[str, Any], severity: Severity, words: str) -> None:
    finding = find(topic, findings(facts(**changes)))
    assert (finding.severity, words in finding.found) == (severity, True), finding
    assert bool(finding.advice) == (severity is not OK)


@pytest.mark.parametrize(
    ("topic", "change", "severity", "words"),
    [
        ("other load", {"busy": 50.5}, WARNING, "use 0.50 of 2 CPUs"),
        ("other load", {"load": 1.9}, NOTE, "load average is 1.9"),
        ("other load", {"load": "unknown", "busy": "unknown"}, OK, "unknown"),
        ("pressure", {"pressure_cpu": 2.4}, WARNING, "in 40% of the time a task waited for a CPU"),
        (
            "pressure",
            {"pressure_memory": 0.1},
            WARNING,
            "in 10% of the time a task waited for memory",
        ),
        ("pressure", {"pressure_cpu": "unknown"}, OK, "unknown"),
        ("steal", {"steal": 1.25}, WARNING, "0.25 CPUs' worth"),
        ("swap", {"swapped_pages": 25}, WARNING, "20 pages"),
        (
            "GPU clocks",
            {"gpus": [GpuState(name="H200", sm_mhz=600.0, throttled=[THERMAL])]},
            WARNING,
            THERMAL,
        ),
        (
            "GPU clocks",
            {"gpus": [GpuState(name="H200", sm_mhz=600.0, throttled=[POWER_CAP])]},
            NOTE,
            POWER_CAP,
        ),
        ("GPU clocks", {"gpus": [GpuState(name="H200", sm_mhz=1980.0)]}, OK, "1980"),
    ],
)
def test_each_finding_from_watching(
    topic: str, change: dict[str, Any], severity: Severity, words: str
) -> None:
    finding = find(topic, findings(facts(after=msgspec.structs.replace(QUIET, at=101.0, **change))))
    assert (finding.severity, words in finding.found) == (severity, True), finding


def test_cases_that_do_not_fit_into_memory() -> None:
    cases = plan_tree()["workspan"]["cases"]
    cases[1].update(status="skipped", reason="needs 9 GB of memory", cause="memory")
    finding = find("memory", findings(facts(cases=cases)))
    assert finding.severity is WARNING
    assert f"1 of {len(cases)} cases of preset quick do not fit" in finding.found
    assert f"skipped: {cases[1]['name']} needs 9 GB" in finding.found


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[str], Path]:
    """A shell script in place of the binary, with a valid answer beside it."""
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


def test_foreign_text_is_escaped(
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
    ("name", "value", "coloured"),
    [("NO_COLOR", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_colours_can_be_disabled(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, coloured: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    assert ("\x1b" in severity_word(WARNING)) is coloured


def test_variables_of_google_benchmark_are_ignored(
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
