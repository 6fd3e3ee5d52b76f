# SPDX-License-Identifier: Apache-2.0
"""The result file as types, schema 2: facts only. The binary writes one invocation, merging many.
The JSON Schema is generated from these types.

Times are in seconds, sizes in bytes, rates per second, shares between 0 and 1. Anything that cannot
be determined is the string "unknown".
"""

import enum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

from workspan.resultfile.fields import (
    LARGEST,
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
    Time,
    Unknown,
    Word,
)
from workspan.resultfile.google.rows import Context, Row
from workspan.resultfile.machine_model import Build, Environment, Gpu, GpuState, Machine, State
from workspan.resultfile.names import AXES, CASE_NAME
from workspan.resultfile.samples import (
    Beside,
    CaseInvocation,
    Cost,
    Group,
    Level,
    RateUnit,
    Scope,
)
from workspan.support.presets import Preset

__all__ = [
    "AXES",
    "CASE_NAME",
    "FAILURES",
    "LARGEST",
    "SCHEMA_VERSION",
    "Beside",
    "Build",
    "Case",
    "CaseInvocation",
    "CaseName",
    "CaseWarning",
    "Cause",
    "CheckResult",
    "Context",
    "Cost",
    "Count",
    "Environment",
    "Finite",
    "Footprint",
    "Gpu",
    "GpuState",
    "Group",
    "Interval",
    "InvocationRecord",
    "Journal",
    "Level",
    "Machine",
    "NonNegative",
    "Positive",
    "RateUnit",
    "ResultFile",
    "Role",
    "Row",
    "Run",
    "Scope",
    "State",
    "Status",
    "Struct",
    "Text",
    "Threading",
    "Time",
    "Unknown",
    "Word",
    "Workspan",
]

SCHEMA_VERSION: Final = 2

Role = Literal["main", "teaching"]
Threading = Literal[
    "one",  # one thread
    "team",  # an OpenMP team
    "own",  # threads of its own, as many as the case says: a library's, or a pool's
    "per_task",  # threads or processes of its own, as many as it has tasks
]
Subject = Literal[  # what a workload tells something about
    "computing",
    "concurrency",  # its variants are execution models
    "transfers",  # copies between host and device: rates, and nothing to compare them with
]
Cause = Literal[
    "",  # ok or planned
    "memory",  # does not fit, or cannot be allocated
    "unavailable",  # not on this machine, or not in this build
    "too_slow",  # over the run limit or the host limit
    "interrupted",
    "wrong_result",
    "device_lost",  # a sticky CUDA error
    "error",
    "process",  # it crashed, or timed out
]


class Status(enum.Enum):
    """How a case or an invocation ended."""

    OK = "ok"
    PLANNED = "planned"  # in a plan only: would be measured
    FAILED = "failed"  # wrong result, or an error in the kernel
    SKIPPED = "skipped"  # cannot run here; the reason says why
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the process died: signal, abort, out of memory, no result file


FAILURES: Final = (Status.FAILED, Status.TIMEOUT, Status.CRASHED)


class InvocationRecord(Struct, frozen=True, kw_only=True):
    """One process that took samples, or tried to."""

    workload: Word
    number: Ordinal  # of the invocations of this workload
    attempt: AttemptNumber = 1  # above 1 if an earlier one was disturbed or died
    status: Status
    reason: Text = ""  # why it is not ok
    case: Text = ""  # the case it was measuring when it died, or empty
    excluded: list[CaseName] = field(
        default_factory=list
    )  # cases left out because they ended an earlier attempt
    sizes: list[Count] = field(default_factory=list)  # of `run --break-even`; empty: the preset's
    arguments: list[Text]
    cpus: list[Count]
    environment: dict[str, Text] = field(default_factory=dict)  # set for this process only
    started: Time
    seconds: NonNegative
    exit_code: int | Literal["none"]  # "none" if a signal ended it
    signal: Text = ""
    stderr: Text = ""  # its last lines
    peak_memory: NonNegative | Unknown
    user_seconds: NonNegative
    system_seconds: NonNegative
    voluntary_switches: Count
    involuntary_switches: Count
    before: State
    after: State
    disturbed: list[Text] = field(default_factory=list)  # why; empty if undisturbed


class Footprint(Struct, frozen=True, kw_only=True):
    """Memory: shared by all cases of a size, of one case, on the device; and of the reference."""

    host_shared: NonNegative
    host_case: NonNegative
    device_case: NonNegative
    host_reference: NonNegative = 0.0

    @property
    def kernel_on_host(self) -> float:
        """The working set of a host variant."""
        return self.host_shared + self.host_case

    @property
    def on_host(self) -> float:
        """All host memory of the case."""
        return self.kernel_on_host + self.host_reference


class CheckResult(Struct, frozen=True, kw_only=True):
    """The checker's last answer. error: worst error / tolerance."""

    ok: bool
    why: Text
    error: Finite | None = None


class CaseWarning(Struct, frozen=True, kw_only=True):
    """A doubt about a case: a code from a small set, and the details of this case."""

    code: Word
    detail: Text


class Library(Struct, frozen=True, kw_only=True):
    """What ran in a library's variant, as the library says. core: the kernels for this CPU."""

    name: Text
    version: Text
    core: Text  # or empty


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """workload x variant x size x threads: one row. The fields from `time` on need status ok."""

    name: CaseName
    workload: Word
    variant: Word
    n: Count
    threads: ThreadCount
    keys: dict[Axis, AxisValue]
    seed: Seed
    subject: Subject = "computing"
    scope: Scope
    ceiling: Text  # the workload whose measured rate bounds this one, or empty
    rate_unit: RateUnit  # of the rate that is reported, and compared with the ceiling
    role: Role
    ours: bool  # false: a library
    library: Library | None = None  # None: ours, or a library that does not say
    threading: Threading
    level: Level
    status: Status
    reason: Text  # a sentence for people
    cause: Cause = ""
    cost: Cost
    footprint: Footprint
    check_result: CheckResult = field(name="verdict")  # its name in files since version 1
    time: Positive | None = None  # see case_time() of counting.py
    interval: Interval | None = None  # 95 %
    stopped: Text | None = None
    invocations: list[CaseInvocation] = field(default_factory=list)
    counters: dict[Text, Finite] = field(default_factory=dict)
    warnings: Annotated[list[CaseWarning], Meta(max_length=1000)]

    @property
    def is_ceiling(self) -> bool:
        """Whether its workload serves as a ceiling, which is its own ceiling."""
        return self.ceiling == self.workload

    @property
    def computes(self) -> bool:
        """Whether it solves a problem, so that its variants can be compared."""
        return self.subject == "computing"


class Run(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The request, and whether it was completed.

    sweep: what was varied on purpose, so that it tells a law; weak_scaling: a size for each number
    of threads, at which a thread has the work of one at the smallest.
    """

    started: Time
    ended: Time
    complete: bool
    arguments: list[Text]
    preset: Preset
    target: Annotated[float, Meta(gt=0, lt=1)]
    seed: Seed
    invocations: Annotated[int, Meta(ge=0, le=1_000_000)]  # per workload
    all_threads: ThreadCount  # the number for --threads all
    sweep: Literal["", "weak_scaling"] = ""


class Workspan(Struct, frozen=True, kw_only=True):
    """The part of the file that is ours."""

    schema_version: Literal[2]
    run: Run
    machine: Machine
    build: Build
    environment: Environment
    cases: list[Case]
    invocations: list[InvocationRecord] = field(
        default_factory=list
    )  # of a merged file; empty in a single invocation's
    beside: list[Beside] = field(default_factory=list)  # one entry for each process


class ResultFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: Google Benchmark's two parts, and ours."""

    context: Context
    benchmarks: list[Row]
    workspan: Workspan


class Journal(Struct, frozen=True, kw_only=True):
    """One immutable file of a run's folder: how an invocation ended, and its result, if any."""

    schema_version: Literal[2] = SCHEMA_VERSION
    record: InvocationRecord
    result: ResultFile | None = None
