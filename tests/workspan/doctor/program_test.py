# SPDX-License-Identifier: Apache-2.0
"""Findings about build, environment, memory and GPUs."""

from typing import Any

import pytest
from doctor_facts import NOTE, OK, WARNING, facts, find, findings, plan_tree, watched

from workspan.doctor import program
from workspan.doctor.finding import Severity
from workspan.machine.nvml import POWER_CAP, THERMAL
from workspan.resultfile.model import GpuState


@pytest.mark.parametrize(
    ("topic", "changes", "severity", "words"),
    [
        ("huge pages", {"machine__memory__transparent_huge_pages": "never"}, WARNING, "never"),
        ("huge pages", {"machine__memory__transparent_huge_pages": "always"}, OK, "always"),
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
    finding = find(topic, findings(facts(**changes), program))
    assert (finding.severity, words in finding.found) == (severity, True), finding
    assert bool(finding.advice) == (severity is not OK)


@pytest.mark.parametrize(
    ("topic", "change", "severity", "words"),
    [
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
    finding = find(topic, findings(watched(**change), program))
    assert (finding.severity, words in finding.found) == (severity, True), finding


def test_cases_that_do_not_fit_into_memory() -> None:
    cases = plan_tree()["workspan"]["cases"]
    cases[1].update(status="skipped", reason="needs 9 GB of memory", cause="memory")
    finding = find("memory", program.memory(facts(cases=cases)))
    assert finding.severity is WARNING
    assert f"1 of {len(cases)} cases of preset quick do not fit" in finding.found
    assert f"skipped: {cases[1]['name']} needs 9 GB" in finding.found
