# SPDX-License-Identifier: Apache-2.0
"""The names of cases, workload/variant/n:N[/key:value ...]/threads:T, and of special variants."""

from collections.abc import Iterable, Mapping
from typing import Final

# Variants that others are compared with, or that differ from others in nothing but their name.
BASELINE: Final = "seq"  # the suite's code for one thread
TEAM: Final = "omp"  # the OpenMP variant: the ceiling on several threads, of a ceiling workload
PAGEABLE: Final = "cuda_e2e"  # with the transfers, from and to pageable memory
PINNED: Final = "cuda_pinned"  # the same from and to page-locked memory
THREAD_EACH: Final = "threads"  # a std::jthread for each task
LOOPS: Final = frozenset(("omp", "tbb"))  # share out the iterations of a loop: they issue no task

# Workloads about concurrency: execution models are their variants.
DISPATCH: Final = "dispatch"  # n empty tasks
BUSY: Final = "busy"  # n steps of computing, cut into tasks of `grain` steps
WAITERS: Final = "waiters"  # n tasks that wait for the time `tau`
FUTURES: Final = "futures"  # n tasks with handles: status, result, cancel
FILEIO: Final = "fileio"  # n blocks of a file, read in random order
ECHO: Final = "echo"  # n requests to a server on this machine
PIPELINE: Final = "pipeline"  # n items through three stages
CONTENTION: Final = "contention"  # n increments of one counter by all threads
OVERLAP: Final = "overlap"  # n elements through a GPU, in chunks

AXES: Final = (  # further keys, in the order of a name
    *("input", "grain", "tau", "inflight", "rate"),
    *("cancel", "chunks", "cpus", "passes", "ranks", "l2"),
)
CASE_NAME: Final = (
    r"\A[a-z0-9_]{1,64}/[a-z0-9_]{1,64}/n:[0-9]{1,19}"
    + "".join(f"(/{axis}:[a-z0-9_.]{{1,64}})?" for axis in AXES)
    + r"/threads:[0-9]{1,6}\Z"
)


def case_name(workload: str, variant: str, n: int, keys: Mapping[str, str], threads: int) -> str:
    """The name of a case with these parts."""
    further = "".join(f"/{axis}:{keys[axis]}" for axis in AXES if axis in keys) if keys else ""
    return f"{workload}/{variant}/n:{n}{further}/threads:{threads}"


def problem_name(workload: str, inputs: Iterable[str]) -> str:
    """A workload with the values of its further keys: histogram zipf."""
    return " ".join([workload, *inputs])
