# SPDX-License-Identifier: Apache-2.0
"""What to measure next: a pure function of the manifest and of what was measured, so that a resumed run goes on as if nothing had happened.

Rounds over all workloads, each in an order of its own, so that slow drift of the machine hits all alike.
"""

import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from workspan.resultfile.model import InvocationRecord, Status
from workspan.running.manifest import Manifest, Options, Preset

MOST_EXCLUDED: Final = (
    3  # cases of one workload that may end a process before the workload is given up
)
MOST_REPEATS: Final = 3  # of a disturbed invocation
RESERVE: Final = 0.1  # share of the time for repeats of disturbed invocations
LEAST_SHARE: Final = 0.2  # of its equal share that an invocation gets, however late it is
UNLIMITED: Final = 60.0  # seconds per workload and invocation where there is no limit in all


@dataclass(frozen=True)
class Amount:
    """How often, and for how many seconds in all; no limit where None."""

    invocations: int
    seconds: float | None


AMOUNTS: Final[dict[Preset, Amount]] = {
    "smoke": Amount(1, 25.0),
    "quick": Amount(3, 140.0),
    "gate": Amount(10, 600.0),
    "full": Amount(3, None),
}


@dataclass(frozen=True)
class Step:
    """The next invocation: of which workload, which attempt, without which cases, and the seconds it may measure."""

    workload: str
    number: int
    attempt: int
    excluded: tuple[str, ...]
    budget: float


def amount(options: Options) -> Amount:
    """What the preset says, and what the user said instead."""
    usual = AMOUNTS[options.preset]
    return Amount(options.invocations or usual.invocations, options.time_budget or usual.seconds)


def planned_cases(manifest: Manifest) -> dict[str, set[str]]:
    """The cases that can be measured, by workload."""
    cases: dict[str, set[str]] = {name: set() for name in manifest.workloads}
    for case in manifest.plan.workspan.cases:
        if case.status is Status.PLANNED and case.workload in cases:
            cases[case.workload].add(case.name)
    return cases


def own_threads(manifest: Manifest) -> dict[str, set[str]]:
    """The planned variants that run on a library's own threads, by workload."""
    found: dict[str, set[str]] = {}
    for case in manifest.plan.workspan.cases:
        if case.status is Status.PLANNED and case.threading == "own":
            found.setdefault(case.workload, set()).add(case.variant)
    return found


def order(workloads: Sequence[str], seed: int, number: int) -> list[str]:
    """The workloads in the order of one round."""
    shuffled = sorted(workloads)
    random.Random(zlib.crc32(f"{seed}/{number}".encode())).shuffle(shuffled)
    return shuffled


def next_step(manifest: Manifest, records: Iterable[InvocationRecord]) -> Step | None:
    """The next invocation, or None where all is done. records: of all there are, oldest first."""
    return _Course(manifest, records).next()


def steps_left(manifest: Manifest, records: Iterable[InvocationRecord]) -> int:
    """How many invocations were never tried."""
    return _Course(manifest, records).untried


def perhaps_held_up(record: InvocationRecord) -> bool:
    """Whether the load of others, and not its case, may be why it took too long."""
    return record.status is Status.TIMEOUT and bool(record.disturbed)


class _Course:
    def __init__(self, manifest: Manifest, records: Iterable[InvocationRecord]) -> None:
        self._manifest, self._amount = manifest, amount(manifest.options)
        self._attempts: dict[tuple[str, int], list[InvocationRecord]] = {}
        self._excluded: dict[str, list[str]] = {name: [] for name in manifest.workloads}
        self._over: set[str] = set()  # workloads that are not started again
        self._pardoned: set[tuple[str, str]] = (
            set()
        )  # workload and case of a timeout that gets another attempt
        self._spent = 0.0
        self._all = planned_cases(manifest)
        for record in records:
            self._note(record)
        self.untried = sum(
            (w, n) not in self._attempts for w in self._alive() for n in self._numbers()
        )

    def _numbers(self) -> range:
        return range(1, self._amount.invocations + 1)

    def _alive(self) -> list[str]:
        return [name for name in self._manifest.workloads if name not in self._over]

    def _note(self, record: InvocationRecord) -> None:
        workload = record.workload
        self._attempts.setdefault((workload, record.number), []).append(record)
        self._spent += record.seconds
        if workload not in self._excluded or record.status not in (Status.CRASHED, Status.TIMEOUT):
            return
        if perhaps_held_up(record) and (workload, record.case) not in self._pardoned:
            self._pardoned.add((workload, record.case))
            return
        excluded = self._excluded[workload]
        known = (
            record.case in self._all[workload]
            and record.case not in excluded
            and len(excluded) < MOST_EXCLUDED
        )
        if known:
            excluded.append(record.case)
        if not known or self._all[workload] <= set(excluded):
            self._over.add(workload)

    def next(self) -> Step | None:
        for number in self._numbers():
            names = [
                name
                for name in order(self._manifest.workloads, self._manifest.options.seed, number)
                if name not in self._over
            ]
            for name in names:
                attempts = self._attempts.get((name, number), [])
                if not attempts or attempts[-1].status in (Status.CRASHED, Status.TIMEOUT):
                    return self._step(name, number)
            disturbed = [
                name for name in names if self._worth_repeating(self._attempts[name, number])
            ]
            if disturbed:
                return self._step(
                    min(disturbed, key=lambda name: len(self._attempts[name, number])), number
                )
        return None

    def _step(self, name: str, number: int) -> Step:
        attempts = self._attempts.get((name, number), [])
        budget = (
            self._share()
            if attempts and attempts[-1].disturbed
            else self._budget(self.untried + bool(attempts))
        )
        return Step(name, number, len(attempts) + 1, tuple(self._excluded[name]), budget)

    def _share(self) -> float:
        """Equal for all invocations of the run."""
        if self._amount.seconds is None:
            return UNLIMITED
        return (
            self._amount.seconds
            * (1 - RESERVE)
            / (self._amount.invocations * len(self._manifest.workloads))
        )

    def _budget(self, others: int) -> float:
        """What is left, shared by those that are left."""
        if self._amount.seconds is None:
            return UNLIMITED
        left = self._amount.seconds * (1 - RESERVE) - self._spent
        return max(left / others, LEAST_SHARE * self._share())

    def _worth_repeating(self, attempts: list[InvocationRecord]) -> bool:
        """Whether the last attempt was disturbed, there were not too many, and the others keep their time."""
        repeats = sum(bool(record.disturbed) for record in attempts)
        if not attempts[-1].disturbed or repeats > MOST_REPEATS:
            return False
        if self._amount.seconds is None:
            return True
        return self._spent + (self.untried + 1) * self._share() <= self._amount.seconds
