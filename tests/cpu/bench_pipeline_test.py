# SPDX-License-Identifier: Apache-2.0
"""The pipelines of the binary, if one of their processes is killed or a thread refused.

BENCH names the binary, REFUSE_THREADS the library that refuses.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from sessions import in_session, members_after, session_members

BENCH = os.environ["BENCH"]
REFUSE_THREADS = os.environ.get("REFUSE_THREADS", "")
PROCESSES = "--workload pipeline --variant processes --sizes 100000 --benchmark_filter=-cpus"
LASTING = "--budget 60s --benchmark_repetitions 1000"


@pytest.fixture
def started() -> Iterator[subprocess.Popen[str]]:
    """In a session of its own, with the three processes of a run."""
    with in_session([BENCH, *PROCESSES.split(), *LASTING.split()]) as process:
        yield process


def kill_one(started: subprocess.Popen[str], number: int) -> None:
    """Of a run's three processes; tries again if that run has just ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        members = sorted(session_members(started.pid))
        if len(members) == 3:
            try:
                os.kill(members[number], signal.SIGKILL)
                return
            except ProcessLookupError:
                continue
        time.sleep(0.002)
    pytest.fail("its three processes never appear")


@pytest.mark.parametrize("stage", range(3))
def test_a_killed_process_is_a_failed_case_and_not_a_hang(
    started: subprocess.Popen[str], stage: int
) -> None:
    kill_one(started, stage)
    stdout, _ = started.communicate(timeout=60)
    assert started.returncode == 1
    assert "was ended, by signal or status 9" in stdout or "was ended by signal 9" in stdout
    assert members_after(started.pid, seconds=10) == []


@pytest.mark.parametrize("allowed", range(3))
def test_a_refused_thread_is_a_skipped_case(allowed: int) -> None:
    if not REFUSE_THREADS:
        pytest.skip("REFUSE_THREADS names no library")
    # 100 items: the input is made, and the output checked, by the main thread alone
    chosen = "--workload pipeline --variant threads --sizes 100 --benchmark_filter=-cpus"
    preloaded = {"LD_PRELOAD": REFUSE_THREADS, "WORKSPAN_THREADS": str(allowed)}
    done = subprocess.run(
        [BENCH, *chosen.split(), "--budget", "0.2s"],
        env=os.environ | preloaded | {"CUDA_VISIBLE_DEVICES": "", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    reason = f"cannot start thread {allowed + 1} of 3: Resource temporarily unavailable ("
    assert reason in done.stderr
