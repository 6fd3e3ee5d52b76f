# SPDX-License-Identifier: Apache-2.0
"""Findings about CPUs: quota, set, hardware threads and clocks."""

from typing import Any

import pytest
from doctor_facts import NOTE, OK, WARNING, facts, find, findings

from workspan.doctor import cpu
from workspan.doctor.finding import Severity


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
    ],
)
def test_each_finding(topic: str, changes: dict[str, Any], severity: Severity, words: str) -> None:
    finding = find(topic, findings(facts(**changes), cpu))
    assert (finding.severity, words in finding.found) == (severity, True), finding
    assert bool(finding.advice) == (severity is not OK)
