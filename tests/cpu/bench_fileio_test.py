# SPDX-License-Identifier: Apache-2.0
"""fileio by the binary: the latencies in the file, skips with their reason, and no file is left
behind, however it ends. BENCH names the binary."""

import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

BENCH = os.environ["BENCH"]
FEW = "--workload fileio --sizes 16 --axis input:cached,inflight:4 --benchmark_repetitions=2"


def bench(
    arguments: str, folder: Path | str, refuse: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BENCH, *arguments.split(), "--benchmark_format=json"],
        env=os.environ | {"TMPDIR": str(folder)},
        preexec_fn=refuse,
        capture_output=True,
        text=True,
        timeout=60,
    )


def cases(done: subprocess.CompletedProcess[str]) -> dict[str, dict]:
    """Of the variants, but for io_uring where it is refused or was not built."""
    found = {c["variant"]: c for c in json.loads(done.stdout)["workspan"]["cases"]}
    uring = found.get("io_uring", {})
    if "io_uring" in uring.get("reason", "") or "liburing" in uring.get("reason", ""):
        del found["io_uring"]
    return found


def test_every_read_has_a_latency_in_the_file(tmp_path: Path) -> None:
    done = bench(FEW, tmp_path)
    assert done.returncode == 0, done.stderr
    found = cases(done)
    assert {"seq", "threads", "futures", "coroutines"} <= set(found)
    for case in found.values():
        assert case["status"] == "ok", case
        process = case["invocations"][0]
        tasks = sum(process["latencies"]["tasks"])
        assert tasks % 16 == 0
        assert tasks >= 16 * sum(process["runs"])  # runs that warm up count too
        assert min(process["latencies"]["ns"]) > 100  # 64 KiB are not copied in less
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("input_", "folder", "says"),
    [
        ("cached", "/nowhere", "a scratch file in /nowhere: No such file or directory"),
        ("cached", "/proc", "a scratch file in /proc: "),
        ("direct", "/dev/shm", "input:direct needs a file system on a disk; /dev/shm is a tmpfs"),
    ],
)
def test_a_folder_that_does_not_serve_is_a_skip_with_its_name(
    input_: str, folder: str, says: str
) -> None:
    if folder == "/dev/shm" and not Path(folder).exists():
        pytest.skip("no /dev/shm")
    done = bench(FEW.replace("cached", input_), folder)
    assert done.returncode == 3, done.stderr
    for case in json.loads(done.stdout)["workspan"]["cases"]:
        assert (case["status"], case["cause"]) == ("skipped", "unavailable")
        assert says in case["reason"] or "liburing" in case["reason"]


def test_a_file_that_may_not_be_that_large_is_a_skip_and_no_signal(tmp_path: Path) -> None:
    half = 1 << 19
    done = bench(FEW, tmp_path, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (half, half)))
    assert done.returncode == 3, done.stderr
    assert "it needs 1024 KiB, RLIMIT_FSIZE is 512 KiB" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("variant", ["seq", "threads", "futures", "coroutines", "io_uring"])
def test_an_interrupted_run_leaves_no_file(
    variant: str, number: signal.Signals, tmp_path: Path
) -> None:
    lasting = "--axis inflight:8 --budget 60s --benchmark_repetitions=100000"
    process = subprocess.Popen(
        [BENCH, *f"--workload fileio --sizes 256 --variant {variant} {lasting}".split()],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(0.5)
        if process.poll() == 3:
            pytest.skip("io_uring is refused, or was not built")
        process.send_signal(number)
        _, stderr = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == (-9 if number == signal.SIGKILL else 130), stderr
    assert list(tmp_path.iterdir()) == []
