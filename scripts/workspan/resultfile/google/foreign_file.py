# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark JSON of other programs: repetitions stand in for invocations."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from workspan.resultfile.decode import decode
from workspan.resultfile.fields import Finite, Text
from workspan.resultfile.strict_json import refuse
from workspan.support.text import quantity

SECONDS_PER_UNIT = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


class ForeignSeries(NamedTuple):
    """The repetitions of one benchmark: the real time of one iteration in seconds, all positive."""

    name: str
    threads: int
    seconds: list[float]


@dataclass(frozen=True)
class ForeignFile:
    """Another program's results. context: its header as text; notes: on omitted rows."""

    label: str
    context: dict[str, str]
    series: list[ForeignSeries]
    notes: list[str] = field(default_factory=list)


class _Row(msgspec.Struct):
    name: Text
    run_name: Text | None = None
    run_type: Literal["iteration", "aggregate"] = "iteration"
    threads: Annotated[int, Meta(ge=0, le=1_000_000)] = 1
    real_time: Finite | None = None
    time_unit: Literal["ns", "us", "ms", "s"] = "ns"
    error_occurred: bool = False
    skipped: bool = False


class _File(msgspec.Struct):
    benchmarks: list[_Row]
    context: dict[str, Any] = {}


def _seconds(row: _Row, index: int, label: str) -> float:
    place = f"$.benchmarks[{index}].real_time"
    if row.real_time is None:
        refuse(label, place, "is missing")
    if row.real_time < 0:
        refuse(label, place, f"{row.real_time} is negative; a time is positive")
    return row.real_time * SECONDS_PER_UNIT[row.time_unit]


def _note(count: int, what: str) -> list[str]:
    return [f"{quantity(count, 'row')} {what}"] if count else []


def decode_foreign(data: bytes, label: str, rows: int) -> ForeignFile:
    """The series in `data`, accepted by strict_json, of at most `rows` rows. Raises InputError."""
    file = decode(data, _File, label)
    if len(file.benchmarks) > rows:
        refuse(label, "$.benchmarks", f"has {len(file.benchmarks)} rows; the limit is {rows}")
    series: dict[tuple[str, int], list[float]] = {}
    errors = zeros = 0
    for index, row in enumerate(file.benchmarks):
        if row.run_type == "aggregate":
            continue
        if row.error_occurred or row.skipped:
            errors += 1
        elif (seconds := _seconds(row, index, label)) > 0:
            series.setdefault((row.run_name or row.name, row.threads), []).append(seconds)
        else:
            zeros += 1
    if not series and any(row.run_type == "aggregate" for row in file.benchmarks):
        refuse(
            label,
            "$.benchmarks",
            "holds aggregates only; run again without --benchmark_report_aggregates_only",
        )
    context = {k: str(v) for k, v in file.context.items() if isinstance(v, str | int | float)}
    notes = _note(errors, "with an error left out") + _note(zeros, "with a time of 0 left out")
    return ForeignFile(
        label, context, [ForeignSeries(*key, seconds) for key, seconds in series.items()], notes
    )
