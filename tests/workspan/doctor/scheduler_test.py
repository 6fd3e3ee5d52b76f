# SPDX-License-Identifier: Apache-2.0
"""Findings about the kernel's scheduler."""

from dataclasses import replace
from pathlib import Path

import pytest
from doctor_facts import NOTE, OK, facts

from workspan.doctor import scheduler
from workspan.doctor.finding import Severity


@pytest.mark.parametrize(
    ("text", "severity", "words"),
    [("1", NOTE, "on: a process of another session"), ("0", OK, "off"), ("", OK, "none")],
)
def test_autogroup(text: str, severity: Severity, words: str) -> None:
    (finding,) = scheduler.autogroup(replace(facts(), autogroup=text))
    assert (finding.severity, words in finding.found) == (severity, True)
    assert ("sched_autogroup_enabled=0" in finding.advice) == (severity is NOTE)


@pytest.mark.parametrize(
    ("text", "severity", "words"),
    [
        ("1021 44658 1", OK, "accounts"),
        ("0 0 0", NOTE, "all zero"),
        ("", NOTE, "absent"),
    ],
)
def test_delays(text: str, severity: Severity, words: str) -> None:
    (finding,) = scheduler.delays(replace(facts(), schedstat=text))
    assert (finding.severity, words in finding.found) == (severity, True)


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert scheduler.read_text(tmp_path / "none") == ""
    (tmp_path / "one").write_text("1\n")
    assert scheduler.read_text(tmp_path / "one") == "1"
