# SPDX-License-Identifier: Apache-2.0
"""The problem that a table is about: of those of a workload the one that most models solved."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from workspan.analysis.ratios.model_cases import ONE_CORE
from workspan.resultfile.model import Case
from workspan.resultfile.names import AXES, BASELINE

Choice = Callable[[Case], bool]


@dataclass(frozen=True)
class Problem:
    """The size and the keys, in the order of a name, of the cases of a table."""

    n: int
    keys: Mapping[str, str] = field(default_factory=dict)


class WorkloadCases:
    """The timed cases of a workload. Tables are about those on all CPUs, if there are any."""

    def __init__(self, cases: Iterable[Case], workload: str) -> None:
        timed = [case for case in cases if case.workload == workload and case.time and case.n > 0]
        everywhere = [case for case in timed if not ONE_CORE.items() <= case.keys.items()]
        self.cases = everywhere or timed
        self._on_one = [case for case in timed if ONE_CORE.items() <= case.keys.items()]
        self.models = list(dict.fromkeys(case.variant for case in self.cases))

    def problem(self, choice: Choice, near: Mapping[str, int] | None = None) -> Problem | None:
        """Of the cases chosen: that of most models, then the largest, then the one whose keys are
        next to these numbers.
        """
        solved: dict[tuple[int, frozenset[tuple[str, str]]], set[str]] = defaultdict(set)
        for case in filter(choice, self.cases):
            solved[case.n, frozenset(case.keys.items())].add(case.variant)
        best = max(
            solved,
            key=lambda of: (len(solved[of]), of[0], -_octaves(dict(of[1]), near or {})),
            default=None,
        )
        if best is None:
            return None
        n, keys = best[0], dict(best[1])
        return Problem(n, {axis: keys[axis] for axis in AXES if axis in keys})

    def of(self, model: str, problem: Problem | None) -> Case | None:
        """That of a model on the most threads."""
        found = [] if problem is None else self.all_of(model, problem)
        return max(found, key=lambda case: case.threads, default=None)

    def on_one_core(self, model: str, problem: Problem | None) -> Case | None:
        """The same problem by a model that is confined to one CPU."""
        if problem is None:
            return None
        keys = {**problem.keys, **ONE_CORE}
        same = (c for c in self._on_one if (c.variant, c.n, c.keys) == (model, problem.n, keys))
        return next(same, None)

    def all_of(self, model: str, problem: Problem) -> list[Case]:
        """Those of a model by their number of threads."""
        same = (
            case
            for case in self.cases
            if case.variant == model and case.n == problem.n and case.keys == problem.keys
        )
        return sorted(same, key=lambda case: case.threads)

    def largest(self, model: str, choice: Choice) -> Case | None:
        """The largest of a model's cases that are chosen, on the most threads."""
        found = (case for case in self.cases if case.variant == model and choice(case))
        return max(found, key=lambda case: (case.n, case.threads), default=None)

    def baseline(self, case: Case) -> Case | None:
        """The case of seq with the same problem."""
        return self.of(BASELINE, Problem(case.n, case.keys))


def number_of(keys: Mapping[str, str], key: str) -> int:
    """The number that is the value of a key; 0: the key is absent, or not a number."""
    value = keys.get(key, "")
    return int(value) if value.isdecimal() else 0


def _octaves(keys: Mapping[str, str], near: Mapping[str, int]) -> float:
    """How far the keys are from these numbers."""
    known = {key: number_of(keys, key) for key in near}
    return sum(abs(math.log2(known[key] / near[key])) for key in near if known[key])
