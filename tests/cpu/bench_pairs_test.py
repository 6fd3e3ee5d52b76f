# SPDX-License-Identifier: Apache-2.0
"""bench --pairs: which CPUs share a core, in the plan of a run and in --info."""

import json
import os
import subprocess
from typing import Any

BENCH = os.environ["BENCH"]
PLAN = ["--dry-run", "--benchmark_format=json", "--workload", "triad", "--sizes", "1000"]


def bench(*arguments: str) -> str:
    return subprocess.run(
        [BENCH, *arguments], capture_output=True, text=True, timeout=120, check=True
    ).stdout


def machine_of(*arguments: str) -> dict[str, Any]:
    machine: dict[str, Any] = json.loads(bench(*PLAN, *arguments))["workspan"]["machine"]
    return machine


def test_pairs_are_measured_on_request_of_the_first_cpu_with_others() -> None:
    machine = machine_of()
    assert machine["cpu"]["pairs"] == []
    cpus = machine["limits"]["allowed_cpus"]
    pairs = machine_of("--pairs")["cpu"]["pairs"]
    assert {pair["first"] for pair in pairs} <= {cpus[0]}
    assert {pair["second"] for pair in pairs} <= set(cpus[1:])
    assert len({pair["second"] for pair in pairs}) == len(pairs)
    assert all(pair["gain"] > 0 for pair in pairs)


def test_info_shows_them_only_if_asked() -> None:
    title = "two CPUs at once"
    several = len(os.sched_getaffinity(0)) > 1
    assert (title in bench("--info", "--pairs")) == several
    assert title not in bench("--info")


def test_one_cpu_has_no_pair() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert machine_of("--pairs")["cpu"]["pairs"] == []
    finally:
        os.sched_setaffinity(0, allowed)
