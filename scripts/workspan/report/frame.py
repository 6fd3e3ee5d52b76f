# SPDX-License-Identifier: Apache-2.0
"""Result files as pandas DataFrames, for notebooks and for export."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workspan.analysis.ratios.latency import PERCENTILES, percentile_ns
from workspan.resultfile.counting import process_cpu_time, process_time
from workspan.resultfile.find import result_file
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import AXES, Case, CaseInvocation, ResultFile, Status
from workspan.resultfile.read import read_any
from workspan.resultfile.strict_json import refuse
from workspan.support.text import plain

if TYPE_CHECKING:
    import pandas as pd

MOST_COUNTERS = 1000  # columns
OF_SAMPLES = ("block", "runs", "at", "waited", "clean")  # in files of older workspans unknown
LATENCIES = {p: f"latency_p{p / 10:g}_ns".replace(".", "_") for p in PERCENTILES}
WHOLE = frozenset(  # integers
    ("n", "threads", "invocation", "attempt", "sample", "iterations", "block", "runs")
) | {*LATENCIES.values()}
REAL = frozenset(("wall", "cpu", "flops", "bytes", "items", "at", "waited"))
TRUTH = frozenset(("counted", "ours"))


def load(path: str | Path, *, samples: bool = False) -> "pd.DataFrame":
    """The cases of a result file: a row with the median of each counted invocation.

    samples: a row for each sample of every invocation instead, with further columns: block (two
    samples of one block, invocation and attempt are a pair), runs (inside this sample), at (seconds
    since the process began), waited (the largest delay of one thread in s), clean (false:
    disturbed).

    Columns: name, workload, variant, n, threads, the axes (input, grain, tau, inflight, rate,
    cancel, chunks, cpus, passes, ranks, l2), scope, ceiling (the workload that bounds this one),
    role, ours, threading, level, status, reason, invocation, attempt, counted, disturbed, sample,
    iterations (runs that make a sample long enough), wall and cpu (seconds of one run), flops,
    bytes, items (of one run), and counter.NAME for each. Where they are known, percentiles of the
    latencies of tasks in this process: latency_p50_ns, latency_p90_ns, latency_p99_ns,
    latency_p99_9_ns. A case without times has one row without them. In Google Benchmark JSON of
    another program repetitions stand in for invocations. The time of a case is the geometric mean
    of `wall` over its rows.
    Raises UsageError for a name that does not exist, InputError for a file that cannot be read.
    """
    return frame_of(read_any(result_file(Path(path))), str(path), samples=samples)


def frame_of(file: ResultFile | ForeignFile, name: str, *, samples: bool = False) -> "pd.DataFrame":
    """The same for a file in memory."""
    import pandas as pd

    if isinstance(file, ForeignFile):
        rows = _foreign_rows(file)
    else:
        counters = {counter for case in file.workspan.cases for counter in case.counters}
        if len(counters) > MOST_COUNTERS:
            refuse(
                name,
                "$.workspan.cases",
                f"have {len(counters)} kinds of counters; a table takes {MOST_COUNTERS}",
            )
        rows = (row for case in file.workspan.cases for row in _rows(case, samples))
    table = list(rows)
    columns = dict.fromkeys(column for row in table for column in row)
    # Column by column: pandas would turn integers with gaps into floats, which are not exact.
    return pd.DataFrame(
        {c: pd.Series([row.get(c) for row in table], dtype=_dtype(c)) for c in columns}
    )


def _dtype(column: str) -> str:
    if column in WHOLE:
        return "Int64"
    if column in REAL or column.startswith("counter."):
        return "float64"
    if column == "clean":
        return "boolean"  # with gaps
    return "bool" if column in TRUTH else "object"


def _rows(case: Case, samples: bool) -> Iterator[dict[str, Any]]:
    fixed, work = _facts(case), _work(case)
    if case.status is not Status.OK:
        nowhere = {"invocation": None, "attempt": None, "counted": False, "disturbed": ""}
        yield fixed | nowhere | _times(None, None, None) | work
    for i in case.invocations:
        whose = {
            "invocation": i.number,
            "attempt": i.attempt,
            "counted": i.counted,
            "disturbed": "; ".join(i.disturbed),
        }
        if samples:
            yield from (
                fixed | whose | _times(i, k, (w, c)) | _of_sample(i, k) | work
                for k, (w, c) in enumerate(zip(i.wall, i.cpu, strict=True))
            )
        elif i.counted:
            times = process_time(i), process_cpu_time(i)
            yield fixed | whose | _times(i, None, times) | work | _latencies(case, i)


def _facts(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "workload": case.workload,
        "variant": case.variant,
        "n": case.n,
        "threads": case.threads,
        **{axis: case.keys.get(axis, "") for axis in AXES},
        "scope": case.scope,
        "ceiling": case.ceiling,
        "role": case.role,
        "ours": case.ours,
        "threading": case.threading,
        "level": case.level,
        "status": case.status.value,
        "reason": case.reason,
    }


def _work(case: Case) -> dict[str, float]:
    work = {"flops": case.cost.flops, "bytes": case.cost.bytes, "items": case.cost.items}
    return work | {f"counter.{plain(name)}": value for name, value in case.counters.items()}


def _times(
    i: CaseInvocation | None, sample: int | None, times: tuple[float, float] | None
) -> dict[str, Any]:
    """sample: None if the times are medians."""
    wall, cpu = times or (None, None)
    return {"sample": sample, "iterations": i.iterations if i else None, "wall": wall, "cpu": cpu}


def _latencies(case: Case, i: CaseInvocation) -> dict[str, int | None]:
    """The percentiles of its tasks."""
    if i.latencies is None:
        return {}
    return {name: percentile_ns(case, [i], p) for p, name in LATENCIES.items()}


def _of_sample(i: CaseInvocation, k: int) -> dict[str, Any]:
    known = {name: getattr(i, name) for name in OF_SAMPLES}
    return {name: values[k] if values else None for name, values in known.items()}


def _foreign_rows(file: ForeignFile) -> Iterator[dict[str, Any]]:
    for series in file.series:
        for k, seconds in enumerate(series.seconds):
            yield {
                "name": series.name,
                "threads": series.threads,
                "status": "ok",
                "invocation": k + 1,
                "wall": seconds,
            }
