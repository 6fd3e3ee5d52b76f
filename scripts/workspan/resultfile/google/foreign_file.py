# SPDX-License-Identifier: Apache-2.0
"""Google Benchmark JSON of other programs: repetitions stand in for invocations."""

from collections.abc import Iterable
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


class Untimed(NamedTuple):
    """A benchmark without any time, and why: it failed, or was skipped."""

    name: str
    threads: int
    failed: bool
    reason: str


@dataclass(frozen=True)
class ForeignFile:
    """Another program's results. context: its header as text; notes: on omitted rows."""

    label: str
    context: dict[str, str]
    series: list[ForeignSeries]
    notes: list[str] = field(default_factory=list)
    untimed: list[Untimed] = field(default_factory=list)


class _Row(msgspec.Struct):
    name: Text
    run_name: Text | None = None
    run_type: Literal["iteration", "aggregate"] = "iteration"
    threads: Annotated[int, Meta(ge=0, le=1_000_000)] = 1
    real_time: Finite | None = None
    time_unit: Literal["ns", "us", "ms", "s"] = "ns"
    error_occurred: bool = False
    error_message: Text = ""
    skipped: bool = False
    skip_message: Text = ""

    @property
    def key(self) -> tuple[str, int]:
        """Of the repetitions of one benchmark."""
        return self.run_name or self.name, self.threads


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
    errors: list[_Row] = []
    zeros = 0
    for index, row in enumerate(file.benchmarks):
        if row.run_type == "aggregate":
            continue
        if row.error_occurred or row.skipped:
            errors.append(row)
        elif (seconds := _seconds(row, index, label)) > 0:
            series.setdefault(row.key, []).append(seconds)
        else:
            zeros += 1
    untimed = _untimed(row for row in errors if row.key not in series)
    if not series and not untimed and any(row.run_type == "aggregate" for row in file.benchmarks):
        refuse(
            label,
            "$.benchmarks",
            "holds aggregates only; run again without --benchmark_report_aggregates_only",
        )
    context = {k: str(v) for k, v in file.context.items() if isinstance(v, str | int | float)}
    notes = _note(len(errors), "with an error left out") + _note(zeros, "with a time of 0 left out")
    timed = [ForeignSeries(*key, seconds) for key, seconds in series.items()]
    return ForeignFile(label, context, timed, notes, untimed)


def _untimed(rows: Iterable[_Row]) -> list[Untimed]:
    """Each benchmark of these rows once: failed, if one of its repetitions did."""
    found: dict[tuple[str, int], Untimed] = {}
    for row in rows:
        if row.key not in found or (row.error_occurred and not found[row.key].failed):
            reason = row.error_message if row.error_occurred else row.skip_message
            found[row.key] = Untimed(*row.key, row.error_occurred, reason or "it says no reason")
    return list(found.values())
