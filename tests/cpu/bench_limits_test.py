# SPDX-License-Identifier: Apache-2.0
"""The binary where the system refuses threads and processes: cases are skipped with the reason, and
the others are measured. BENCH names the binary."""

import errno
import json
import os
import re
import resource
import subprocess
from collections.abc import Callable

import pytest
from seccomp import refuse_calls

BENCH = os.environ["BENCH"]
REASON = (
    r"Resource temporarily unavailable "
    r"\(RLIMIT_NPROC (\w+), RLIMIT_AS unlimited, pids.max \w+, threads-max \d+\)$"
)


def refuse_by_filter() -> None:
    """clone() and clone3() return EAGAIN from now on, as if a cgroup's pids.max was reached."""
    refuse_calls(errno.EAGAIN, "clone", "clone3")


def refuse_by_number() -> None:
    """No further process or thread of this user; root has no such limit."""
    if os.getuid() == 0:
        os.setuid(65534)
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))


def refuse_by_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))


def bench(arguments: str, refuse: Callable[[], None]) -> subprocess.CompletedProcess:
    """A run that must end within a minute, whatever is refused."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BENCHMARK_")}
    try:
        return subprocess.run(
            [BENCH, *arguments.split(), "--budget", "0.2s", "--benchmark_min_time=0.0005"],
            preexec_fn=refuse,
            capture_output=True,
            text=True,
            timeout=60,
            # OpenBLAS makes its threads when it is loaded
            env=environment | {"OPENBLAS_NUM_THREADS": "1"},
        )
    except PermissionError:
        pytest.skip("the unprivileged user may not run this binary")


def cases(out: str) -> dict[str, tuple[str, str, str]]:
    return {
        c["variant"]: (c["status"], c.get("cause", ""), c.get("reason", ""))
        for c in json.loads(out)["workspan"]["cases"]
    }


ALONE = {"seq", "coroutines_bare", "coroutines_yield"}
PROBLEMS = {
    "dispatch": "--sizes 100 --threads 3",
    "busy": "--sizes 2^20 --axis grain:65536 --benchmark_filter=-cpus --threads 3",
    "pipeline": "--sizes 100 --benchmark_filter=-cpus --threads 3",
    "waiters": "--sizes 20 --axis tau:1ms --benchmark_filter=-cpus|chain --threads 3",
    "futures": "--sizes 20 --axis cancel:0 --threads 3",
    "echo": "--sizes 100 --axis inflight:3 --axis input:b64 --axis rate:closed --threads 3",
    "contention": "--sizes 1000 --threads 3",
}


@pytest.mark.parametrize("workload", PROBLEMS)
@pytest.mark.parametrize("refuse", [refuse_by_number, refuse_by_filter])
def test_refused_threads_are_skipped_cases_with_the_reason(
    workload: str, refuse: Callable[[], None]
) -> None:
    done = bench(f"--workload {workload} {PROBLEMS[workload]} --benchmark_format=json", refuse)
    assert done.returncode == 0, done.stderr
    for variant, (status, cause, reason) in cases(done.stdout).items():
        if variant.startswith("cuda") or "built without" in reason:
            continue
        if variant in ALONE or (workload, variant) == ("futures", "coroutines"):
            assert status == "ok", f"{variant}: {reason}"
            continue
        assert (status, cause) == ("skipped", "unavailable"), f"{variant}: {reason}"
        named = re.search(REASON, reason)
        assert named, f"{variant}: {reason}"
        assert named.group(1) == "1" or refuse is refuse_by_filter


@pytest.mark.parametrize("refuse", [refuse_by_number, refuse_by_filter])
def test_nothing_but_refused_cases_is_exit_code_3(refuse: Callable[[], None]) -> None:
    done = bench("--workload dispatch --variant threads,pool,processes --sizes 100", refuse)
    assert done.returncode == 3
    assert "Resource temporarily unavailable (RLIMIT_NPROC" in done.stderr


def test_too_little_memory_for_the_stacks_is_a_skipped_case() -> None:
    if bench("--version", refuse_by_memory).returncode == 127:
        pytest.skip("the libraries of CUDA alone take more addresses: the loader gives up")
    done = bench(
        "--workload waiters --sizes 200 --axis tau:1ms --benchmark_filter=-cpus|chain --threads 2 "
        "--variant seq,threads,futures,pool,coroutines --benchmark_format=json",
        refuse_by_memory,
    )
    assert done.returncode == 0, done.stderr
    found = cases(done.stdout)
    for variant in ("threads", "futures", "pool"):
        assert found[variant][:2] == ("skipped", "unavailable"), found[variant]
        assert "RLIMIT_AS 536870912" in found[variant][2]
    assert found["coroutines"][0] == "ok", found["coroutines"]
