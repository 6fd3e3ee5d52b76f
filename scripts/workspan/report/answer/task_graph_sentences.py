# SPDX-License-Identifier: Apache-2.0
"""Work, span and parallelism in sentences, against the speedup that was measured."""

from collections.abc import Iterable

from workspan.analysis.laws.task_graphs import TaskGraph
from workspan.report.cells import power
from workspan.report.marked_numbers import percent, times
from workspan.support.text import quantity
from workspan.support.units import format_number, format_time


def sentences(found: Iterable[TaskGraph]) -> list[str]:
    """Of each code its largest size on the most threads."""
    largest: dict[tuple[str, str], TaskGraph] = {}
    for one in found:
        key = one.case.workload, one.case.variant
        known = largest.setdefault(key, one)
        if (one.case.n, one.case.threads) > (known.case.n, known.case.threads):
            largest[key] = one
    return [sentence(one) for one in largest.values()]


def sentence(one: TaskGraph) -> str:
    """The graph, what it allows, and what was gained of that."""
    case = one.case
    kinds = ", ".join(f"{kind} {format_time(t)}" for kind, t in one.each.items() if t > 0)
    limit = "the threads" if one.bound < one.parallelism else "the longest path"
    return (
        f"{case.workload} {case.variant}, n = {power(case.n)}, {one.tiles} x {one.tiles} tiles:"
        f" work {format_time(one.work)}, span {format_time(one.span)}, so a parallelism of"
        f" {format_number(one.parallelism)} (one task by itself: {kinds}). On"
        f" {quantity(case.threads, 'thread')} no schedule gains more than"
        f" {format_number(one.bound)}x over one, for which {limit}"
        f" {'are' if limit.endswith('threads') else 'is'} the limit; {_measured(one)}."
    )


def _measured(one: TaskGraph) -> str:
    if one.speedup is None:
        return "its speedup over one thread was not measured"
    return f"measured {times(one.speedup)}, {percent(one.speedup.scaled(1 / one.bound))} of it"
