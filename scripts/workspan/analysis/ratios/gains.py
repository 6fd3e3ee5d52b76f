# SPDX-License-Identifier: Apache-2.0
"""What a machine gains from several threads, by the ceiling that bounds a case: found among the
cases of a run and the ceilings beside them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workspan.analysis.ratios.bounds import Bounds
from workspan.analysis.ratios.case_ratios import (
    BesideIndex,
    Ceiling,
    Gain,
    ceiling_of_row,
    speedup,
)
from workspan.analysis.ratios.ceilings import OWN_CACHES, CaseIndex, shortest_kernel
from workspan.resultfile.model import Beside, Case, RateUnit
from workspan.resultfile.names import BASELINE, TEAM
from workspan.stats.ratios import Estimate


class Indexes(NamedTuple):
    """The cases of a run and the ceilings beside them.

    variables: of the environment. shortest: the time of a kernel, in seconds. speedups: over seq,
    of the cases that were asked for, by name. rows: those that served as ceilings, by name and
    unit. gains: by the ids of two ceilings.
    """

    cases: CaseIndex
    beside: BesideIndex
    variables: Mapping[str, str]
    shortest: float
    speedups: dict[str, Estimate | None]
    rows: dict[tuple[str, RateUnit], Ceiling]
    gains: dict[tuple[int, int], Gain]
    bounds: Bounds

    def row(self, case: Case | None, unit: RateUnit) -> Ceiling | None:
        """A row as a ceiling, the same object for all cases that it serves."""
        if case is None:
            return None
        key = case.name, unit
        if key not in self.rows:
            self.rows[key] = ceiling_of_row(case, unit)
        return self.rows[key]

    def gain(self, one: Ceiling, team: Ceiling) -> Gain:
        """What a ceiling gains, the same object for all cases."""
        key = id(one), id(team)
        if key not in self.gains:
            self.gains[key] = Gain(one, team)  # keeps both, so that their ids stay their own
        return self.gains[key]

    def vs_seq(self, case: Case) -> Estimate | None:
        """T_seq / T; found once, though a weak baseline asks for that of every other code."""
        if case.name not in self.speedups:
            seq = first_of(self.cases.same_problem(case), BASELINE)
            self.speedups[case.name] = speedup(seq, case)
        return self.speedups[case.name]


def indexes(
    cases: Sequence[Case], beside: Sequence[Beside], variables: Mapping[str, str]
) -> Indexes:
    """Those of a run."""
    shortest = shortest_kernel(cases)
    index, around = CaseIndex(cases), BesideIndex(beside)
    return Indexes(index, around, variables, shortest, {}, {}, {}, Bounds())


def first_of(cases: Sequence[Case], variant: str, threads: int | None = None) -> Case | None:
    """The first case of a variant, on that number of threads if one is given."""
    found = (c for c in cases if c.variant == variant and threads in (None, c.threads))
    return next(found, None)


def gain_of(case: Case, run: Indexes) -> Gain | None:
    """What the ceiling of a host case on several threads gains from them.

    A ceiling's own workload has its ceiling among its rows, but not in L1 and L2, where a row of
    one pass times the start of its team.
    """
    if case.scope != "host" or case.threads == 1 or not case.ceiling or _times_a_start(case):
        return None
    one, team = (run.beside.find(case, threads) for threads in (1, case.threads))
    if one is not None and team is not None:
        return run.gain(one, team)
    found = _team_ceiling(case, run.cases)
    alone = first_of(run.cases.same_problem(found), found.variant, 1) if found else None
    one, team = run.row(alone, case.rate_unit), run.row(found, case.rate_unit)
    return run.gain(one, team) if one and team else None


def _times_a_start(case: Case) -> bool:
    """Whether it is a ceiling's row of one pass over a core's own caches: a microsecond, of which
    starting the team takes a large part.
    """
    in_one_pass = case.rate_unit == "bytes" and "passes" not in case.keys
    return case.is_ceiling and in_one_pass and case.level in OWN_CACHES


def _team_ceiling(case: Case, index: CaseIndex) -> Case | None:
    """The row on all threads of a case whose rate tells what the machine gave."""
    if not case.is_ceiling:
        return index.fastest_ceiling(case, [case.ceiling], case.rate_unit)
    return first_of(index.same_problem(case), TEAM, case.threads)
