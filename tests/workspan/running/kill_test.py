# SPDX-License-Identifier: Apache-2.0
"""kill -9 of `workspan run` at random moments.

No finished invocation is lost, all files are readable, a resume completes, no process survives.
"""

import os
import random
import re
import signal
import time
from pathlib import Path

import pytest
from fake_run import fake_binary, journals, only_run, start, wait_for_start, workspan

from workspan.resultfile.read import read_result
from workspan.running.run_folder import read_run

TRIALS = 100 if os.environ.get("WORKSPAN_LONG") else 4
MORE = {"WORKSPAN_FAKE": "alpha:litter beta:litter gamma:litter", "WORKSPAN_FAKE_SECONDS": "0.02"}


@pytest.fixture(scope="module")
def run_seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Seconds of an undisturbed run; the kills are spread over this time."""
    start_time = time.monotonic()
    with start(fake_binary(tmp_path_factory.mktemp("seconds")), more=MORE) as runner:
        runner.communicate()
    assert runner.returncode == 0
    return time.monotonic() - start_time


def with_mark(mark: bytes) -> list[int]:
    """Other processes with this variable in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            zombie = (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            if (
                not zombie
                and int(folder.name) != os.getpid()
                and mark in (folder / "environ").read_bytes().split(b"\0")
            ):
                found.append(int(folder.name))
        except OSError:
            pass
    return found


def wait_for_children(bench: Path) -> list[int]:
    mark = f"WORKSPAN_FAKE_LOG={bench.parent / 'log'}".encode()
    end = time.monotonic() + 30
    while (left := with_mark(mark)) and time.monotonic() < end:
        time.sleep(0.01)
    return left


def start_and_kill(bench: Path, delay: float, *arguments: str) -> tuple[bool, set[str]]:
    """Whether the kill came too late, and the invocations reported as finished."""
    with start(bench, *arguments, more=MORE) as runner:
        time.sleep(delay)
        late = runner.poll() is not None
        runner.kill()
        _, errors = runner.communicate()
    assert wait_for_children(bench) == []
    return late, {
        " ".join(found)
        for found in re.findall(r"^\[\d+/\d+\] (\w+) (\d+): ok", errors, re.MULTILINE)
    }


def read_folder(bench: Path) -> tuple[set[str], dict[str, bytes]]:
    """The invocations in the folder, and its files; all must be readable."""
    folder = only_run(bench)
    manifest, found = read_run(folder)
    assert manifest.workloads and all(journal.record.reason == "" for journal in found)
    if (folder / "result.json").exists():
        read_result(folder / "result.json")
    names = {f"{journal.record.workload} {journal.record.number}" for journal in found}
    assert len(names) == len(found)
    return names, {path.name: path.read_bytes() for path in folder.glob("0*.json")}


@pytest.mark.parametrize("trial", range(TRIALS))
def test_kill_at_random_moments(trial: int, run_seconds: float, tmp_path: Path) -> None:
    bench, chance = fake_binary(tmp_path), random.Random(trial)
    finished: set[str] = set()
    files: dict[str, bytes] = {}
    for _ in range(2):
        run = list((tmp_path / "results/local").glob("2*"))
        resume = ["--resume", run[0].name] if run else []
        late, reported = start_and_kill(bench, chance.uniform(0, run_seconds), *resume)
        finished |= reported
        if not list((tmp_path / "results/local").glob("2*")):
            assert not reported and not late
            continue
        names, now = read_folder(bench)
        assert finished <= names
        assert files.items() <= now.items()
        files = now
    run = list((tmp_path / "results/local").glob("2*"))
    done = workspan(bench, *(["--resume", run[0].name] if run else []), **MORE)
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "results/local").glob("2*")
    _, last = read_run(folder)
    assert sorted((j.record.workload, j.record.number) for j in last) == [
        (w, n) for w in ("alpha", "beta", "gamma") for n in range(1, 6)
    ]
    assert (
        files.items() <= {path.name: path.read_bytes() for path in folder.glob("0*.json")}.items()
    )
    assert read_result(folder / "result.json").workspan.run.complete
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert wait_for_children(bench) == []


def is_watchdog(pid: int) -> bool:
    """Whether it is a watchdog: of all children, even before exec, only that ignores SIGTERM."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has ended since it was listed
        return False
    ignored = re.search(r"^SigIgn:\s*(\w+)", status, re.M)
    return bool(ignored and int(ignored[1], 16) >> (signal.SIGTERM - 1) & 1)


def test_a_killed_watchdog_is_replaced(tmp_path: Path) -> None:
    bench = fake_binary(tmp_path)
    with start(bench, more=MORE) as runner:
        assert runner.stderr
        runner.stderr.readline()  # the estimate
        runner.stderr.readline()  # the first invocation
        kills = 0
        for _ in range(5):
            children = Path(f"/proc/{runner.pid}/task/{runner.pid}/children").read_text().split()
            for pid in filter(is_watchdog, map(int, children)):
                os.kill(pid, 9)
                kills += 1
            time.sleep(0.1)
        runner.communicate()
    assert runner.returncode == 0 and kills and len(journals(bench)) == 15
    assert wait_for_children(bench) == []


def test_watchdog_and_runner_killed(tmp_path: Path) -> None:
    """The measuring process still dies with the runner."""
    bench = fake_binary(tmp_path)
    with start(
        bench, more={"WORKSPAN_FAKE": "alpha:stubborn beta:stubborn gamma:stubborn"}
    ) as runner:
        wait_for_start(bench, runner)
        for pid in Path(f"/proc/{runner.pid}/task/{runner.pid}/children").read_text().split():
            if b"workspan.cli.app" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(int(pid), 9)
        runner.kill()
        runner.communicate()
    assert wait_for_children(bench) == []
