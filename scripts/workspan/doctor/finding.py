# SPDX-License-Identifier: Apache-2.0
"""Facts about a machine, and findings with their severity."""

import enum
from dataclasses import dataclass

from workspan.resultfile.clean_samples import CleanSamples
from workspan.resultfile.cpu_time import increase
from workspan.resultfile.model import ResultFile, State, Status


class Severity(enum.Enum):
    """The effect of a finding on measurements."""

    OK = "ok"
    NOTE = "note"  # affects the interpretation of the numbers
    WARNING = "warning"  # distorts the numbers


@dataclass(frozen=True)
class Finding:
    """One line: the observation and the advice, which is empty for ok."""

    severity: Severity
    topic: str
    found: str
    advice: str = ""


@dataclass(frozen=True)
class LastRun:
    """The newest run of this machine: its name, and how many of its samples had their cores."""

    name: str
    clean: CleanSamples


@dataclass(frozen=True)
class Facts:
    """plan: the answer of `bench --dry-run`. before, after: states around our idle period.

    autogroup, schedstat: what the kernel says in the files of these names; empty without them.
    """

    plan: ResultFile
    before: State
    after: State
    autogroup: str = ""
    schedstat: str = ""
    last: LastRun | None = None


def ok(topic: str, found: str) -> Finding:
    """A finding without advice."""
    return Finding(Severity.OK, topic, found)


def note(topic: str, found: str, advice: str) -> Finding:
    """A finding that affects the interpretation of the numbers."""
    return Finding(Severity.NOTE, topic, found, advice)


def warning(topic: str, found: str, advice: str) -> Finding:
    """A finding that distorts the numbers."""
    return Finding(Severity.WARNING, topic, found, advice)


def max_threads(facts: Facts) -> int:
    """The most threads of a planned case; without one, the number of usable CPUs."""
    workspan = facts.plan.workspan
    planned = (c.threads for c in workspan.cases if c.status is Status.PLANNED)
    return max(
        planned, default=len(workspan.machine.limits.allowed_cpus) or workspan.run.all_threads
    )


def time_fraction(before: float | str, after: float | str, facts: Facts) -> float | None:
    """The increase of a counter of seconds per second watched; None if unknown."""
    difference, seconds = increase(before, after), facts.after.at - facts.before.at
    return difference / seconds if difference is not None and seconds > 0 else None
