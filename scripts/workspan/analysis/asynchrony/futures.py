# SPDX-License-Identifier: Apache-2.0
"""Futures: what it costs to spawn a task, to ask how it is, to take its result, to cancel it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from workspan.analysis.asynchrony.problems import WorkloadCases, number_of
from workspan.analysis.ratios.figures import Figure, counter
from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, FUTURES

NANOSECOND: Final = 1e-9
CANCEL: Final = "cancel"  # per cent of the tasks that are cancelled
# No cancelled task starts, by construction: seq runs a task when its result is asked for, a
# coroutine when its caller waits, and tbb takes no task into a group that is cancelled.
NO_RACE: Final = (BASELINE, "coroutines", "tbb")
AS_A_GROUP: Final = ("tbb",)  # one call cancels all tasks: its cost is of no task


@dataclass(frozen=True)
class FutureRow:
    """One model. Times in seconds; never_ran: share of the tasks whose cancelling was asked for,
    where starting and cancelling race. n: tasks.
    """

    model: str
    n: Figure | None = None
    spawn: Figure | None = None
    status: Figure | None = None
    get: Figure | None = None
    cancel: Figure | None = None
    never_ran: Figure | None = None


@dataclass(frozen=True)
class FutureTable:
    """Each model with its most tasks. cancelled: per cent, the most of any model."""

    cancelled: int
    rows: tuple[FutureRow, ...]


def future_table(cases: Iterable[Case]) -> FutureTable | None:
    """None if not measured."""
    found = WorkloadCases(cases, FUTURES)
    rows = tuple(
        row for model in found.models if (row := _row(found, model)) != FutureRow(model, n=row.n)
    )
    most = max((_cancelled(case) for case in found.cases), default=0)
    return FutureTable(most, rows) if rows else None


def _row(found: WorkloadCases, model: str) -> FutureRow:
    """Calls as they are without cancelling; what cancelling does where most are cancelled."""
    most = max((_cancelled(c) for c in found.cases if c.variant == model), default=0)
    least = min((_cancelled(c) for c in found.cases if c.variant == model), default=0)
    plain = found.largest(model, lambda case: _cancelled(case) == least)
    asked = found.largest(model, lambda case: _cancelled(case) == most > 0)
    return FutureRow(
        model=model,
        n=Figure(plain.n) if plain else None,
        spawn=counter(plain, "spawn_ns", NANOSECOND),
        status=counter(plain, "status_ns", NANOSECOND),
        get=counter(plain, "get_ns", NANOSECOND),
        cancel=None if model in AS_A_GROUP else counter(asked, "cancel_ns", NANOSECOND),
        never_ran=None if model in NO_RACE else counter(asked, "never_ran_share"),
    )


def _cancelled(case: Case) -> int:
    return number_of(case.keys, CANCEL)
