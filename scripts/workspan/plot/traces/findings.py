# SPDX-License-Identifier: Apache-2.0
"""The titles of a timeline: what the trace shows, in one sentence that is computed from it."""

import dataclasses
from collections.abc import Sequence
from statistics import median
from typing import Final

from workspan.plot.traces.orders import (
    Order,
    classify,
    cpus_of,
    is_chain,
    lifetime,
    order_of_ends,
    tasks_at_a_time,
    times_of,
    waits_after,
)
from workspan.plot.traces.trace import Task, Trace
from workspan.support.units import format_time

NUMBERS: Final = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
MOST_LISTED: Final = 6  # tasks whose order of completion is spelled out


def title_of(trace: Trace) -> str:
    """The finding of one panel."""
    ran = _those_that_ran(trace)
    cancelled = len(trace.cancelled)
    finding = _finding(ran) if ran.tasks else f"No {trace.noun} ran"
    return finding + (f"; {number(cancelled)} cancelled before" if cancelled else "")


def _those_that_ran(trace: Trace) -> Trace:
    """Without tasks that were cancelled before they ran, which have waits only."""
    if not trace.cancelled:
        return trace
    tasks = [task for k, task in enumerate(trace.tasks) if k not in trace.cancelled]
    return dataclasses.replace(trace, tasks=tasks)


def _finding(trace: Trace) -> str:
    if trace.issues:
        return f"Asynchronous: {_issuing(trace)}; {_completion(trace.tasks)}"
    order, several = classify(trace.tasks), len(trace.tasks) > 1
    if not several:
        return f"One {trace.noun}: {_work(trace)}"
    times = times_of(trace.tasks)
    waits = times.waiting > times.running
    if order is Order.SEQUENTIAL and waits:
        return f"Sequential: {_waits(trace)}, one after the other, take {_duration(trace)}"
    if order is Order.OVERLAPPING and waits:
        return f"Overlapping: {_waits(trace)} take {_duration(trace)}{_on_cpus(trace.tasks)}"
    return f"{order.value.capitalize()}: {_turns(order, trace)}; {_work(trace)}"


def title_of_all(traces: Sequence[Trace]) -> str:
    """The title above several panels: "" if they have one order in common."""
    orders = {classify(ran.tasks) for ran in map(_those_that_ran, traces) if len(ran.tasks) > 1}
    if len(orders) < 2:
        return ""
    counts = {len(trace.tasks) for trace in traces}
    nouns = {trace.noun for trace in traces}
    tasks = f"{nouns.pop()}s" if len(nouns) == 1 else "tasks"
    if len(counts) == 1:
        tasks = f"{number(counts.pop())} {tasks}"
    return f"{number(len(orders)).capitalize()} orders of {tasks}"


def number(count: int) -> str:
    """Up to twelve as a word."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def time_in_words(nanoseconds: float) -> str:
    """36 ms, 10.3 ms: three digits, without a decimal that says nothing."""
    value, unit = format_time(nanoseconds * 1e-9).split()
    return f"{value.rstrip('0').rstrip('.') if '.' in value else value} {unit}"


def _turns(order: Order, trace: Trace) -> str:
    count, cpus = f"{number(len(trace.tasks))} {trace.noun}s", _on_cpus(trace.tasks)
    if order is Order.SEQUENTIAL:
        return f"{count} one after the other{cpus}"
    if order is Order.INTERLEAVED:
        return f"{count} take turns{cpus}"
    if order is Order.OVERLAPPING:
        return f"one of {count} computes while others wait{cpus}"
    most = tasks_at_a_time(trace.tasks)
    if most == len(trace.tasks):
        return f"{count} at the same time{cpus}"
    return f"{number(most)} of {count} at a time{cpus}"


def _on_cpus(tasks: Sequence[Task]) -> str:
    cpus = len(cpus_of(tasks))
    return f" on {number(cpus)} CPU{'s' if cpus > 1 else ''}" if cpus else ""


def _work(trace: Trace) -> str:
    return f"{time_in_words(times_of(trace.tasks).running)} of work takes {_duration(trace)}"


def _duration(trace: Trace) -> str:
    """Of the whole run; if the file holds its first tasks only, until these were done."""
    whole = len(trace.tasks) == trace.case.tasks
    return time_in_words(trace.duration if whole else max(lifetime(t)[1] for t in trace.tasks))


def _waits(trace: Trace) -> str:
    waited = [sum(s.end - s.begin for s in task if s.waits) for task in trace.tasks]
    waiting = [one for one in waited if one]
    return f"{number(len(waiting))} waits of {time_in_words(median(waiting))}"


def _issuing(trace: Trace) -> str:
    """What the arrows say."""
    tasks = trace.tasks
    then = ", then waits" if all(waits_after(one, tasks) for one in trace.issues) else ""
    if is_chain(trace.issues, len(tasks)):
        return f"each task issues the next{then}"
    issuers = {one.issuer for one in trace.issues}
    if len(issuers) == 1:
        return f"task {issuers.pop() + 1} issues {number(len(trace.issues))} others{then}"
    return f"{number(len(issuers))} tasks issue others{then.replace('waits', 'wait')}"


def _completion(tasks: Sequence[Task]) -> str:
    order = order_of_ends(tasks)
    if len(order) <= MOST_LISTED:
        return f"done in the order {', '.join(str(task + 1) for task in order)}"
    if order == sorted(order):
        return "done in the order in which they were issued"
    if order == sorted(order, reverse=True):
        return "done in reverse order"
    last = max(range(len(tasks)), key=lambda task: lifetime(tasks[task])[1])
    return f"task {last + 1} is done last"
