# SPDX-License-Identifier: Apache-2.0
"""Schema 1, frozen: the types that differ in files written until November 2026."""

import enum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from workspan.resultfile.fields import (
    AttemptNumber,
    Axis,
    AxisValue,
    CaseName,
    Count,
    Finite,
    Interval,
    NonNegative,
    Ordinal,
    Positive,
    Seed,
    Struct,
    Text,
    ThreadCount,
    Unknown,
    Word,
)
from workspan.resultfile.google.rows import Context, Row
from workspan.resultfile.machine_model import Build, Environment, Machine
from workspan.resultfile.model import CheckResult, Cost, Footprint, InvocationRecord, Run, Scope


class Status1(enum.Enum):
    """How a case ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    TIMEOUT = "timeout"
    CRASHED = "crashed"


class CaseInvocation1(Struct, frozen=True, kw_only=True):
    """The samples of one case in one invocation."""

    wall: Annotated[tuple[Positive, ...], Meta(min_length=1)]
    cpu: tuple[NonNegative, ...]
    iterations: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    round_trips: tuple[Positive, ...] = ()
    sm_mhz: tuple[NonNegative | Unknown, ...] = ()
    throttled: tuple[tuple[Text, ...], ...] = ()
    number: Ordinal = 1
    attempt: AttemptNumber = 1
    disturbed: tuple[Text, ...] = ()
    counted: bool = True


class Ratio1(Struct, frozen=True, kw_only=True):
    """A ratio of medians with an interval."""

    ratio: Positive
    interval: Interval


class Comparison1(Struct, frozen=True, kw_only=True):
    """A judgement, which later schemas do not write."""

    vs_seq: Ratio1 | Literal["not measured"]
    vs_1_thread: Ratio1 | Literal["not measured"]
    efficiency: Ratio1 | Literal["not measured"]
    vs_all_cores: Ratio1 | Literal["not measured"]
    of_ceiling: Ratio1 | Literal["not measured"]
    ceiling: Text


class Case1(Struct, frozen=True, kw_only=True):
    """One row."""

    name: CaseName
    workload: Word
    variant: Word
    n: Count
    threads: ThreadCount
    keys: dict[Axis, AxisValue]
    seed: Seed
    scope: Scope
    bound: Text
    status: Status1
    reason: Text
    cost: Cost
    footprint: Footprint
    check_result: CheckResult = field(name="verdict")
    time: Positive | None = None
    interval: Interval | None = None
    stopped: Text | None = None
    invocations: list[CaseInvocation1] = field(default_factory=list)
    counters: dict[Text, Finite] = field(default_factory=dict)
    comparison: Comparison1 | None = None
    warnings: Annotated[list[Text], Meta(max_length=1000)]


class Workspan1(Struct, frozen=True, kw_only=True):
    """The part of the file that is ours."""

    schema_version: Literal[1]
    run: Run
    machine: Machine
    build: Build
    environment: Environment
    cases: list[Case1]
    invocations: list[InvocationRecord] = field(default_factory=list)


class ResultFile1(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    context: Context
    benchmarks: list[Row]
    workspan: Workspan1


class Journal1(Struct, frozen=True, kw_only=True):
    """One file of a run's folder."""

    schema_version: Literal[1] = 1
    record: InvocationRecord
    result: ResultFile1 | None = None
