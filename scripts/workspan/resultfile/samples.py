# SPDX-License-Identifier: Apache-2.0
"""The types of a result file that hold samples: of a case, and of a ceiling beside its group.

A group is one workload, size and keys. Its cases are measured in blocks: each once, in random
order, so two samples of one block and process are a pair.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from workspan.resultfile.fields import (
    AttemptNumber,
    Axis,
    AxisValue,
    Count,
    NonNegative,
    Ordinal,
    Positive,
    Struct,
    Text,
    ThreadCount,
    Unknown,
    Word,
)

Scope = Literal["host", "kernel", "e2e"]
RateUnit = Literal["flops", "bytes", "items"]
Level = Literal["l1", "l2", "shared", "memory", "none"]  # of the working set; none: unknown
Number = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Nanoseconds = Annotated[int, Meta(ge=1, le=2**40)]  # of a task: up to 18 minutes
MOST_DURATIONS: Final = 34 << 7  # the buckets of harness/tasks/task_latencies.hpp


class Latencies(Struct, frozen=True, kw_only=True):
    """How long the tasks of all samples took: ascending durations, each at most 0.8 % above the
    true one, and how many tasks took that long.
    """

    ns: Annotated[list[Nanoseconds], Meta(min_length=1, max_length=MOST_DURATIONS)]
    tasks: Annotated[list[Number], Meta(min_length=1, max_length=MOST_DURATIONS)]


class CaseInvocation(Struct, frozen=True, kw_only=True):
    """The samples of one case in one invocation; each is the time of one run."""

    # Tuples: a large file has a million of these, and an empty tuple takes no memory.
    wall: Annotated[tuple[Positive, ...], Meta(min_length=1)]
    cpu: tuple[NonNegative, ...]  # of all threads of the process
    iterations: Number  # runs that make a sample long enough
    runs: tuple[Number, ...] = ()  # of each sample, as all lists below
    block: tuple[Number, ...] = ()  # of its group in this process
    at: tuple[NonNegative, ...] = ()  # its start, since the process began
    # waited: the largest delay of any one thread, able to run but not on a CPU; empty if unknown
    waited: tuple[NonNegative, ...] = ()
    clean: tuple[bool, ...] = ()  # false: disturbed, it waited for too long
    latencies: Latencies | None = None  # None: the workload has none
    cpu_share: NonNegative | None = None  # host: median of cpu / wall / threads over the samples
    round_trips: tuple[Positive, ...] = ()  # of a cache line between neighbouring CPUs
    # sm_mhz: the SM clock after each sample; empty if unavailable
    sm_mhz: tuple[NonNegative | Unknown, ...] = ()
    throttled: tuple[tuple[Text, ...], ...] = ()  # why that clock was held down
    number: Ordinal = 1
    attempt: AttemptNumber = 1
    disturbed: tuple[Text, ...] = ()
    counted: bool = True  # false if a later, undisturbed attempt counts instead


class Cost(Struct, frozen=True, kw_only=True):
    """The least work of one run."""

    flops: NonNegative
    bytes: NonNegative
    items: NonNegative


class Group(Struct, frozen=True, kw_only=True):
    """The cases that were measured in the same blocks."""

    workload: Word
    n: Count
    keys: dict[Axis, AxisValue]


class Beside(Struct, frozen=True, kw_only=True):
    """A ceiling measured in the blocks of a group: a fact of one process, not a row."""

    workload: Word
    variant: Word
    n: Count
    keys: dict[Axis, AxisValue]
    threads: ThreadCount
    scope: Literal["host", "kernel"]
    level: Level
    rate_unit: Literal["flops", "bytes"]
    cost: Cost
    group: Group
    samples: CaseInvocation
