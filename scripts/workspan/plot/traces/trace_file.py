# SPDX-License-Identifier: Apache-2.0
"""The trace file of `bench --trace`, field by field: Chrome JSON, which Perfetto opens."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from workspan.resultfile.decode import decode
from workspan.resultfile.fields import Count, Finite, NonNegative, Struct, Text, ThreadCount, Word
from workspan.resultfile.strict_json import refuse, top_keys

MOST_VALUES: Final = 4_000_000  # JSON values in a file
MOST_CASES: Final = 1000
RUN, WAIT, ISSUE = "run", "wait", "issue"  # categories of events
# What an event has beside `ph`, by phase. In brackets: may be absent.
FIELDS: Final = {
    "M": "name pid [tid] args",
    "X": "name cat ts dur pid tid [args]",
    "s": "name cat id ts pid tid",
    "f": "name cat id ts pid tid bp",
}

Positive = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Microseconds = Annotated[float, Meta(ge=0, le=1e12)]
Number = Annotated[int, Meta(ge=-1, le=2**31)]  # of a CPU or worker; -1: unknown


class Arguments(Struct, frozen=True, omit_defaults=True):
    """What an event says beyond its place: of spans the first three, of lanes the others."""

    task: Count | UnsetType = UNSET
    cpu: Number | UnsetType = UNSET
    worker: Number | UnsetType = UNSET
    name: Text | UnsetType = UNSET
    sort_index: int | UnsetType = UNSET


class Event(Struct, frozen=True, omit_defaults=True):
    """A span (X), the name of a lane (M), or one end of an arrow from issue to start (s, f)."""

    ph: Literal["M", "X", "s", "f"]
    name: Text
    pid: Count
    tid: Count | UnsetType = UNSET
    cat: Literal["run", "wait", "issue"] | UnsetType = UNSET
    ts: Microseconds | UnsetType = UNSET
    dur: Microseconds | UnsetType = UNSET
    args: Arguments | UnsetType = UNSET
    id: Count | Text | UnsetType = UNSET
    bp: Literal["e"] | UnsetType = UNSET


class TracedCase(Struct, frozen=True):
    """One traced run of a case: what ran, for how long, and which groups of lanes show it."""

    name: Text
    workload: Word
    variant: Word
    n: Count
    keys: dict[Word, Text]
    threads: ThreadCount
    tasks: Positive
    written: Positive
    dropped: Count
    seconds: NonNegative
    pid_tasks: Count
    pid_cpus: Count
    pid_workers: Count
    span_cost_ns: Finite


class Ours(Struct, frozen=True):
    """The part that other readers of Chrome JSON ignore."""

    version: Text
    machine: Text
    cases: Annotated[list[TracedCase], Meta(min_length=1, max_length=MOST_CASES)]


class OtherData(Struct, frozen=True):
    """Chrome's place for the part of the program that wrote the file."""

    workspan: Ours


class TraceFile(Struct, frozen=True):
    """A whole trace file."""

    displayTimeUnit: Literal["ms"]  # noqa: N815
    traceEvents: list[Event]  # noqa: N815
    otherData: OtherData  # noqa: N815


def decode_trace(data: bytes, name: str) -> TraceFile:
    """The trace in `data`. Raises InputError: `name`, the place and the first violation."""
    keys = top_keys(data, name, MOST_VALUES)
    if "traceEvents" not in keys:
        kind = "a result file" if keys & {"benchmarks", "record"} else "another kind of file"
        refuse(name, "", f"is {kind}, not a trace; bench --trace FILE writes one")
    if not msgspec.json.decode(data, type=_Origin).is_ours():
        refuse(name, "", "is a trace of another program; bench --trace FILE writes one of ours")
    file = decode(data, TraceFile, name)
    for i, event in enumerate(file.traceEvents):
        if rule := _wrong_fields(event):
            refuse(name, f"$.traceEvents[{i}]", rule)
    return file


def nanoseconds(microseconds: float | UnsetType) -> int:
    """Exact: times are written with three decimals."""
    return 0 if microseconds is UNSET else round(microseconds * 1000)


class _Origin(msgspec.Struct):
    otherData: Any = None  # noqa: N815

    def is_ours(self) -> bool:
        return isinstance(self.otherData, dict) and "workspan" in self.otherData


def _wrong_fields(event: Event) -> str:
    words = FIELDS[event.ph].split()
    has = {field for field in event.__struct_fields__ if getattr(event, field) is not UNSET}
    if missing := [word for word in words if word[0] != "[" and word not in has]:
        return f"an event of phase {event.ph} without `{missing[0]}`"
    if extra := sorted(has - {"ph", *(word.strip("[]") for word in words)}):
        return f"an event of phase {event.ph} has `{extra[0]}`, which it must not have"
    return ""
