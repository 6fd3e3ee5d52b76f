# SPDX-License-Identifier: Apache-2.0
"""Goals of two or more runs of one build: what they must agree on."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from workspan.analysis.ratios.ceilings import is_memory_bound
from workspan.analysis.ratios.judge import Judgement, judge
from workspan.compare.cases import compare_files
from workspan.compare.verdict import Verdict
from workspan.goals.goal import Goal, share_goal
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity

SHORTEST: Final = 20e-6  # seconds; below, waking a team up is most of the time
CODE_AGREES: Final = 0.05
TIMES_AGREE: Final = 0.02
MOST_ROWS: Final = 0.9  # of all rows that must agree
ALARMS: Final = (Verdict.SLOWER, Verdict.FASTER)

Values = Mapping[str, float]  # by the name of the row


def difference(a: float, b: float) -> float:
    """Relative, the same in both directions."""
    return math.exp(abs(math.log(a / b))) - 1


def code_agrees(a: ResultFile, b: ResultFile) -> Goal:
    """What the code makes of the machine, of every team that runs long enough to be told."""
    differences = _differences(a, b, _code)
    wanted = sum(d <= 0.03 for d in differences.values())
    goal = share_goal(
        f"two idle runs: code of team rows above {SHORTEST * 1e6:.0f} us within "
        f"{CODE_AGREES * 100:.0f} % for {MOST_ROWS * 100:.0f} %",
        differences,
        len(differences),
        CODE_AGREES,
        MOST_ROWS,
    )
    return Goal(goal.goal, f"{goal.measured}; within 3 %: {wanted}", goal.met, goal.details)


def times_and_shares_agree(a: ResultFile, b: ResultFile) -> Goal:
    """One-thread times of what arithmetic bounds, and shares of what memory bounds."""
    differences = _differences(a, b, _time_or_share)
    return share_goal(
        f"two idle runs: one-thread times bound by arithmetic, shares bound by memory within "
        f"{TIMES_AGREE * 100:.0f} % for {MOST_ROWS * 100:.0f} %",
        differences,
        len(differences),
        TIMES_AGREE,
        MOST_ROWS,
    )


def equal_runs_raise_no_alarm(files: Sequence[ResultFile]) -> Goal:
    """All pairs of runs of one build by compare's own rule."""
    pairs = list(itertools.combinations(enumerate(files, 1), 2))
    loud = [line for (i, a), (j, b) in pairs if (line := _alarms(a, b, f"run {i} and {j}"))]
    measured = f"{len(loud)} of {quantity(len(pairs), 'pair')}"
    met = len(loud) <= 1 if len(files) > 1 else None
    return Goal("equal runs: at most one pair with any SLOWER or FASTER", measured, met, loud)


def _alarms(a: ResultFile, b: ResultFile, pair: str) -> str:
    rows = [row for row in compare_files(a, b, ("old", "new")).rows if row.verdict in ALARMS]
    return f"{pair}: " + ", ".join(f"{r.name} {r.verdict.value}" for r in rows) if rows else ""


def _differences(
    a: ResultFile, b: ResultFile, value: Callable[[Case, Judgement], float | None]
) -> dict[str, float]:
    then, now = (values(file, value) for file in (a, b))
    return {name: difference(then[name], now[name]) for name in then if name in now}


def values(file: ResultFile, value: Callable[[Case, Judgement], float | None]) -> Values:
    """The value of every timed host case that has one."""
    judgements = judge(file)
    found = {
        case.name: value(case, judgements[case.name])
        for case in file.workspan.cases
        if case.status is Status.OK and case.scope == "host" and case.time
    }
    return {name: number for name, number in found.items() if number}


def known(estimate: Estimate | None) -> float | None:
    """Its value, if it comes from the same blocks and is not 1 by definition."""
    return estimate.value if estimate and not (estimate.from_rows or estimate.exact) else None


def _code(case: Case, judgement: Judgement) -> float | None:
    team = case.threading == "team" and case.threads > 1 and not case.is_ceiling
    return known(judgement.code) if team and (case.time or 0) > SHORTEST else None


def _time_or_share(case: Case, judgement: Judgement) -> float | None:
    if case.rate_unit == "flops":
        return case.time if case.threads == 1 else None
    return known(judgement.of_ceiling) if is_memory_bound(case) and not case.is_ceiling else None
