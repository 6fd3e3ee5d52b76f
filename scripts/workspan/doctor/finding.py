# SPDX-License-Identifier: Apache-2.0
"""The words of the doctor: facts about a machine, and findings about them."""

import enum
from dataclasses import dataclass

from workspan.machine.disturbance import rise
from workspan.resultfile.model import ResultFile, State, Status


class Level(enum.Enum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"  # changes what the numbers mean
    WARNING = "warning"  # spoils them


@dataclass(frozen=True)
class Finding:
    """One line: what was found, and what to do (empty where all is well)."""

    level: Level
    topic: str
    found: str
    advice: str = ""


@dataclass(frozen=True)
class Facts:
    """plan: the answer of `bench --dry-run`. before, after: two states, while nothing of ours ran between them."""

    plan: ResultFile
    before: State
    after: State


def ok(topic: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, topic, found)


def note(topic: str, found: str, advice: str) -> Finding:
    """It changes what the numbers mean."""
    return Finding(Level.NOTE, topic, found, advice)


def warning(topic: str, found: str, advice: str) -> Finding:
    """It spoils them."""
    return Finding(Level.WARNING, topic, found, advice)


def most_threads(facts: Facts) -> int:
    """Of a planned case; the number of usable CPUs where none is planned."""
    workspan = facts.plan.workspan
    planned = (c.threads for c in workspan.cases if c.status is Status.PLANNED)
    return max(
        planned, default=len(workspan.machine.limits.allowed_cpus) or workspan.run.all_threads
    )


def share(before: float | str, after: float | str, facts: Facts) -> float | None:
    """By how much a counter of seconds rose in each second that we watched; None where unknown."""
    risen, seconds = rise(before, after), facts.after.at - facts.before.at
    return risen / seconds if risen is not None and seconds > 0 else None
