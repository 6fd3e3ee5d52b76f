# SPDX-License-Identifier: Apache-2.0
"""Each workload of concurrency interrupted and killed in the midst of its runs: nothing is left.

Neither processes nor files. The workloads are those of the binary, so a new one is tested too.
BENCH names the binary.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sessions import in_session, members_after, session_members

BENCH = os.environ["BENCH"]
LASTING = ["--threads", "2", "--budget", "60s", "--benchmark_repetitions", "100000"]
PATIENCE = 60  # seconds: the machine may be busy


def concurrent_variants() -> dict[str, list[str]]:
    """The variants of each workload, as the binary plans them."""
    command = [BENCH, "--preset", "concurrency", "--dry-run", "--benchmark_format=json"]
    plan = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE).stdout
    found: dict[str, list[str]] = {}
    for case in json.loads(plan)["workspan"]["cases"]:
        found.setdefault(case["workload"], []).append(case["variant"])
    return found


VARIANTS = concurrent_variants()
# Of each workload all variants, and those alone that make processes.
ALL = [(workload, "") for workload in VARIANTS]
PROCESSES = [
    (workload, variant)
    for workload, variants in VARIANTS.items()
    for variant in sorted({v for v in variants if v.startswith("process")})
]


def named(param: object) -> str:
    return "-".join(filter(None, param)) if isinstance(param, tuple) else str(param)


@dataclass
class Started:
    """The binary in a session of its own, and the folders that it may leave files in."""

    process: subprocess.Popen[str]
    folder: Path

    def files(self) -> list[str]:
        """Those left, but for the results and the progress that it was asked for."""
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*"))
        return sorted({*found} - {"here", "tmp", "results.json", "progress.json"})


def wait_for_a_run(started: Started, of_processes: bool) -> None:
    """Until some case or other is running, or there are processes."""
    end = time.monotonic() + PATIENCE
    begun = started.folder / "progress.json"
    while not (session_members(started.process.pid) if of_processes else begun.exists()):
        assert time.monotonic() < end and started.process.poll() is None, "it does not begin"
        time.sleep(0.001)
    time.sleep(0 if of_processes else 0.7)


@pytest.fixture
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    workload, variant = request.param
    chosen = ["--workload", workload, *(["--variant", variant] if variant else [])]
    here, tmp = tmp_path / "here", tmp_path / "tmp"
    here.mkdir()
    tmp.mkdir()
    files = ["--out", str(tmp_path / "results.json")]
    files += ["--progress-file", str(tmp_path / "progress.json")]
    command = [BENCH, *chosen, *LASTING, *files]
    with in_session(command, here, {"TMPDIR": str(tmp)}) as process:
        started = Started(process, tmp_path)
        wait_for_a_run(started, of_processes=bool(variant))
        yield started


@pytest.mark.parametrize("started", ALL, indirect=True, ids=named)
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


@pytest.mark.parametrize("started", [*ALL, *PROCESSES], indirect=True, ids=named)
def test_a_kill_ends_its_processes_too_and_leaves_no_file(started: Started) -> None:
    started.process.kill()
    started.process.wait(timeout=PATIENCE)
    assert members_after(started.process.pid, seconds=10) == []
    assert started.files() == []
