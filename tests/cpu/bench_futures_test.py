# SPDX-License-Identifier: Apache-2.0
"""The workload futures of the binary: its keys, its latencies, and an interrupt while child
processes are spawned and killed. BENCH names the binary."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

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


def members_of(session: int) -> list[str]:
    """The processes of a session but for its leader, the ended ones included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[3]) == session and stat.parent.name != str(session):
            found.append(stat.parent.name)
    return found


def test_an_interrupt_leaves_no_child_behind() -> None:
    chosen = "--workload futures --variant processes --sizes 100 --axis cancel:50"
    process = subprocess.Popen(
        [BENCH, *chosen.split(), "--budget", "60s", "--benchmark_repetitions=1000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        end = time.monotonic() + 20
        while not members_of(process.pid):
            assert time.monotonic() < end and process.poll() is None, "no children appear"
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C on a terminal
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 130, stderr
        assert members_of(process.pid) == []
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
