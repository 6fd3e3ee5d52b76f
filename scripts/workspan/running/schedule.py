# SPDX-License-Identifier: Apache-2.0
"""The next invocation: a pure function of the manifest and of the finished invocations.

So a resumed run continues as if it had never stopped. The schedule is rounds over all workloads,
each round in a random order of its own, so that slow drift of the machine affects all alike.
"""

import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.analysis.attempts import was_interrupted
from workspan.resultfile.model import InvocationRecord, Status
from workspan.running.manifest import Manifest, Options
from workspan.support.presets import Preset

MAX_EXCLUDED: Final = 3  # cases per workload that may end a process; then it is given up
MIN_SHARE: Final = 0.2  # of an equal share: the least that an invocation gets
UNLIMITED: Final = 60.0  # seconds per workload and invocation without a total limit


@dataclass(frozen=True)
class RunBudget:
    """Invocations per workload, and seconds for all of them; None: no limit."""

    invocations: int
    seconds: float | None


BUDGETS: Final[dict[Preset, RunBudget]] = {
    "smoke": RunBudget(1, 25.0),
    "quick": RunBudget(5, 280.0),
    "gate": RunBudget(10, 600.0),
    "full": RunBudget(5, None),
    "concurrency": RunBudget(3, 195.0),  # 4 min in all: two blocks of waiters take longer
    "scaling": RunBudget(5, 1200.0),
}


@dataclass(frozen=True)
class Step:
    """One invocation: workload, number, attempt, excluded cases, and measuring time in seconds.

    sizes, variants: of `run --break-even`; empty: those of the run's options.
    """

    workload: str
    number: int
    attempt: int
    excluded: tuple[str, ...]
    budget: float
    sizes: tuple[int, ...] = ()
    variants: tuple[str, ...] = ()


def run_budget(options: Options) -> RunBudget:
    """The preset's budget, overridden by the user's options."""
    preset = BUDGETS[options.preset]
    return RunBudget(
        options.invocations or preset.invocations, options.time_budget or preset.seconds
    )


def planned_cases(manifest: Manifest) -> dict[str, set[str]]:
    """The names of the cases that can be measured, by workload."""
    cases: dict[str, set[str]] = {name: set() for name in manifest.workloads}
    for case in manifest.plan.workspan.cases:
        if case.status is Status.PLANNED and case.workload in cases:
            cases[case.workload].add(case.name)
    return cases


def own_threads(manifest: Manifest) -> dict[str, set[str]]:
    """The planned variants that make threads of their own, not an OpenMP team, by workload."""
    found: dict[str, set[str]] = {}
    for case in manifest.plan.workspan.cases:
        if case.status is Status.PLANNED and case.threading in ("own", "per_task"):
            found.setdefault(case.workload, set()).add(case.variant)
    return found


def round_order(workloads: Sequence[str], seed: int, number: int) -> list[str]:
    """The workloads in the random order of one round."""
    shuffled = sorted(workloads)
    random.Random(zlib.crc32(f"{seed}/{number}".encode())).shuffle(shuffled)
    return shuffled


def next_step(manifest: Manifest, records: Iterable[InvocationRecord]) -> Step | None:
    """The next invocation, or None if all are done. records: all finished ones, oldest first.

    Those of `--break-even` come after all of these: rounds.py.
    """
    return _Schedule(manifest, [r for r in records if not r.sizes]).next()


def steps_left(manifest: Manifest, records: Iterable[InvocationRecord]) -> int:
    """The number of invocations that were never tried."""
    return _Schedule(manifest, [r for r in records if not r.sizes]).untried


def is_excusable(record: InvocationRecord) -> bool:
    """Whether it timed out while disturbed or was interrupted: perhaps no fault of its case."""
    timed_out = record.status is Status.TIMEOUT and bool(record.disturbed)
    return timed_out or was_interrupted(record)


class _Schedule:
    """The state of a run, replayed from its records."""

    def __init__(self, manifest: Manifest, records: Iterable[InvocationRecord]) -> None:
        self._manifest, self._budget = manifest, run_budget(manifest.options)
        self._attempts: dict[tuple[str, int], list[InvocationRecord]] = {}
        self._excluded: dict[str, list[str]] = {name: [] for name in manifest.workloads}
        self._given_up: set[str] = set()  # workloads that are not started again
        self._retried: set[tuple[str, str]] = set()  # workload and case of an excused end
        self._spent = 0.0
        self._all = planned_cases(manifest)
        for record in records:
            self._add(record)
        self.untried = sum(
            (w, n) not in self._attempts for w in self._active() for n in self._numbers()
        )

    def _numbers(self) -> range:
        return range(1, self._budget.invocations + 1)

    def _active(self) -> list[str]:
        return [name for name in self._manifest.workloads if name not in self._given_up]

    def _add(self, record: InvocationRecord) -> None:
        workload = record.workload
        self._attempts.setdefault((workload, record.number), []).append(record)
        self._spent += record.seconds
        if workload not in self._excluded or record.status not in (Status.CRASHED, Status.TIMEOUT):
            return
        if is_excusable(record) and (workload, record.case) not in self._retried:
            self._retried.add((workload, record.case))
            return
        excluded = self._excluded[workload]
        known = (
            record.case in self._all[workload]
            and record.case not in excluded
            and len(excluded) < MAX_EXCLUDED
        )
        if known:
            excluded.append(record.case)
        if not known or self._all[workload] <= set(excluded):
            self._given_up.add(workload)

    def next(self) -> Step | None:
        for number in self._numbers():
            names = [
                name
                for name in round_order(
                    self._manifest.workloads, self._manifest.options.seed, number
                )
                if name not in self._given_up
            ]
            for name in names:
                attempts = self._attempts.get((name, number), [])
                if not attempts or attempts[-1].status in (Status.CRASHED, Status.TIMEOUT):
                    return self._step(name, number)
        return None

    def _step(self, name: str, number: int) -> Step:
        attempts = self._attempts.get((name, number), [])
        budget = self._share_of_rest(self.untried + bool(attempts))
        return Step(name, number, len(attempts) + 1, tuple(self._excluded[name]), budget)

    def _share_of_rest(self, invocations: int) -> float:
        """The remaining time, divided among the remaining invocations."""
        if self._budget.seconds is None:
            return UNLIMITED
        equal = self._budget.seconds / (self._budget.invocations * len(self._manifest.workloads))
        left = self._budget.seconds - self._spent
        return max(left / invocations, MIN_SHARE * equal)
