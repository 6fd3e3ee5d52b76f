# SPDX-License-Identifier: Apache-2.0
"""echo by the real binary, interrupted, killed, and with a server that no longer answers: it ends
in order and leaves nothing behind. BENCH names the binary."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from bench_kill_test import BENCH, LASTING
from sessions import in_session, session_members, wait_for_members

# Runs of a second or less, one after the other.
CASES = "--workload echo --sizes 20000 --axis input:b64 --axis inflight:16 --axis cpus:"


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen]:
    """The binary in a session of its own, in the midst of its runs."""
    variant, rate = request.param
    command = [BENCH, *CASES.split(), "--axis", f"rate:{rate}", "--variant", variant, *LASTING]
    with in_session(command) as process:
        wait_for_members(process, 16 if variant == "processes" else 0)
        time.sleep(0 if variant == "processes" else 1)
        yield process


ALL = [(v, r) for v in ("threads", "processes", "coroutines") for r in ("closed", "20000")]


@pytest.mark.parametrize("started", ALL, indirect=True)
def test_an_interrupt_of_the_whole_group_ends_in_order(started: subprocess.Popen) -> None:
    os.killpg(started.pid, signal.SIGINT)  # as Ctrl-C on a terminal
    _, stderr = started.communicate(timeout=30)
    assert started.returncode == 130, stderr
    assert session_members(started.pid) == []


@pytest.mark.parametrize("started", [("processes", "closed")], indirect=True)
def test_children_of_a_killed_parent_are_gone_within_a_second(started: subprocess.Popen) -> None:
    started.kill()
    started.wait()
    time.sleep(1)
    assert session_members(started.pid) == []


@pytest.mark.parametrize("started", [("processes", "20000")], indirect=True)
def test_a_server_that_no_longer_answers_is_a_failed_case_and_not_a_hang(
    started: subprocess.Popen,
) -> None:
    end = time.monotonic() + 30
    while started.poll() is None and time.monotonic() < end:
        for pid in session_members(started.pid)[:1]:  # at the end of a run it is killed
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        time.sleep(0.1)
    stdout, _ = started.communicate(timeout=60)
    assert started.returncode == 1
    assert "the server did not answer for 5" in stdout
    assert session_members(started.pid) == []
