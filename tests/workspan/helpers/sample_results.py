# SPDX-License-Identifier: Apache-2.0
"""Small result files for tests: as the binary writes them, with two workloads and made-up times."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from paths import ROOT

from workspan.resultfile.model import (
    Case,
    CaseInvocation,
    InvocationRecord,
    Journal,
    ResultFile,
    State,
    Status,
)
from workspan.resultfile.read import decode_result

COMMITTED = sorted((ROOT / "results").glob("*/*.json"))
COMMITTED_1 = [  # of schema 1
    path for path in COMMITTED if json.loads(path.read_bytes())["workspan"]["schema_version"] == 1
]
CEILINGS = {"reduce": "read", "gemm": "fma", "mandelbrot": "fma", "histogram": "read"}
COMPUTE = ("fma", "dfma")
CAUSES = {
    "planned": "",
    "skipped": "unavailable",
    "failed": "wrong_result",
    "crashed": "process",
    "timeout": "process",
}
LIBRARIES = ("openblas", "tbb", "fftw", "cublas", "cub")


def case(name: str, wall: list[float], **changed: Any) -> dict[str, Any]:
    """An ok case of that name as JSON, with these samples in seconds."""
    workload, variant, n, *keys, threads = name.split("/")
    middle = sorted(wall)
    time = (middle[(len(wall) - 1) // 2] + middle[len(wall) // 2]) / 2
    fields = {
        "name": name,
        "workload": workload,
        "variant": variant,
        "n": int(n[2:]),
        "threads": int(threads[8:]),
        "keys": dict(key.split(":") for key in keys),
        "seed": 1,
        "scope": "host",
        "status": "ok",
        "reason": "",
        "cost": {"flops": 0.0, "bytes": 16384.0, "items": 1024.0},
        "footprint": {"host_shared": 8192.0, "host_case": 8192.0, "device_case": 16384.0},
        "verdict": {"ok": True, "why": "", "error": 0.0},
        "time": time,
        "interval": [min(wall), max(wall)],
        "stopped": "target",
        "invocations": [
            {
                "wall": wall,
                "cpu": [w * int(threads[8:]) for w in wall],
                "iterations": 7,
                "cpu_share": 1.0,
                "round_trips": [3e-7],
            }
        ],
        "counters": {},
        "warnings": [],
    }
    fields |= facts(workload, variant) | changed
    if fields["scope"] != "host":
        for invocation in fields["invocations"]:
            invocation.pop("cpu_share", None)
    return fields


def facts(workload: str, variant: str) -> dict[str, Any]:
    """What the suite's row says of a variant."""
    ceiling = CEILINGS.get(workload, workload)
    openmp = variant.partition("_")[0] == "omp"
    return {
        "ceiling": ceiling,
        "rate_unit": "flops" if ceiling in COMPUTE else "bytes",
        "role": "teaching" if variant.endswith(("_plain", "_naive")) else "main",
        "ours": variant not in LIBRARIES,
        "threading": "team" if openmp else "own" if variant in LIBRARIES[:3] else "one",
        "level": "none",
    }


def planned(name: str) -> dict[str, Any]:
    """A case of a plan."""
    return without_times(name, "planned", "")


def without_times(
    name: str, status: str = "skipped", reason: str = "no CUDA device", **changed: Any
) -> dict[str, Any]:
    """A case that is not ok."""
    wrong = {"ok": False, "why": "", "error": 0.0}
    cause = CAUSES[status]
    fields = case(name, [1.0], status=status, reason=reason, cause=cause, verdict=wrong, **changed)
    return {
        k: v
        for k, v in fields.items()
        if k not in ("time", "interval", "stopped", "invocations", "counters")
    }


def rows(cases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What Google Benchmark's tools read of single invocations."""
    for index, c in enumerate(c for c in cases if c["status"] == "ok"):
        fixed = {
            "family_index": index,
            "per_family_instance_index": 0,
            "run_type": "iteration",
            "repetitions": 1,
            "repetition_index": 0,
        }
        times = {
            "iterations": 7,
            "real_time": c["time"] * 1e9,
            "cpu_time": c["time"] * 1e9 * c["threads"],
            "time_unit": "ns",
        }
        yield (
            {"name": c["name"], "run_name": c["name"], "threads": c["threads"]}
            | fixed
            | times
            | {"bytes_per_second": 1.0}
        )


NEW_IN_2 = ("ceiling", "rate_unit", "role", "ours", "threading", "level", "cause")


def old_case(new: dict[str, Any], warnings: tuple[str, ...] = ()) -> dict[str, Any]:
    """The case as schema 1 had it."""
    old = {k: v for k, v in new.items() if k not in NEW_IN_2} | {"bound": new["ceiling"]}
    old["warnings"] = list(warnings)
    if old["status"] == "planned":
        old |= {"status": "skipped", "reason": "planned"}
    if old["status"] == "ok":
        ratio = {"ratio": 2.0, "interval": [1.5, 2.5]}
        fields = ("vs_seq", "vs_1_thread", "efficiency", "vs_all_cores", "of_ceiling")
        old["comparison"] = dict.fromkeys(fields, "not measured") | {"ceiling": "", "vs_seq": ratio}
        old["invocations"] = [
            {k: v for k, v in i.items() if k != "cpu_share"} for i in old["invocations"]
        ]
    return old


def old_tree(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """A whole file of schema 1 as JSON, of cases of either schema."""
    file = tree(cases)
    file["workspan"]["schema_version"] = 1
    file["workspan"]["cases"] = [c if "bound" in c else old_case(c) for c in cases]
    return file


def tree(cases: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A whole file as JSON."""
    if cases is None:
        cases = [
            case("copy/seq/n:1024/threads:1", [2e-6, 2.1e-6, 2.2e-6]),
            case("copy/omp/n:1024/threads:2", [1e-6, 1.25e-6]),
            case(
                "histogram/seq/n:1024/input:zipf/threads:1",
                [5e-6],
                interval="none",
                counters={"p99": 0.5},
            ),
            without_times("copy/cuda/n:1024/threads:1"),
        ]
    cache = {"level": 2, "type": "Unified", "bytes": 1048576.0, "count": 2, "shared_by": 1}
    cpu: dict[str, Any] = {
        "model": "Test CPU",
        "sockets": 1,
        "cores": 2,
        "hardware_threads": 2,
        "threads_per_core": 1,
        "numa_nodes": 1,
    }
    cpu |= {
        "highest_mhz": "unknown",
        "governor": "unknown",
        "turbo": "unknown",
        "caches": [cache],
        "flags": ["fma"],
    }
    limits = {
        "allowed_cpus": [0, 1],
        "cpu_quota": "unlimited",
        "cpuset": "0-1",
        "memory_limit": "unlimited",
        "memory_left": "unlimited",
    }
    memory = {"bytes": 8e9, "available": 7e9, "swap": 0.0, "transparent_huge_pages": "madvise"}
    cuda = {
        "runtime": "13.0",
        "driver": "none",
        "nvidia_driver": "unknown",
        "gpus": [],
        "why_none": "no CUDA device",
    }
    run: dict[str, Any] = {
        "started": "2026-01-02T03:04:05Z",
        "ended": "2026-01-02T03:04:06Z",
        "complete": True,
        "arguments": ["bench"],
    }
    run |= {"preset": "quick", "target": 0.02, "seed": 1, "invocations": 1, "all_threads": 2}
    build = dict.fromkeys(
        (
            "version",
            "git_commit",
            "git_dirty",
            "type",
            "compiler",
            "flags",
            "cpu_features",
            "sanitizers",
        ),
        "x",
    )
    context = {
        "date": "2026-01-02T03:04:05Z",
        "host_name": "vm",
        "executable": "bench",
        "num_cpus": 2,
        "caches": [],
        "load_avg": [0.5],
    }
    return {
        "context": context | {"library_build_type": "release", "json_schema_version": 1},
        "benchmarks": list(rows(cases)),
        "workspan": {
            "schema_version": 2,
            "run": run,
            "machine": {
                "host": "vm",
                "cpu": cpu,
                "limits": limits,
                "memory": memory,
                "virtualisation": "none",
                "kernel": "6",
                "os": "Debian",
            }
            | {"cuda": cuda},
            "build": build | {"cuda_compiler": "x", "cuda_architectures": "x"},
            "environment": {"openmp_runtime": "libgomp", "variables": {"OMP_NUM_THREADS": "2"}},
            "cases": cases,
        },
    }


def encoded(cases: list[dict[str, Any]] | None = None) -> bytes:
    """A whole file's bytes."""
    return json.dumps(tree(cases)).encode()


def result(cases: list[dict[str, Any]] | None = None) -> ResultFile:
    """A whole file."""
    return decode_result(encoded(cases), "sample")


def foreign() -> bytes:
    """Google Benchmark JSON of another program."""
    fixed = {
        "run_name": "BM_x/8",
        "run_type": "iteration",
        "repetitions": 3,
        "threads": 1,
        "iterations": 9,
        "time_unit": "us",
    }
    repeated = [
        {"name": "BM_x/8", "repetition_index": k, "real_time": 2.0 + k, "cpu_time": 2.0} | fixed
        for k in range(3)
    ]
    wrong = {
        "name": "BM_y",
        "run_name": "BM_y",
        "run_type": "iteration",
        "error_occurred": True,
        "error_message": "no",
        "real_time": 0.0,
    }
    mean = {
        "name": "BM_x/8_mean",
        "run_type": "aggregate",
        "aggregate_name": "mean",
        "real_time": 3.0,
        "time_unit": "us",
    }
    return json.dumps(
        {"context": {"host_name": "vm", "num_cpus": 2}, "benchmarks": [*repeated, wrong, mean]}
    ).encode()


def record(
    workload: str = "copy", number: int = 1, attempt: int = 1, **changed: Any
) -> InvocationRecord:
    """An invocation that went well."""
    state = State(at=0.0)
    fields: dict[str, Any] = {
        "status": Status.OK,
        "arguments": ["bench"],
        "cpus": [0, 1],
        "started": f"2026-01-02T03:04:{number:02}Z",
    }
    fields |= {
        "seconds": 1.0,
        "exit_code": 0,
        "peak_memory": 1e6,
        "user_seconds": 1.0,
        "system_seconds": 0.0,
        "voluntary_switches": 0,
    }
    fields |= {"involuntary_switches": 0, "before": state, "after": state}
    return InvocationRecord(workload=workload, number=number, attempt=attempt, **(fields | changed))


def journal(cases: list[dict[str, Any]] | None, *where: Any, **changed: Any) -> Journal:
    """An invocation with the file it left, or none. where: workload, number, attempt."""
    return Journal(
        record=record(*where, **changed), result=None if cases is None else result(cases)
    )


def counted_times(of: Case) -> list[CaseInvocation]:
    """The invocations that count."""
    return [i for i in of.invocations if i.counted]


def changed(of: ResultFile, **fields: Any) -> ResultFile:
    """The file with other fields in its part `workspan`."""
    return msgspec.structs.replace(of, workspan=msgspec.structs.replace(of.workspan, **fields))


def without_team(of: ResultFile, *workloads: str) -> ResultFile:
    """The file as `run --threads 1` leaves it: of these workloads, or of all."""
    alone = [
        case
        for case in of.workspan.cases
        if case.scope != "host"
        or case.threads == 1
        or (workloads and case.workload not in workloads)
    ]
    return changed(of, cases=alone)
