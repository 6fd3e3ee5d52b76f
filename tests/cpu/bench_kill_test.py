# SPDX-License-Identifier: Apache-2.0
"""The binary interrupted and killed: no process is left behind. BENCH names the binary."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from sessions import in_session, session_members, wait_for_members

BENCH = os.environ["BENCH"]
# Runs that last: workers of the pool that wait for the next one, and a fork for each task.
COMPUTING = "--workload busy --sizes 2^26 --axis grain:2^20 --benchmark_filter=-cpus --threads 2"
WAITING = "--workload waiters --sizes 31 --axis tau:200ms --benchmark_filter=-cpus|chain"
LASTING = ["--budget", "60s", "--benchmark_repetitions", "1000"]
CASES = {"process_pool": COMPUTING, "processes": WAITING, "threads": WAITING}


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen]:
    """The binary in a session of its own, in the midst of its runs."""
    variant = request.param
    command = [BENCH, *CASES[variant].split(), "--variant", variant, *LASTING]
    with in_session(command) as process:
        wait_for_members(process, 0 if variant == "threads" else 1)
        time.sleep(1 if variant == "threads" else 0.3)
        yield process


@pytest.mark.parametrize("started", CASES, indirect=True)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_of_the_whole_group_ends_in_order(
    started: subprocess.Popen, number: signal.Signals
) -> None:
    if number == signal.SIGINT:
        os.killpg(started.pid, number)  # as Ctrl-C on a terminal
    else:
        started.send_signal(number)
    _, stderr = started.communicate(timeout=30)
    assert started.returncode == 130, stderr
    assert session_members(started.pid) == []


@pytest.mark.parametrize("started", ["process_pool", "processes"], indirect=True)
def test_children_of_a_killed_parent_are_gone_within_a_second(started: subprocess.Popen) -> None:
    while not session_members(started.pid):
        time.sleep(0.01)
    started.kill()
    started.wait()
    time.sleep(1)
    assert session_members(started.pid) == []


@pytest.mark.parametrize("started", ["process_pool"], indirect=True)
def test_a_killed_worker_is_a_failed_case_and_not_a_hang(started: subprocess.Popen) -> None:
    os.kill(session_members(started.pid)[0], signal.SIGKILL)
    stdout, _ = started.communicate(timeout=30)
    assert started.returncode == 1
    assert "a worker of the process pool has ended" in stdout
    assert session_members(started.pid) == []
