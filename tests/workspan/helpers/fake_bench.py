# SPDX-License-Identifier: Apache-2.0
"""A binary that measures nothing: the contract of `bench`, and every way to break it.

WORKSPAN_FAKE="beta:crash gamma:hang@early": what goes wrong in which workload, at its last case or,
with @early, before the first progress is written; with @sizes or @sizes-early only if it is asked
for sizes. WORKSPAN_FAKE_SECONDS: per case.
WORKSPAN_FAKE_LOG: a file that gets one line per start. WORKSPAN_FAKE_GPU=3000: it has a GPU, whose
kernel is faster than the host from that n on, with transfers from four times as much on.
WORKSPAN_FAKE_SIZES: of the preset, 1000 by default. WORKSPAN_FAKE_LOST: its kernels are skipped when
they are to be measured. It imports little and has no types, so that it starts in milliseconds.
"""

import json
import os
import signal
import subprocess
import sys
import time

WORKLOADS = ("alpha", "beta", "gamma")
GPU = float(os.environ.get("WORKSPAN_FAKE_GPU", "0"))
VARIANTS = ("seq", "omp", *(("cuda", "cuda_e2e") if GPU else ()))
SCOPES = {"cuda": "kernel", "cuda_e2e": "e2e"}
NOW = "2026-11-22T13:49:23Z"


def option(name, default=""):
    words = sys.argv[1:]
    return words[words.index(name) + 1] if name in words else default


def chosen(name, known):
    words = [w for w in option(f"--{name}").split(",") if w] or list(known)
    for word in words:
        if word not in known:
            sys.stderr.write(
                f"bench: --{name}: unknown {name} '{word}'; did you mean {known[0]}?\n"
            )
            sys.exit(2)
    return words


def case_names():
    excluded = next(
        (
            a.split("=-^(", 1)[1][:-2].split("|")
            for a in sys.argv
            if a.startswith("--benchmark_filter=")
        ),
        [],
    )
    for workload in chosen("workload", WORKLOADS):
        for n, variant, threads in problems():
            name = f"{workload}/{variant}/n:{n}/threads:{threads}"
            if name not in excluded:
                yield name


def problems():
    """Size, variant and threads; of weak scaling a size for each number of threads."""
    given = option("--sizes") or os.environ.get("WORKSPAN_FAKE_SIZES", "1000")
    sizes = [2 ** int(s[2:]) if s.startswith("2^") else int(s) for s in given.split(",")]
    teams = [2 if t == "all" else int(t) for t in (option("--threads") or "1,2").split(",")]
    weak = "--weak" in sys.argv
    for n in sizes:
        for variant in chosen("variant", [v for v in VARIANTS if not (weak and v in SCOPES)]):
            for threads in teams if variant == "omp" else (1,):
                yield n * threads if weak else n, variant, threads


CAUSES = {"ok": "", "planned": "", "skipped": "unavailable", "failed": "wrong_result"}


def case(name, status, reason):
    workload, variant, size, threads = name.split("/")
    n = int(size[2:])
    base = {
        "name": name, "workload": workload, "variant": variant, "n": n,
        "threads": int(threads[8:]), "keys": {}, "seed": 1, "scope": SCOPES.get(variant, "host"),
        "ceiling": "", "rate_unit": "flops", "role": "main", "ours": True,
        "threading": "team" if variant == "omp" else "one",
        "level": "none", "status": status, "reason": reason, "cause": CAUSES[status],
        "cost": {"flops": 1e-3 * n, "bytes": 8e-3 * n, "items": 1.0 * n},
        "footprint": {"host_shared": 8000.0, "host_case": 8000.0, "device_case": 0.0},
        "verdict": {"ok": status == "ok", "why": reason},
        "warnings": [],
    }  # fmt: skip
    if status == "ok":
        least = seconds_of(variant, n, int(threads[8:]))
        wall = [least * (1 + 1e-3 * i) for i in (3, 1, 2, 4, 0)]
        share = {} if variant in SCOPES else {"cpu_share": 1 / int(threads[8:])}
        base |= {
            "time": wall[2], "interval": [wall[4], wall[3]], "stopped": "target", "counters": {},
            "invocations": [{"wall": wall, "cpu": wall, "iterations": 10, **share}],
        }  # fmt: skip
    return base


def seconds_of(variant, n, threads):
    """The least time: on the host a nanosecond an element and thread; on the GPU alike for all n."""
    return {"cuda": 0.5e-9 * GPU, "cuda_e2e": 2e-9 * GPU}.get(variant, 1e-9 * n / threads)


def gpu():
    """One GPU, of which nothing is known but its name."""
    return {
        "name": "Fake GPU", "bus_id": "0", "multiprocessors": 1, "compute_capability": "1.0",
        "memory": 8e9, "l2": 1e6, "clock_mhz": 1000.0, "memory_clock_mhz": 1000.0,
    }  # fmt: skip


def machine():
    cpus = sorted(os.sched_getaffinity(0))
    unknown = "unknown"
    return {
        "host": os.environ.get("WORKSPAN_FAKE_HOST", "a host/with:odd name"),
        "cpu": {
            "model": "Fake 1000", "sockets": 1, "cores": 2, "hardware_threads": 2,
            "threads_per_core": 1, "numa_nodes": 1,
            "highest_mhz": unknown, "governor": unknown, "turbo": unknown, "caches": [],
            "flags": [],
        },
        "limits": {
            "allowed_cpus": cpus, "cpu_quota": "unlimited", "cpuset": "0-1",
            "memory_limit": "unlimited", "memory_left": "unlimited",
        },
        "memory": {
            "bytes": 8e9, "available": 7e9, "swap": 0.0, "transparent_huge_pages": "madvise"
        },
        "virtualisation": "none", "kernel": "6", "os": "os",
        "cuda": {
            "runtime": "13.0", "driver": "none", "nvidia_driver": unknown,
            "gpus": [gpu()] if GPU else [], "why_none": "" if GPU else "no CUDA device"
        },
    }  # fmt: skip


def result(cases, complete=True):
    ok = [c for c in cases if c["status"] == "ok"]
    rows = [
        {
            "name": c["name"], "run_name": c["name"], "run_type": "iteration", "family_index": i,
            "per_family_instance_index": 0, "repetitions": 1,
            "repetition_index": 0, "threads": c["threads"], "iterations": 10,
            "real_time": 1e9 * c["time"], "cpu_time": 1e9 * c["time"], "time_unit": "ns",
        }
        for i, c in enumerate(ok)
    ]  # fmt: skip
    run = {
        "started": NOW, "ended": NOW, "complete": complete, "arguments": sys.argv,
        "preset": option("--preset", "quick"), "target": 0.02,
        "seed": int(option("--seed", "1")), "invocations": 1, "all_threads": 2,
    }  # fmt: skip
    if "--weak" in sys.argv:
        run["sweep"] = "weak_scaling"
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
            "cuda_compiler",
            "cuda_architectures",
        ),
        "",
    )
    context = {
        "date": NOW, "host_name": "x", "executable": "bench", "num_cpus": 2, "caches": [],
        "json_schema_version": 1, "load_avg": [],
        "library_build_type": "release",
    }  # fmt: skip
    ours = {
        "schema_version": 2, "run": run, "machine": machine(), "build": build,
        "environment": {"openmp_runtime": "fake", "variables": {}}, "cases": cases,
    }  # fmt: skip
    return json.dumps({"context": context, "benchmarks": rows, "workspan": ours})


def write(text):
    """As the real one does: a file that cannot be written whole is not there."""
    try:
        with open(option("--out"), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        os.unlink(option("--out"))
        sys.stderr.write(f"bench: {option('--out')}: {error.strerror}\n")
        sys.exit(2)


def ignore_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(1)


def flood():
    for _ in range(200):
        sys.stderr.write("x" * 100_000)
    sys.stderr.write("\nlast words\n")
    sys.exit(5)


def bomb():
    hoard = []
    while True:
        hoard.append(b"x" * 4_000_000)
        time.sleep(0.002)


def litter():
    subprocess.Popen(["setsid", "sleep", "1000"])
    subprocess.Popen(["sleep", "1000"])


def daemon():
    litter()
    os.kill(os.getpid(), signal.SIGKILL)


def half():
    write(result([])[:300])
    sys.exit(0)


def stale(complete=False):
    write(result([case(n, "ok", "") for n in case_names()], complete=complete))
    sys.exit(0)


TROUBLES = {
    "none": lambda: None,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "abort": os.abort,
    "hang": lambda: time.sleep(1000),
    "stubborn": ignore_sigterm,
    "flood": flood,
    "bomb": bomb,
    "daemon": daemon,
    "litter": litter,
    "nofile": lambda: os._exit(0),
    "half": half,
    "incomplete": stale,
    "usage": lambda: sys.exit(2),
}


def measure():
    with open(os.environ.get("WORKSPAN_FAKE_LOG", os.devnull), "a", encoding="utf-8") as log:
        log.write(option("--workload") + "\n")
    names = list(case_names())
    asked = dict(part.split(":") for part in os.environ.get("WORKSPAN_FAKE", "").split())
    trouble, _, when = asked.get(option("--workload"), "").partition("@")
    act = TROUBLES.get(trouble, TROUBLES["none"])
    if when.startswith("sizes") and not option("--sizes"):
        act = TROUBLES["none"]
    if when.endswith("early"):
        act()
    for position, name in enumerate(names, 1):
        with open(option("--progress-file"), "w", encoding="utf-8") as file:
            file.write(
                json.dumps(
                    {"case": name, "position": position, "cases": len(names), "left": 1.5}
                ).ljust(200)
                + "\n"
            )
        if not when.endswith("early") and "/omp/" in name and name.endswith("/threads:2"):
            act()
        time.sleep(float(os.environ.get("WORKSPAN_FAKE_SECONDS", "0")))
    wrong = trouble == "wrong"
    write(result([case(n, *ending(n, wrong)) for n in names]))
    sys.exit(1 if wrong else 0 if names else 3)


def ending(name, wrong):
    """Status and reason of a case."""
    if wrong and "omp" in name:
        return "failed", "element 3 is 7"
    if os.environ.get("WORKSPAN_FAKE_LOST") and "cuda" in name:
        return "skipped", "the GPU is lost"
    return "ok", ""


if "--dry-run" in sys.argv:
    names = list(case_names())
    skip = os.environ.get("WORKSPAN_FAKE_SKIP", "")
    print(
        result(
            [
                case(n, "skipped", "no such thing here")
                if skip and skip in n
                else case(n, "planned", "")
                for n in names
            ]
        )
    )
else:
    measure()
