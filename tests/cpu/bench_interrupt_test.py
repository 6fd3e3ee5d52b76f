# SPDX-License-Identifier: Apache-2.0
"""Each workload of concurrency interrupted and killed in the midst of its runs: nothing is left.

Neither processes nor files. The workloads are those of the binary, so a new one is tested too.
BENCH names the binary.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sessions import members_after, session_members

BENCH = os.environ["BENCH"]
LASTING = ["--threads", "2", "--budget", "60s", "--benchmark_repetitions", "100000"]
PATIENCE = 60  # seconds: the machine may be busy


def concurrent_workloads() -> list[str]:
    command = [BENCH, "--preset", "concurrency", "--dry-run", "--benchmark_format=json"]
    plan = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout
    return sorted({case["workload"] for case in json.loads(plan)["workspan"]["cases"]})


@dataclass
class Started:
    """The binary in a session of its own, and the folders that it may leave files in."""

    process: subprocess.Popen[str]
    folder: Path

    def files(self) -> list[str]:
        """Those left, but for the results and the progress that it was asked for."""
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*"))
        return sorted({*found} - {"here", "tmp", "results.json", "progress.json"})


def wait_for_a_run(started: Started) -> None:
    end = time.monotonic() + PATIENCE
    while not (started.folder / "progress.json").exists():
        assert time.monotonic() < end and started.process.poll() is None, "it does not begin"
        time.sleep(0.01)
    time.sleep(0.7)  # some case or other is running now


@pytest.fixture
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    here, tmp = tmp_path / "here", tmp_path / "tmp"
    here.mkdir()
    tmp.mkdir()
    files = ["--out", str(tmp_path / "results.json")]
    files += ["--progress-file", str(tmp_path / "progress.json")]
    process = subprocess.Popen(
        [BENCH, "--workload", request.param, *LASTING, *files],
        cwd=here,
        env=os.environ | {"TMPDIR": str(tmp)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started = Started(process, tmp_path)
    try:
        wait_for_a_run(started)
        yield started
    finally:
        for pid in session_members(process.pid):
            with contextlib.suppress(ProcessLookupError):  # it has ended since it was listed
                os.kill(pid, signal.SIGKILL)
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("started", concurrent_workloads(), indirect=True)
def test_an_interrupt_ends_it_in_order_and_leaves_nothing(started: Started) -> None:
    os.killpg(started.process.pid, signal.SIGINT)  # as Ctrl-C on a terminal
    _, stderr = started.process.communicate(timeout=PATIENCE)
    assert started.process.returncode == 130, stderr
    assert session_members(started.process.pid) == []
    assert started.files() == []
    statuses = {
        case["status"]
        for case in json.loads((started.folder / "results.json").read_text())["workspan"]["cases"]
    }
    assert statuses <= {"ok", "skipped"}, "an interrupt is no failure of a case"


@pytest.mark.parametrize("started", concurrent_workloads(), indirect=True)
def test_a_kill_ends_its_processes_too_and_leaves_no_file(started: Started) -> None:
    started.process.kill()
    started.process.wait(timeout=PATIENCE)
    assert members_after(started.process.pid, seconds=10) == []
    assert started.files() == []
