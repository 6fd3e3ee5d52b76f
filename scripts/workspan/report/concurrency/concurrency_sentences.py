# SPDX-License-Identifier: Apache-2.0
"""The findings about execution models in sentences; a clause without its number is left out."""

from workspan.analysis.concurrency import Concurrency, Subject
from workspan.analysis.concurrency_findings import NOTHING, Findings, LittlesLaw, find
from workspan.report.figure_cells import gain
from workspan.support.units import format_time

NUMBERS = ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def sentences(judged: Concurrency) -> list[str]:
    """Concurrency on one core, parallelism on all CPUs, and how many threads wait at a time."""
    found, subject = find(judged), judged.subject
    texts = (
        _one_core(found, subject),
        _all_cpus(found, subject),
        _threads_at_a_time(found.littles_law, subject) if found.littles_law else "",
    )
    return [text for text in texts if text]


def _one_core(found: Findings, subject: Subject) -> str:
    clauses = []
    if found.waiting_on_one is not None and found.waits_overlap:
        overlapping = min(subject.waiters, round(found.waiting_on_one))
        clauses.append(f"{overlapping} of {subject.waiters} waits overlap")
    elif found.waiting_on_one is not None:
        clauses.append(f"waits hardly overlap ({gain(found.waiting_on_one)})")
    computing = found.computing_on_one
    if computing is not None and computing > NOTHING:
        clauses.append(
            f"computing gains {gain(computing)}, which one core cannot give: "
            "seq was disturbed, or the tasks were not confined to it"
        )
    elif computing is not None:
        shared = "does" if found.waits_overlap else "overlaps"
        clauses.append(f"no computation {shared} ({gain(computing)})")
    if not clauses:
        return ""
    start = "Concurrent is not parallel: on" if found.is_not_parallel else "On"
    return f"{start} one core {', and '.join(clauses)}."


def _all_cpus(found: Findings, subject: Subject) -> str:
    gains = {"computing": found.computing_on_all, "waiting": found.waiting_on_all}
    clauses = [f"{what} {_how_much(value)}" for what, value in gains.items() if value]
    return f"{_cpus(subject.cpus)} speed up {', and '.join(clauses)}." if clauses else ""


def _how_much(value: float) -> str:
    return gain(value) if value > NOTHING else f"not at all ({gain(value)})"


def _cpus(count: int) -> str:
    """At the beginning of a sentence."""
    return f"{NUMBERS[count - 2] if count - 2 < len(NUMBERS) else count} CPUs"


def _threads_at_a_time(law: LittlesLaw, subject: Subject) -> str:
    """Little's law: those in a system = arrivals in a second x time that each stays."""
    most = law.at_a_time
    said = f"and measured {gain(law.gain)}"
    if law.gain > most * NOTHING:
        said = f"but measured {gain(law.gain)}, as if threads cost less there than in dispatch"
    return (
        f"{subject.many} threads cannot all wait at the same time: a wait lasts"
        f" {format_time(subject.tau)}, a thread costs {format_time(law.cost)}, so about {most:.0f}"
        f" exist at a time (Little's law); the gain is at most that, {said}."
    )
