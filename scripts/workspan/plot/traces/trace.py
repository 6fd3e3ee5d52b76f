# SPDX-License-Identifier: Apache-2.0
"""Traces as they are drawn: each case with the spans of its tasks, from a file that was checked."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msgspec import UNSET, UnsetType

from workspan.plot.traces.trace_file import ISSUE, RUN, Event, TracedCase, decode_trace, nanoseconds
from workspan.plot.traces.trace_rules import violation
from workspan.resultfile.names import PIPELINE
from workspan.resultfile.read import read_bytes
from workspan.resultfile.strict_json import refuse
from workspan.support.errors import UsageError


@dataclass(frozen=True)
class Span:
    """Part of a task's life: it computes, or it waits by its own wish. Times in nanoseconds."""

    begin: int
    end: int
    waits: bool = False
    cpu: int = -1  # -1: unknown
    worker: int = -1


@dataclass(frozen=True)
class Issue:
    """A task asks for another one, which starts then or later."""

    issuer: int
    issued: int
    time: int
    start: int


Task = Sequence[Span]  # in order of time, disjoint


@dataclass(frozen=True)
class Trace:
    """One traced run of a case; times are nanoseconds since the run began."""

    case: TracedCase
    machine: str
    duration: int
    tasks: Sequence[Task]
    issues: Sequence[Issue]

    @property
    def noun(self) -> str:
        """What a task is called."""
        return "item" if self.case.workload == PIPELINE else "task"

    @cached_property
    def cancelled(self) -> frozenset[int]:
        """The tasks that were cancelled before they ran: their waits are for nothing."""
        if self.case.keys.get("cancel", "0") == "0":
            return frozenset()
        never = (task for task, spans in enumerate(self.tasks) if all(s.waits for s in spans))
        return frozenset(never)


def read_traces(path: Path) -> list[Trace]:
    """The cases of a trace file, in its order. Raises InputError: file, place and violation."""
    return decode_traces(read_bytes(path), str(path))


def decode_traces(data: bytes, name: str) -> list[Trace]:
    """The cases of the trace file in `data`. Raises InputError, naming the file `name`."""
    file = decode_trace(data, name)
    if found := violation(file):
        refuse(name, *found)
    ours = file.otherData.workspan
    by_pid: dict[int, list[Event]] = {}
    for event in file.traceEvents:
        by_pid.setdefault(event.pid, []).append(event)
    return [_trace(case, ours.machine, by_pid[case.pid_tasks]) for case in ours.cases]


def case_filter(text: str | None) -> Callable[[str], bool]:
    """Whether a case was asked for: by its name, or by a regular expression found in it."""
    if text is None:
        return lambda name: True
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UsageError(f"--case '{text}' is not a regular expression: {error}") from None
    return lambda name: name == text or pattern.search(name) is not None


def _trace(case: TracedCase, machine: str, events: Iterable[Event]) -> Trace:
    tasks: list[list[Span]] = [[] for _ in range(case.written)]
    ends: dict[int | str | UnsetType, dict[str, Event]] = {}
    duration = 0
    for event in events:
        if event.ph == "X" and event.tid == 0:
            duration = nanoseconds(event.dur)
        elif event.ph == "X":
            tasks[_lane(event) - 1].append(_span(event))
        elif event.cat == ISSUE:
            ends.setdefault(event.id, {})[event.ph] = event
    for task in tasks:
        task.sort(key=lambda span: (span.begin, span.end))
    issues = [_issue(**pair) for pair in ends.values()]
    return Trace(case, machine, duration, tasks, sorted(issues, key=lambda one: one.time))


def _lane(event: Event) -> int:
    return 0 if event.tid is UNSET else event.tid


def _span(event: Event) -> Span:
    begin, args = nanoseconds(event.ts), event.args
    cpu = -1 if args is UNSET or args.cpu is UNSET else args.cpu
    worker = -1 if args is UNSET or args.worker is UNSET else args.worker
    return Span(begin, begin + nanoseconds(event.dur), event.cat != RUN, cpu, worker)


def _issue(s: Event, f: Event) -> Issue:
    return Issue(_lane(s) - 1, _lane(f) - 1, nanoseconds(s.ts), nanoseconds(f.ts))
