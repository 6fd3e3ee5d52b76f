# SPDX-License-Identifier: Apache-2.0
"""Traces of the situations that a timeline tells apart, as `bench --trace` writes them."""

import json
from collections.abc import Callable, Sequence
from typing import Any

MS = 1_000_000  # nanoseconds

# Of each task: (begin, end, cpu) computes, (begin, end) waits; in nanoseconds.
Spans = Sequence[Sequence[tuple[int, ...]]]
MACHINE = "2 x AMD EPYC 7B13, Linux 6.18"


def sequential(tasks: int = 3, length: int = 12 * MS) -> Spans:
    return [[(k * length, (k + 1) * length, 0)] for k in range(tasks)]


def waiting_in_turn(tasks: int = 3) -> Spans:
    """A wait of 10 ms after the other: n begins when n - 1 has ended."""
    step = 10 * MS + 60_000
    return [
        [(k * step, k * step + 4_000, 0), (k * step + 4_000, (k + 1) * step)] for k in range(tasks)
    ]


def overlapping(tasks: int = 3) -> Spans:
    """Waits of 10 ms that are begun 50 us after each other, on one CPU."""
    begun = [k * 50_000 for k in range(tasks)]
    return [
        [(b, b + 4_000, 0), (b + 4_000, b + 10 * MS), (b + 10 * MS, b + 10 * MS + 4_000, 0)]
        for b in begun
    ]


def slices(tasks: int, each: int, length: int, cpu: int = 0, shift: int = 0) -> Spans:
    """Tasks that take turns on one CPU: `each` slices of `length`, 3 us between them."""
    return [
        [
            (begin, begin + length - 3_000, cpu)
            for turn in range(each)
            for begin in [shift + (turn * tasks + task) * length]
        ]
        for task in range(tasks)
    ]


def interleaved() -> Spans:
    """The scheduler's slices of 4 ms."""
    return slices(3, 3, 4 * MS)


def cooperative() -> Spans:
    """A yield every millisecond."""
    return slices(3, 12, 1 * MS)


def parallel() -> Spans:
    """Three tasks, two CPUs: the third begins when the first has ended."""
    return [
        [(100_000, 12 * MS, 0)],
        [(160_000, 12 * MS + 200_000, 1)],
        [(12 * MS + 50_000, 24 * MS, 0)],
    ]


def parallel_in_slices(tasks: int = 4) -> Spans:
    """More tasks than CPUs, and the scheduler lets them take turns on both."""
    found: list[list[tuple[int, ...]]] = [[] for _ in range(tasks)]
    for turn in range(4 * tasks // 2):
        for cpu in (0, 1):
            task, begin = (2 * turn + cpu) % tasks, turn * 4 * MS + 1000 * cpu
            found[task].append((begin, begin + 4 * MS - 3_000, cpu))
    return found


def chain() -> Spans:
    """Each task computes, issues the next, and waits: the first is done last."""
    return [
        [(0, MS, 0), (MS, 32 * MS), (32 * MS, 32 * MS + 20_000, 0)],
        [(MS, 2 * MS, 0), (2 * MS, 22 * MS), (22 * MS, 22 * MS + 20_000, 0)],
        [(2 * MS, 3 * MS, 0), (3 * MS, 13 * MS), (13 * MS, 13 * MS + 20_000, 0)],
    ]


CHAIN_ISSUES = [(0, 1, MS), (1, 2, 2 * MS)]  # issuer, issued, time


def trace_case(spans: Spans, name: str = "busy/threads/n:3/threads:1", **fields: Any) -> dict:
    """The entry of a case; `fields` replace what follows from the spans."""
    workload, variant, n, *keys, threads = name.split("/")
    end = max(span[1] for task in spans for span in task) + 300_000
    return {
        "name": name,
        "workload": workload,
        "variant": variant,
        "n": int(n.removeprefix("n:")),
        "keys": dict(key.split(":", 1) for key in keys),
        "threads": int(threads.removeprefix("threads:")),
        "tasks": len(spans),
        "written": len(spans),
        "dropped": 0,
        "seconds": end * 1e-9,
        "pid_tasks": 1,
        "pid_cpus": 2,
        "pid_workers": 3,
        "span_cost_ns": 44.1,
        **fields,
    }


def trace_events(
    case: dict, spans: Spans, issues: Sequence[tuple[int, int, int]] = ()
) -> list[dict]:
    """Lanes, spans and arrows of a case."""
    tasks, cpus, workers = case["pid_tasks"], case["pid_cpus"], case["pid_workers"]
    names = {tasks: "tasks", cpus: "CPUs", workers: "workers"}
    events = [meta("process_name", pid, 0, name=name) for pid, name in names.items()]
    events += [meta("process_sort_index", pid, 0, sort_index=pid) for pid in names]
    end = round(case["seconds"] * 1e9)
    events.append(meta("thread_name", tasks, 0, name="run"))
    events.append(span_event(case["name"], tasks, 0, 0, end, {}))
    lanes: dict[tuple[int, int], str] = {}
    for task, of_task in enumerate(spans):
        events.append(meta("thread_name", tasks, task + 1, name=f"task {task}"))
        for begin, end, *cpu in of_task:
            args = {"task": task, "cpu": cpu[0] if cpu else -1, "worker": task}
            cat = "run" if cpu else "wait"
            events.append(span_event(f"task {task}", tasks, task + 1, begin, end, args, cat))
            for pid, lane in ((cpus, args["cpu"] + 1), (workers, task + 1)) if cpu else ():
                events.append(span_event(f"task {task}", pid, lane, begin, end, args))
                lanes[pid, lane] = f"lane {lane}"
    events += [meta("thread_name", *at, name=name) for at, name in lanes.items()]
    for key, (issuer, issued, time) in enumerate(issues, 1):
        arrow = {"name": "issue", "cat": "issue", "id": key, "pid": tasks}
        events.append({**arrow, "ph": "s", "ts": time / 1e3, "tid": issuer + 1})
        start = {"ts": spans[issued][0][0] / 1e3, "tid": issued + 1, "bp": "e"}
        events.append({**arrow, "ph": "f", **start})
    return events


def meta(kind: str, pid: int, tid: int, **args: Any) -> dict:
    return {"name": kind, "ph": "M", "pid": pid, "tid": tid, "args": args}


def span_event(
    name: str, pid: int, tid: int, begin: int, end: int, args: dict, cat: str = "run"
) -> dict:
    return {
        "name": name,
        "cat": cat,
        "ph": "X",
        "ts": round(begin / 1e3, 3),
        "dur": round((end - begin) / 1e3, 3),
        "pid": pid,
        "tid": tid,
        "args": args,
    }


def trace_of(cases: Sequence[dict], events: Sequence[dict], machine: str = MACHINE) -> dict:
    """The whole file."""
    return {
        "displayTimeUnit": "ms",
        "traceEvents": list(events),
        "otherData": {"workspan": {"version": "0.1.0", "machine": machine, "cases": list(cases)}},
    }


def one_case(spans: Spans, issues: Sequence[tuple[int, int, int]] = (), **fields: Any) -> dict:
    """A file with one case."""
    case = trace_case(spans, **fields)
    return trace_of([case], trace_events(case, spans, issues))


def several_cases(named: Sequence[tuple[str, Spans]]) -> dict:
    """A file with several cases, in this order."""
    cases, events = [], []
    for k, (name, spans) in enumerate(named):
        pids = {"pid_tasks": 3 * k + 1, "pid_cpus": 3 * k + 2, "pid_workers": 3 * k + 3}
        cases.append(trace_case(spans, name, **pids))
        events += trace_events(cases[-1], spans)
    return trace_of(cases, events)


def four_orders() -> dict:
    """Sequential, overlapping, interleaved and parallel."""
    grain = "n:12582912/grain:4194304"
    return several_cases(
        [
            (f"busy/seq/{grain}/cpus:1/threads:1", sequential()),
            ("waiters/coroutines/n:3/tau:10ms/cpus:1/threads:1", overlapping()),
            (f"busy/threads/{grain}/cpus:1/threads:1", interleaved()),
            (f"busy/threads/{grain}/threads:2", parallel()),
        ]
    )


SITUATIONS: dict[str, Callable[[], dict]] = {
    "sequential": lambda: one_case(sequential()),
    "in_turn": lambda: one_case(waiting_in_turn()),
    "overlapping": lambda: one_case(overlapping()),
    "interleaved": lambda: one_case(interleaved()),
    "cooperative": lambda: one_case(cooperative()),
    "parallel": lambda: one_case(parallel()),
    "parallel_in_slices": lambda: one_case(parallel_in_slices()),
    "chain": lambda: one_case(chain(), CHAIN_ISSUES),
    "many": lambda: one_case(overlapping(100)),
    "four": four_orders,
}


def encoded_trace(trace: dict) -> bytes:
    return json.dumps(trace).encode()
