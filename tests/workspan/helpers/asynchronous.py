# SPDX-License-Identifier: Apache-2.0
"""What asynchrony is used for, as measured by small programs on two virtual Zen 4 cores: made-up
files with the numbers of that study.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from execution_models import measured

BLOCK = 65536
PROCESSES = 3
FILES = {  # of 1024 blocks, 8 in flight, past the cache: rate in MB/s, CPU of a read in us
    "seq": (1051.0, 20.6),
    "threads": (1096.0, 15.4),
    "coroutines": (721.0, 46.6),
    "io_uring": (1282.0, 13.4),
}
ECHO = {  # 16 in flight: requests/s, CPU of a request in us; p50, p99, p99.9 in us at 20 000/s
    "threads": (110e3, 17.0, None),
    "coroutines": (125e3, 10.0, (40, 91, 290)),
}
ON_ONE_CORE = {"threads": 80e3, "coroutines": 95e3}  # requests/s
FUTURES = {  # ns of spawn, status, get, cancel; share of the cancelled that never ran
    "futures": (27e3, 9.0, 40.0, None, None),
    "threads": (28e3, 4.0, 7.0, 36.0, 0.994),
    "pool": (87.0, 1.0, 20.0, 11.0, 1.0),
    "coroutines": (417.0, 0.3, 7.0, 34.0, 1.0),
}
STAGES = {"read_ns": 200.0, "transform_ns": 1000.0, "reduce_ns": 300.0}
PIPELINE = {"seq": 1500.0, "threads": 3500.0, "coroutines": 1850.0, "tbb": 1200.0}  # ns an item
HANDING_OVER = {"threads": 5000.0, "tbb": 1600.0}  # the same on one core
CONTENTION = {  # ns an increment on one thread and on two
    "seq": (1.5, None),
    "omp_critical": (10.0, 23.0),
    "omp_atomic": (4.7, 6.5),
    "sharded": (1.5, 0.8),
}
OVERLAP = {  # ms, and the efficiency
    "seq": (90.0, None),
    "cuda": (30.0, 0.4),
    "cuda_streams": (15.0, 0.75),
}


def latencies(of: Mapping[int, int]) -> dict[str, list[int]]:
    """A histogram as it stands in a file: ns -> tasks."""
    return {"ns": sorted(of), "tasks": [of[ns] for ns in sorted(of)]}


def processes(
    seconds: Sequence[float],
    histograms: Sequence[Mapping[int, int]] = (),
    cpu: float = 1e-3,
    **changed: Any,
) -> list[dict[str, Any]]:
    """Invocations with one sample each."""
    found = []
    for k, wall in enumerate(seconds):
        one = {"wall": [wall], "cpu": [cpu], "iterations": 1, "number": k + 1, "cpu_share": 0.5}
        if histograms:
            one["latencies"] = latencies(histograms[k])
        found.append(one | {"round_trips": []} | changed)
    return found


def served(
    name: str,
    seconds: float,
    histogram: Mapping[int, int] | None = None,
    cpu: float = 1e-3,
    **changed: Any,
) -> dict[str, Any]:
    """A case of three like processes, each with these latencies."""
    of = [histogram] * PROCESSES if histogram else []
    fields = {"invocations": processes([seconds] * PROCESSES, of, cpu)} | changed
    if fields.get("scope", "host") != "host":
        for one in fields["invocations"]:
            one.pop("cpu_share")
    one = measured(name, seconds, **fields)
    return one | {"interval": changed.get("interval", [seconds, seconds])}


def spread(p50: int, p99: int, p999: int, count: int = 20_000) -> dict[int, int]:
    """A histogram in ns of which these are the percentiles, in us."""
    above = count // 1000
    middle = {p50 * 1000: count // 2, p99 * 1000: count // 2 - 10 * above}
    return middle | {p999 * 1000: 9 * above, 2 * p999 * 1000: above}


def files(cached: bool = True) -> list[dict[str, Any]]:
    """Blocks of a file: what is past the cache, and seq and threads from it."""
    work = {"flops": 0.0, "bytes": 1024.0 * BLOCK, "items": 1024.0}
    found = []
    for kind, share in (("direct", 1.0), *([("cached", 10.0)] if cached else [])):
        for model, (rate, cpu) in FILES.items():
            if kind == "direct" or model in ("seq", "threads"):
                seconds = 1024 * BLOCK / (share * rate * 1e6)
                threads = 1 if model == "seq" else 2
                name = f"fileio/{model}/n:1024/input:{kind}/inflight:8/threads:{threads}"
                of = spread(59, 87, 150, 2000)
                found.append(served(name, seconds, of, cpu=1024e-6 * cpu, cost=work))
    return found


def echo() -> list[dict[str, Any]]:
    """Requests in a closed loop, and at 20 000 a second."""
    found = []
    for model, (rate, cpu, known) in ECHO.items():
        n = 20_000
        name = f"echo/{model}/n:{n}/input:b64/inflight:16/rate:"
        halves = {"client_cpu_ns": 500 * cpu, "server_cpu_ns": 500 * cpu}
        of = spread(163, 210, 260)
        found.append(served(f"{name}closed/threads:2", n / rate, of, counters=halves))
        on_one = f"{name}closed/cpus:1/threads:1"
        found.append(served(on_one, n / ON_ONE_CORE[model], of, counters=halves))
        if known:
            of, late = spread(*known), {"late": 20.0, "send_late_p50_ns": 15e3}
            found.append(served(f"{name}20000/threads:2", 1.0, of, counters=late))
    return found


def futures() -> list[dict[str, Any]]:
    """Tasks with handles: none cancelled, and half of them."""
    found = []
    for model, (spawn, status, get, cancel, never) in FUTURES.items():
        n = 10_000 if model in ("pool", "coroutines") else 1000
        calls = {"spawn_ns": spawn, "status_ns": status, "get_ns": get}
        name = f"futures/{model}/n:{n}/cancel:"
        found.append(measured(f"{name}0/threads:2", n * 1e-6, counters=calls))
        if cancel:
            asked = {"spawn_ns": 9.0 * spawn, "cancel_ns": cancel, "never_ran_share": never}
            found.append(measured(f"{name}50/threads:2", n * 1e-6, counters=asked))
    return found


def pipeline(stages: Mapping[str, float] = STAGES) -> list[dict[str, Any]]:
    """Items through three stages."""
    found = []
    for model, ns in PIPELINE.items():
        name = f"pipeline/{model}/n:10000/threads:{1 if model == 'seq' else 2}"
        counters = {"counters": dict(stages)} if model == "seq" else {}
        found.append(served(name, 10_000 * ns * 1e-9, {131_000: 10_000}, **counters))
        on_one = f"pipeline/{model}/n:10000/cpus:1/threads:1"
        found.append(served(on_one, 10_000 * HANDING_OVER.get(model, ns) * 1e-9))
    return found


def contention() -> list[dict[str, Any]]:
    """Increments of a counter on one thread and on two."""
    return [
        measured(f"contention/{model}/n:1000000/threads:{threads}", ns * 1e-3)
        for model, costs in CONTENTION.items()
        for threads, ns in zip((1, 2), costs, strict=True)
        if ns
    ]


def overlap(chunks: int = 8) -> list[dict[str, Any]]:
    """Chunks through a GPU."""
    return [
        served(
            f"overlap/{model}/n:16777216/chunks:{chunks}/threads:1",
            ms * 1e-3,
            scope="host" if model == "seq" else "e2e",
            counters={} if efficiency is None else {"overlap_efficiency": efficiency},
        )
        for model, (ms, efficiency) in OVERLAP.items()
    ]


def all_of_it() -> list[dict[str, Any]]:
    """Everything of the second half of the preset concurrency."""
    return [*files(), *echo(), *futures(), *pipeline(), *contention(), *overlap()]
