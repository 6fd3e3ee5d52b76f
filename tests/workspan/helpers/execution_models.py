# SPDX-License-Identifier: Apache-2.0
"""Execution models as measured by small programs on two virtual Zen 4 cores: made-up files with the
numbers of that study.
"""

from collections.abc import Mapping
from typing import Any

from sample_results import case, tree, without_times

STEPS, STEP = 2**26, 0.92e-9  # of busy; seconds of one step
SEQ = STEPS * STEP
OWN = ("tbb", "pool", "coroutines", "process_pool")
PER_TASK = ("threads", "futures", "processes")
TASK_COST = {  # seconds
    "seq": 4.6e-9,
    "omp": 81e-9,
    "omp_tasks": 67e-9,
    "tbb": 29e-9,
    "pool": 690e-9,
    "coroutines": 247e-9,
    "futures": 37e-6,
    "threads": 36e-6,
    "process_pool": 560e-9,
    "processes": 129e-6,
}
# Gains of computing on two cores, by grain from 2^8 to 2^22; None: not measured.
GAINS: dict[str, tuple[float | None, ...]] = {
    "omp": (1.2, 1.8, 1.9, 1.95, 1.9, 1.83, 1.9, 1.9),
    "omp_tasks": (0.4, 0.9, 1.85, 1.9, 1.9, 1.80, 1.9, 1.9),
    "tbb": (1.9, 1.9, 1.9, 1.9, 1.9, 1.82, 1.9, 1.9),
    "pool": (0.2, 0.7, 1.8, 1.9, 1.9, 1.82, 1.85, 1.9),
    "coroutines": (0.1, 0.35, 1.1, 1.75, 1.9, 1.9, 1.9, 1.9),
    "futures": (None, None, None, 0.32, 0.75, 1.26, 1.6, 1.8),
    "threads": (None, None, None, 0.34, 0.75, 1.3, 1.6, 1.8),
    "processes": (None, None, None, None, None, 0.7, 1.2, 1.6),
}
ON_ONE_CORE = {"omp": 0.98, "omp_tasks": 0.99, "tbb": 0.99, "pool": 0.99, "coroutines": 0.99} | {
    "futures": 0.87,
    "threads": 0.87,
    "processes": 0.46,
}
WAITING = {  # seconds on one core of 100 tasks, and of 10^4
    "seq": (1.011, None),
    "pool": (10.6e-3, 105e-3),
    "coroutines": (10.2e-3, 16.5e-3),
    "futures": (12.6e-3, 427e-3),
    "threads": (13.1e-3, 470e-3),
    "processes": (25.5e-3, None),
}
ON_TWO = {"processes": 17.7e-3}  # what two cores change for 100 waiting tasks
MEMORY = {"pool": 28672.0, "coroutines": 1229.0, "futures": 28672.0, "threads": 28672.0}


def measured(name: str, seconds: float, **changed: Any) -> dict[str, Any]:
    """A case of an execution model, 1 % of interval on each side."""
    workload, variant = name.split("/")[:2]
    threading = (
        "per_task"
        if variant in PER_TASK or (workload, variant) == ("waiters", "pool")
        else "own"
        if variant in OWN
        else "team"
        if variant.startswith("omp")
        else "one"
    )
    fields = {"ceiling": "", "rate_unit": "items", "threading": threading}
    fields["subject"] = "concurrency"
    work = {"flops": 0.0, "bytes": 0.0, "items": 1.0}
    times = [seconds * 0.99, seconds, seconds * 1.01]
    return case(name, times, **(fields | {"cost": work} | changed))


def unmeasured(name: str, *status_and_reason: str, **changed: Any) -> dict[str, Any]:
    """A case of an execution model that is not ok."""
    return without_times(name, *status_and_reason, subject="concurrency", **changed)


def dispatch(cpus: int = 2) -> list[dict[str, Any]]:
    """n empty tasks; of processes 100."""
    return [
        measured(f"dispatch/{model}/n:{n}/threads:{1 if model == 'seq' else cpus}", cost * n)
        for model, cost in TASK_COST.items()
        for n in ((100,) if model == "processes" else (100, 10_000))
    ]


def busy() -> list[dict[str, Any]]:
    """Computing tasks of every grain on two CPUs, and of one grain on one core."""
    found = []
    for k in range(8):
        grain = 2 ** (8 + 2 * k)
        found.append(busy_case("seq", grain, SEQ * (1.02 if k == 0 else 1), threads=1))
        for model, gains in GAINS.items():
            if gain := gains[k]:
                found.append(busy_case(model, grain, SEQ / gain))
    one = {"seq": 1.0} | ON_ONE_CORE
    found += [busy_case(model, 2**18, SEQ / gain, "/cpus:1", 1) for model, gain in one.items()]
    return found


def busy_case(
    model: str, grain: int, seconds: float, key: str = "", threads: int = 2, **changed: Any
) -> dict[str, Any]:
    """A case of busy, which counts the CPUs that it used."""
    name = f"busy/{model}/n:{STEPS}/grain:{grain}{key}/threads:{threads}"
    counters = {"tasks": float(STEPS // grain), "cpus_used": float(threads)}
    return measured(name, seconds, **({"counters": counters} | changed))


def waiters() -> list[dict[str, Any]]:
    """Waiting tasks on one core, and 100 of them on two CPUs."""
    found = []
    for model, times in WAITING.items():
        memory = {"bytes_per_waiter": MEMORY[model]} if model in MEMORY else {}
        for n, seconds in zip((100, 10_000), times, strict=True):
            if seconds:
                name = f"waiters/{model}/n:{n}/tau:10ms/cpus:1/threads:1"
                found.append(measured(name, seconds, counters=memory, **idle(seconds)))
        threads = 1 if model == "seq" else 2
        name = f"waiters/{model}/n:100/tau:10ms/threads:{threads}"
        both = ON_TWO.get(model, times[0])
        found.append(measured(name, both or 1.0, counters=memory))
    return found


def idle(seconds: float) -> Mapping[str, Any]:
    """Invocations that hardly use a CPU, as those of waiting tasks."""
    wall = [seconds * 0.99, seconds, seconds * 1.01]
    times = {"wall": wall, "cpu": [1e-6] * 3, "iterations": 1, "cpu_share": 1e-3}
    return {"invocations": [times | {"round_trips": []}]}


def models() -> list[dict[str, Any]]:
    """Everything that the preset concurrency measures."""
    return [*dispatch(), *busy(), *waiters()]


def file_of(cases: list[dict[str, Any]], cpus: int = 2) -> dict[str, Any]:
    """A whole file as JSON. cpus: the number of usable ones."""
    file = tree(cases)
    file["workspan"]["run"] |= {"all_threads": cpus, "preset": "concurrency"}
    return file
