# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark's rows, made from the cases, and the bytes of a result file."""

import math
from collections.abc import Iterable
from typing import Any

import msgspec

from workspan.resultfile.counting import process_cpu_time, process_time
from workspan.resultfile.google.foreign_file import SECONDS_PER_UNIT
from workspan.resultfile.model import LARGEST, Case, CaseInvocation, ResultFile, Row, Status


def counted_invocations(case: Case) -> list[CaseInvocation]:
    """The invocations that count, in the order of their numbers."""
    return sorted((i for i in case.invocations if i.counted), key=lambda i: i.number)


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """One row per counted invocation of each finished case: its median."""
    return [
        row
        for index, case in enumerate(c for c in cases if c.status is Status.OK)
        for row in _rows(case, index)
    ]


def _rows(case: Case, index: int) -> list[Row]:
    invocations = counted_invocations(case)
    highest = max(max(*i.wall, *i.cpu) for i in invocations)
    unit, per_second = ("ns", 1e9) if highest * 1e9 <= LARGEST else ("s", 1.0)
    return [
        Row(
            name=case.name,
            run_name=case.name,
            run_type="iteration",
            family_index=index,
            per_family_instance_index=0,
            repetitions=len(invocations),
            repetition_index=k,
            threads=case.threads,
            iterations=i.iterations,
            real_time=process_time(i) * per_second,
            cpu_time=process_cpu_time(i) * per_second,
            time_unit=unit,  # type: ignore[arg-type]
        )
        for k, i in enumerate(invocations)
    ]


def _without_nulls(value: Any) -> Any:
    """Without fields that are None: they are absent in the file."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    if isinstance(value, list) and value and not isinstance(value[0], int | float):
        return [_without_nulls(v) for v in value]
    return value


def row_fields(row: Row, case: Case) -> dict[str, Any]:
    """A row as Google Benchmark's tools expect it: with rates per second and the counters."""
    fields: dict[str, Any] = _without_nulls(msgspec.to_builtins(row))
    seconds = row.real_time * SECONDS_PER_UNIT[row.time_unit]
    costs = {
        "bytes_per_second": case.cost.bytes,
        "items_per_second": case.cost.items,
        "flops": case.cost.flops,
    }
    rates = {name: cost / seconds if seconds > 0 else math.inf for name, cost in costs.items()}
    return fields | {name: rate for name, rate in rates.items() if rate <= LARGEST} | case.counters


def encode_result(result: ResultFile) -> bytes:
    """Strict JSON, the same bytes for the same result; `benchmarks` is made from the cases."""
    cases = {case.name: case for case in result.workspan.cases}
    tree = _without_nulls(msgspec.to_builtins(result))
    tree["benchmarks"] = [
        row_fields(row, cases[row.run_name]) for row in rows_of(result.workspan.cases)
    ]
    return msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"
