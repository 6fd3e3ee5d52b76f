# SPDX-License-Identifier: Apache-2.0
"""Findings about other processes, from counters around an idle second."""

from typing import Any

import pytest
from doctor_facts import NOTE, OK, WARNING, facts, find, findings, watched

from workspan.doctor import load
from workspan.doctor.finding import Severity


@pytest.mark.parametrize(
    ("topic", "changes", "severity", "words"),
    [
        ("swap", {"machine__memory__swap": 2e9}, NOTE, "2.00 GB of swap"),
    ],
)
def test_each_finding(topic: str, changes: dict[str, Any], severity: Severity, words: str) -> None:
    finding = find(topic, findings(facts(**changes), load))
    assert (finding.severity, words in finding.found) == (severity, True), finding
    assert bool(finding.advice) == (severity is not OK)


@pytest.mark.parametrize(
    ("topic", "change", "severity", "words"),
    [
        ("other load", {"busy": 50.5}, WARNING, "use 0.50 of 2 CPUs"),
        ("other load", {"load": 1.9}, NOTE, "load average is 1.9"),
        ("other load", {"load": "unknown", "busy": "unknown"}, OK, "unknown"),
        ("pressure", {"pressure_cpu": 2.4}, WARNING, "tasks waited for a CPU 40 % of the time"),
        (
            "pressure",
            {"pressure_memory": 0.1},
            WARNING,
            "tasks waited for memory 10 % of the time",
        ),
        ("pressure", {"pressure_cpu": "unknown"}, OK, "unknown"),
        ("steal", {"steal": 1.25}, WARNING, "0.25 CPUs stolen by other guests"),
        ("swap", {"swapped_pages": 25}, WARNING, "20 pages"),
    ],
)
def test_each_finding_from_watching(
    topic: str, change: dict[str, Any], severity: Severity, words: str
) -> None:
    finding = find(topic, findings(watched(**change), load))
    assert (finding.severity, words in finding.found) == (severity, True), finding
