# SPDX-License-Identifier: Apache-2.0
"""echo by the real binary where the system refuses sockets: skipped cases with the reason. BENCH
names the binary."""

import errno
import json
import os
import resource
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from seccomp import refuse_calls

BENCH = os.environ["BENCH"]
CASES = "--workload echo --sizes 1000 --axis input:b64 --axis inflight:16 --axis cpus: --threads 2"
SERVERS = ("threads", "processes", "coroutines")


def bench(
    refuse: Callable[[], None] | None = None, options: str = ""
) -> subprocess.CompletedProcess[str]:
    """A run that must end within a minute, whatever is refused."""
    short = ["--budget", "0.2s", "--benchmark_format=json"]
    return subprocess.run(
        [BENCH, *CASES.split(), *options.split(), *short],
        preexec_fn=refuse,
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )


def cases(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return json.loads(done.stdout)["workspan"]["cases"]


def allow_files(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def test_both_loops_have_latencies_and_counters() -> None:
    done = bench(options="--benchmark_repetitions=2")
    assert done.returncode == 0, done.stdout + done.stderr
    found = {(c["variant"], c["keys"]["rate"]): c for c in cases(done)}
    assert set(found) == {(v, "closed") for v in ("seq", *SERVERS)} | {
        (v, "20000") for v in SERVERS
    }
    for (_, rate), case in found.items():
        (samples,) = case["invocations"]
        assert sum(samples["latencies"]["tasks"]) == 1000 * sum(samples["runs"])
        open_loop = {"late", "send_late_p50_ns"} if rate != "closed" else set()
        of_all = {"requests_per_s", "client_cpu_ns", "server_cpu_ns"}
        assert set(case["counters"]) == of_all | open_loop
        assert case["counters"]["requests_per_s"] <= (20030 if open_loop else 1e7)
        if open_loop:
            assert case["time"] >= 0.0499, "the last request is due after 49.95 ms"


@pytest.mark.parametrize("files", [12, 20])
def test_too_few_descriptors_are_skipped_cases_with_the_reason(files: int) -> None:
    done = bench(partial(allow_files, files), "--axis rate:closed")
    assert done.returncode == 0, done.stderr
    for case in cases(done):
        if case["variant"] in SERVERS:
            assert (case["status"], case["cause"]) == ("skipped", "unavailable"), case["reason"]
            assert case["reason"].endswith(f"Too many open files (RLIMIT_NOFILE {files})")
        else:
            assert case["status"] == "ok", case["reason"]


@pytest.mark.parametrize("files", [22, 24, 36, 37, 38, 39])
def test_descriptors_that_hardly_suffice_never_fail_a_case(files: int) -> None:
    """Processes need a descriptor for each connection, the others two, and an event loop some."""
    done = bench(partial(allow_files, files), "--axis rate:closed")
    assert done.returncode == 0, done.stderr
    assert {c["status"] for c in cases(done)} <= {"ok", "skipped"}


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        ("bind", errno.EADDRINUSE, "cannot bind a port of 127.0.0.1: Address already in use"),
        ("connect", errno.EADDRNOTAVAIL, "connection 1: Cannot assign requested address"),
        ("socket", errno.EAFNOSUPPORT, "cannot open a socket: Address family not supported"),
    ],
)
def test_no_port_and_no_network_are_skipped_cases(call: str, error: int, says: str) -> None:
    done = bench(partial(refuse_calls, error, call), "--axis rate:closed")
    assert done.returncode == 3
    for case in cases(done):
        assert (case["status"], case["cause"]) == ("skipped", "unavailable")
        assert says in case["reason"]


def test_a_refused_event_loop_is_a_skipped_case() -> None:
    done = bench(partial(refuse_calls, errno.EMFILE, "epoll_create1"), "--axis rate:closed")
    assert done.returncode == 0, done.stderr
    for case in cases(done):
        if case["variant"] in SERVERS:
            assert (case["status"], case["cause"]) == ("skipped", "unavailable"), case["reason"]
            assert "Too many open files" in case["reason"]
