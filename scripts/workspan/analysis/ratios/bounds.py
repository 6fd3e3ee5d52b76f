# SPDX-License-Identifier: Apache-2.0
"""Bounds of ratios of times: most cases are so far from a border that their pairs need not be
compared. A large file has a hundred thousand cases, an answer speaks of a few.
"""

from typing import Final

from workspan.analysis.ratios.case_ratios import Ceiling
from workspan.analysis.ratios.ceilings import work
from workspan.resultfile.model import Case

NEARLY: Final = 1 - 1e-9  # more than what logarithms round


class Bounds:
    """Of the cases of a run: a ratio is at most the longest sample of the one, in seconds of a run,
    over the shortest of the other.
    """

    def __init__(self) -> None:
        self._ends: dict[str, tuple[float, float]] = {}  # by the name of the case

    def speedup_may_exceed(self, other: Case, case: Case, border: float) -> bool:
        """Whether T_other / T_case can be above a border."""
        return self._of(other)[1] > border * self._of(case)[0] * NEARLY

    def share_may_exceed(self, case: Case, ceiling: Ceiling, border: float) -> bool:
        """Whether the share of this ceiling can be above a border."""
        of_work = work(case, case.rate_unit) / ceiling.work
        return of_work * ceiling.longest > border * self._of(case)[0] * NEARLY

    def _of(self, case: Case) -> tuple[float, float]:
        found = self._ends.get(case.name)
        if found is None:
            walls = [i.wall for i in case.invocations if i.counted]
            found = self._ends[case.name] = min(map(min, walls)), max(map(max, walls))
        return found
