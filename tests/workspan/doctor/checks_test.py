# SPDX-License-Identifier: Apache-2.0
"""All findings together, in their order, and the facts behind them."""

import json
from pathlib import Path

import pytest
from doctor_facts import NOTE, WARNING, facts, plan_tree

from workspan.doctor import checks
from workspan.doctor.checks import findings, gather_facts


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
        "autogroup",
        "delays",
        "huge pages",
        "memory",
        "pinning",
    ]
    assert [f.topic for f in found] == [*topics, "build", "GPU"]


def test_the_facts_are_a_plan_and_the_states_around_an_idle_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = tmp_path / "bench"
    (tmp_path / "plan.json").write_text(json.dumps(plan_tree()))
    bench.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words; cat {tmp_path}/plan.json\n')
    bench.chmod(0o755)
    monkeypatch.setattr(checks, "WATCH_SECONDS", 0.05)
    found = gather_facts(bench, "smoke")
    assert found.after.at - found.before.at >= 0.05
    assert found.plan.workspan.cases[0].workload == "copy"
    assert (tmp_path / "words").read_text().split()[-3:] == ["--preset", "smoke", "--pairs"]
