# SPDX-License-Identifier: Apache-2.0
"""What must hold in a trace file beyond its types: lanes, spans and arrows fit the cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import UNSET

from workspan.plot.traces.trace_file import (
    ISSUE,
    RUN,
    WAIT,
    Event,
    TracedCase,
    TraceFile,
    nanoseconds,
)

Found = tuple[str, str]  # the place in the file, and the rule that it breaks
ALLOWED: Final = 1e-3  # relative, by which the field `seconds` may differ from the span of the run


@dataclass
class _Lane:
    """The spans of one lane, with their places in the file."""

    named: bool = False
    spans: list[tuple[str, Event]] = field(default_factory=list)


@dataclass
class _Group:
    """One case's lanes of one kind: its tasks, its CPUs or its workers."""

    case: TracedCase
    kind: str
    named: bool = False
    lanes: dict[int, _Lane] = field(default_factory=dict)
    arrows: dict[int | str, dict[str, tuple[str, Event]]] = field(default_factory=dict)


def violation(file: TraceFile) -> Found | None:
    """The first violation in a trace file; None if it keeps all rules."""
    return next(_violations(file), None)


def _violations(file: TraceFile) -> Iterator[Found]:
    groups: dict[int, _Group] = {}
    for i, case in enumerate(file.otherData.workspan.cases):
        place = f"$.otherData.workspan.cases[{i}]"
        yield from ((f"{place}.{name}", rule) for name, rule in _wrong_case(case))
        pids = {case.pid_tasks: "tasks", case.pid_cpus: "cpus", case.pid_workers: "workers"}
        if groups.keys() & pids:
            yield place, "shares a process of lanes (pid) with an earlier case"
        groups |= {pid: _Group(case, kind) for pid, kind in pids.items()}
    for i, event in enumerate(file.traceEvents):
        yield from _file_event(groups, f"$.traceEvents[{i}]", event)
    for pid, group in groups.items():
        yield from _wrong_group(pid, group)


def _wrong_case(case: TracedCase) -> Iterator[Found]:
    first, last = [case.workload, case.variant, f"n:{case.n}"], f"threads:{case.threads}"
    parts = case.name.split("/")
    keys = [f"{key}:{value}" for key, value in case.keys.items()]
    if parts[:3] != first or parts[-1] != last or sorted(parts[3:-1]) != sorted(keys):
        yield "name", "does not agree with workload, variant, n, keys and threads"
    if case.written > case.tasks:
        yield "written", f"is {case.written}, more than all {case.tasks} tasks"
    if (case.pid_cpus, case.pid_workers) != (case.pid_tasks + 1, case.pid_tasks + 2):
        yield "pid_tasks", "is not followed by pid_cpus and pid_workers"


def _file_event(groups: dict[int, _Group], place: str, event: Event) -> Iterator[Found]:
    """Puts an event into its lane."""
    group = groups.get(event.pid)
    if group is None:
        yield f"{place}.pid", f"{event.pid} does not belong to any case"
        return
    if event.ph == "M" and not event.name.startswith("thread_"):
        group.named = group.named or event.name == "process_name"
        return
    if event.tid is UNSET:
        yield place, f"`{event.name}` without `tid`"
        return
    lane = group.lanes.setdefault(event.tid, _Lane())
    if event.ph == "M":
        lane.named = lane.named or event.name == "thread_name"
    elif event.ph == "X":
        lane.spans.append((place, event))
    elif group.kind != "tasks":
        yield f"{place}.pid", "an arrow belongs to the lanes of the tasks"
    else:
        ends = group.arrows.setdefault("" if event.id is UNSET else event.id, {})
        if event.ph in ends:
            yield place, f"a second event of phase {event.ph} with the id {event.id}"
        ends[event.ph] = (place, event)


def _wrong_group(pid: int, group: _Group) -> Iterator[Found]:
    whole = "$.traceEvents"
    if not group.named:
        yield whole, f"the {group.kind} of {group.case.name} (pid {pid}) lack a process_name"
    for tid, lane in sorted(group.lanes.items()):
        if not lane.named:
            yield whole, f"lane {tid} of pid {pid} lacks a thread_name"
        for place, span in lane.spans:
            yield from _wrong_span(group, tid, place, span)
        yield from _overlaps(lane, nested=group.kind != "tasks")
    if group.kind == "tasks":
        yield from _wrong_tasks(pid, group)
        yield from _wrong_arrows(group)


def _wrong_span(group: _Group, tid: int, place: str, event: Event) -> Iterator[Found]:
    """A span belongs to its lane: task, CPU or worker."""
    if event.cat == ISSUE:
        yield f"{place}.cat", "a span computes (run) or waits (wait)"
    if event.cat == WAIT and group.kind != "tasks":
        yield f"{place}.cat", f"the lanes of {group.kind} show what runs, not what waits"
    if group.kind == "tasks" and tid == 0:
        if event.cat != RUN or event.name != group.case.name:
            yield place, f"lane 0 holds the whole run of {group.case.name} only"
        return
    args = None if event.args is UNSET else event.args
    if args is None or args.task is UNSET or args.task >= group.case.written:
        yield f"{place}.args", f"does not name one of the {group.case.written} written tasks"
        return
    own = {"tasks": args.task, "cpus": args.cpu, "workers": args.worker}[group.kind]
    if own != tid - 1:
        yield f"{place}.tid", f"is {tid}, but the span is of {group.kind[:-1]} {own}"


def _bounds(event: Event) -> tuple[int, int]:
    """Begin and end in nanoseconds, as written: exact."""
    begin, length = (nanoseconds(time) for time in (event.ts, event.dur))
    return begin, begin + length


def _overlaps(lane: _Lane, *, nested: bool) -> Iterator[Found]:
    """Spans of a lane follow each other; those of CPUs and workers may also be nested."""
    spans = [(*_bounds(event), place) for place, event in lane.spans]
    open_ends: list[int] = []
    for begin, end, place in sorted(spans, key=lambda one: (one[0], -one[1] if nested else one[1])):
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        if open_ends and not (nested and end <= open_ends[-1]):
            yield place, "overlaps an earlier span of its lane"
        open_ends.append(end)


def _wrong_tasks(pid: int, group: _Group) -> Iterator[Found]:
    """The whole run is there, and all written tasks are, within it."""
    run = group.lanes.get(0, _Lane()).spans
    if len(run) != 1:
        yield "$.traceEvents", f"lane 0 of pid {pid} holds {len(run)} spans, not the one of the run"
        return
    begin, end = _bounds(run[0][1])
    if begin != 0 or abs(end - group.case.seconds * 1e9) > ALLOWED * end:
        yield run[0][0], f"the run does not last from 0 to {group.case.seconds} s, its `seconds`"
    # A task that is cancelled before it runs has a span all the same, in which it waits.
    needed = {RUN} if group.case.keys.get("cancel", "0") == "0" else {RUN, WAIT}
    for task in range(group.case.written):
        spans = group.lanes.get(task + 1, _Lane()).spans
        if not any(event.cat in needed for _, event in spans):
            yield "$.traceEvents", f"task {task} of {group.case.name} is missing: it never runs"
        for place, event in spans:
            if _bounds(event)[1] > end:
                yield place, "ends after the run"


def _wrong_arrows(group: _Group) -> Iterator[Found]:
    for key, ends in group.arrows.items():
        place, _ = next(iter(ends.values()))
        if ends.keys() != {"s", "f"}:
            missing = "start" if "s" in ends else "issue"
            yield place, f"the arrow {key} lacks its other end, the {missing}"
            continue
        (issue_place, issue), (start_place, start) = ends["s"], ends["f"]
        if issue.cat != ISSUE or start.cat != ISSUE:
            yield f"{place}.cat", "an arrow is an issue"
        time, started = nanoseconds(issue.ts), nanoseconds(start.ts)
        spans = [_bounds(span) for span in _spans(group, issue)]
        if not any(begin <= time <= end for begin, end in spans):
            yield issue_place, "a task issues another outside its own spans"
        if started != min((begin for begin, _ in map(_bounds, _spans(group, start))), default=-1):
            yield start_place, "an arrow does not end where its task starts"
        if time > started:
            yield start_place, "a task starts before it is issued"


def _spans(group: _Group, event: Event) -> Sequence[Event]:
    """The spans of the task in whose lane this end of an arrow is."""
    if event.tid is UNSET or event.tid == 0:
        return []
    return [span for _, span in group.lanes.get(event.tid, _Lane()).spans]
