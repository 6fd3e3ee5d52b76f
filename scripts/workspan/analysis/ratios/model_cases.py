# SPDX-License-Identifier: Apache-2.0
"""The measured cases of execution models, by what they measure: dispatch, busy, waiters.

analysis/asynchrony/ has the others.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from workspan.resultfile.model import Case
from workspan.resultfile.names import BASELINE, BUSY, DISPATCH, WAITERS

OF_TASKS: Final = (DISPATCH, BUSY, WAITERS)
ONE_CORE: Final = {"cpus": "1"}  # the key of cases that are confined to one CPU


def is_about_concurrency(case: Case) -> bool:
    """Whether its variant is an execution model."""
    return case.subject == "concurrency"


def tasks_of(case: Case) -> int:
    """The tasks of a busy case."""
    return math.ceil(case.n / int(case.keys["grain"]))


class ModelCases:
    """The timed cases of one file. cpus: the number of threads on all CPUs."""

    def __init__(self, cases: Iterable[Case], cpus: int) -> None:
        timed = [c for c in cases if c.workload in OF_TASKS and is_about_concurrency(c) and c.time]
        self.cpus = cpus
        self.models = list(dict.fromkeys(c.variant for c in timed))
        self.tau = next((c.keys["tau"] for c in timed if "tau" in c.keys), "")
        self._cases: dict[tuple[str, str, frozenset[tuple[str, str]]], list[Case]] = defaultdict(
            list
        )
        for case in timed:
            self._cases[case.workload, case.variant, frozenset(case.keys.items())].append(case)

    def baseline(self, case: Case) -> Case | None:
        """The case of seq with the same problem."""
        return self._of_size(case.workload, BASELINE, case.n, case.keys)

    def dispatch(self, model: str) -> Case | None:
        """The largest number of empty tasks measured, on all CPUs or on a device."""
        found = self._of(DISPATCH, model, {})
        usable = [c for c in found if c.n > 0 and (c.scope != "host" or self._uses_all(c))]
        return max(usable, key=lambda c: c.n, default=None)

    def waiting(self, model: str, n: int) -> Case | None:
        """n waiting tasks on all CPUs."""
        found = self._of(WAITERS, model, {"tau": self.tau})
        return next((c for c in found if c.n == n and self._uses_all(c)), None)

    def waiting_on_one(self, model: str, n: int) -> Case | None:
        """n waiting tasks on one core."""
        return self._of_size(WAITERS, model, n, {"tau": self.tau, **ONE_CORE})

    def waiter_counts(self, model: str) -> list[int]:
        """How many waiting tasks were measured on one core."""
        return [c.n for c in self._of(WAITERS, model, {"tau": self.tau, **ONE_CORE})]

    def waiters(self, model: str) -> list[Case]:
        """All its waiting tasks, wherever they ran, without those that issue others."""
        anywhere = ({"tau": self.tau}, {"tau": self.tau, **ONE_CORE})
        return [case for keys in anywhere for case in self._of(WAITERS, model, keys)]

    def busy(self, model: str, steps: int | None = None) -> list[Case]:
        """Computing tasks of every grain on all CPUs, the coarsest first. steps: n, None: any."""
        found = [
            case
            for (workload, variant, keys), cases in self._cases.items()
            if (workload, variant) == (BUSY, model) and _is_grain_only(keys)
            for case in cases
            if self._uses_all(case) and case.n > 0 and steps in (None, case.n)
        ]
        return sorted(found, key=lambda c: -int(c.keys["grain"]))

    def busy_on_one(self, model: str, steps: int, grain: str) -> Case | None:
        """Computing tasks on one core."""
        return self._of_size(BUSY, model, steps, {"grain": grain, **ONE_CORE})

    def _of(self, workload: str, model: str, keys: dict[str, str]) -> list[Case]:
        return self._cases.get((workload, model, frozenset(keys.items())), [])

    def _of_size(self, workload: str, model: str, n: int, keys: dict[str, str]) -> Case | None:
        found = (c for c in self._of(workload, model, keys) if c.scope == "host" and c.n == n)
        return next(found, None)

    def _uses_all(self, case: Case) -> bool:
        """Whether it may use all CPUs of the host; a model of one thread has to do with one."""
        on_host = case.scope == "host"
        return on_host and (case.threads == self.cpus or case.threading == "one")


def _is_grain_only(keys: frozenset[tuple[str, str]]) -> bool:
    values = dict(keys)
    return [*values] == ["grain"] and values["grain"].isdecimal() and int(values["grain"]) > 0
