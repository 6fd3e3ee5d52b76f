# SPDX-License-Identifier: Apache-2.0
"""The workload futures of the binary: its keys, its latencies, and an interrupt while child
processes are spawned and killed. BENCH names the binary."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from sessions import in_session, session_members, wait_for_members

BENCH = os.environ["BENCH"]


def bench(arguments: str) -> subprocess.CompletedProcess[str]:
    command = [BENCH, "--workload", "futures", *arguments.split()]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ("--axis cancel:20", 2, "'20' is not a value of cancel"),
        ("--variant futures --sizes 10 --axis cancel:50", 3, "does not suit"),
        ("--variant threads --sizes 1001", 3, "does not suit"),
        ("--variant processes --sizes 101", 3, "does not suit"),
    ],
)
def test_what_a_model_cannot_do_is_not_planned(arguments: str, code: int, says: str) -> None:
    done = bench(arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("cancel", ["0", "50"])
def test_a_case_has_the_latency_of_each_task_and_the_cost_of_each_call(
    cancel: str, tmp_path: Path
) -> None:
    out = tmp_path / "result.json"
    done = bench(
        f"--variant seq,threads,pool,coroutines,processes --sizes 100 --axis cancel:{cancel} "
        f"--benchmark_repetitions=1 --benchmark_min_time=0.0005 --out {out}"
    )
    assert done.returncode == 0, done.stderr
    cases = json.loads(out.read_text())["workspan"]["cases"]
    assert {case["status"] for case in cases} == {"ok"}, cases
    for case in cases:
        (invocation,) = case["invocations"]
        assert sum(invocation["latencies"]["tasks"]) % 100 == 0
        expected = {"spawn_ns", "status_ns", "get_ns"}
        if cancel != "0":
            expected |= {"cancel_ns", "never_ran_share"}
        assert set(case["counters"]) == expected, case["name"]
        assert 0 <= case["counters"].get("never_ran_share", 0) <= 1


def test_an_interrupt_leaves_no_child_behind() -> None:
    chosen = "--workload futures --variant processes --sizes 100 --axis cancel:50"
    command = [BENCH, *chosen.split(), "--budget", "60s", "--benchmark_repetitions=1000"]
    with in_session(command) as process:
        wait_for_members(process, 1)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C on a terminal
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 130, stderr
        assert session_members(process.pid, ended_too=True) == []
