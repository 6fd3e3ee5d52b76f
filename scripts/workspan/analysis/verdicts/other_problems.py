# SPDX-License-Identifier: Apache-2.0
"""What the same code gains at other sizes and with other keys: found when a finding asks for it,
since a large file has ten thousands of problems.
"""

from collections import defaultdict
from collections.abc import Iterable

from workspan.analysis.ratios.ceilings import problem_of
from workspan.analysis.ratios.judge import Judgements
from workspan.resultfile.model import Case
from workspan.resultfile.names import TEAM


class OtherProblems:
    """Those of a run. problems: the cases of each."""

    def __init__(self, problems: Iterable[list[Case]], judged: Judgements) -> None:
        self._judged = judged
        self._series: dict[object, list[list[Case]]] = defaultdict(list)
        self._teams: dict[object, list[Case]] = defaultdict(list)  # by workload and size
        self._larger: dict[object, dict[int, float]] = {}
        for cases in problems:
            first = cases[0]
            self._series[_series_of(first)].append(cases)
            self._teams[first.workload, first.n] += (c for c in cases if c.variant == TEAM)

    def largest_gain(self, case: Case) -> float:
        """The best of the same workload and keys at a larger size; 0 without one."""
        series = _series_of(case)
        if series not in self._larger:
            self._larger[series] = self._larger_gains(self._series[series])
        return self._larger[series][case.n]

    def codes_of_other_keys(self, case: Case) -> dict[str, float]:
        """What the team makes of the machine in the problems of the same workload and size, by the
        name of its case.
        """
        found = {}
        for team in self._teams[case.workload, case.n]:
            if problem_of(team) != problem_of(case) and (code := self._judged[team.name].code):
                found[team.name] = code.value
        return found

    def _larger_gains(self, problems: Iterable[list[Case]]) -> dict[int, float]:
        found, so_far = {}, 0.0
        for cases in sorted(problems, key=lambda cases: -cases[0].n):
            found[cases[0].n] = so_far
            so_far = max(so_far, self._best_gain(cases))
        return found

    def _best_gain(self, cases: Iterable[Case]) -> float:
        """Of the suite's codes of the host on several threads."""
        teams = (c for c in cases if c.scope == "host" and c.ours and c.threads > 1)
        gains = (self._judged[c.name].vs_seq for c in teams)
        return max((gain.value for gain in gains if gain), default=0.0)


def _series_of(case: Case) -> object:
    """Workload and keys."""
    return case.workload, tuple(sorted(case.keys.items()))
