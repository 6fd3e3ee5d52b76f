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


def one_pair(gain: float) -> list[dict[str, float]]:
    return [{"first": 0, "second": 1, "gain": gain}]


@pytest.mark.parametrize(
    ("gain", "threads_per_core", "severity", "words"),
    [
        (1.98, 1, OK, "CPUs 0 and 1 are two cores (1.98x)"),
        (1.02, 2, OK, "CPUs 0 and 1 are one core (1.02x)"),
        (1.02, 1, NOTE, "are one core (1.02x), though the kernel says otherwise"),
        (1.5, 1, NOTE, "whether CPUs 0 and 1 are one core or two cannot be told (1.50x)"),
    ],
)
def test_what_two_cpus_do_at_once_tells_of_cores(
    gain: float, threads_per_core: int, severity: Severity, words: str
) -> None:
    changes = {"pairs": one_pair(gain), "threads_per_core": threads_per_core}
    given = facts(**{f"machine__cpu__{name}": value for name, value in changes.items()})
    found = find("cores", cpu.cores(given))
    assert (found.severity, words in found.found) == (severity, True), found
    assert bool(found.advice) == (severity is not OK)


def test_without_a_probe_nothing_is_said_of_cores() -> None:
    assert not [*cpu.cores(facts(machine__cpu__pairs=[]))]
