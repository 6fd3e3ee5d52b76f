# SPDX-License-Identifier: Apache-2.0
"""The goal of runs beside a neighbour: short runs keep their speedup, longer ones say so."""

from collections.abc import Sequence
from typing import Final

from workspan.analysis.merge import DISTURBED_SAMPLES
from workspan.analysis.ratios.judge import Judgement, judge
from workspan.goals.goal import Goal, share_goal
from workspan.goals.repeated import difference, known, values
from workspan.resultfile.counting import disturbed_counting
from workspan.resultfile.model import Case, ResultFile, Status

WORKLOADS: Final = {"fma": "2^14", "gemm": "512", "montecarlo": "2^20", "nbody": "2^12"}
SHARES: Final = (25, 50)  # percent of one CPU
LONGEST: Final = 4e-3  # seconds of a run that fits into the neighbour's pauses
AGREES: Final = 0.05


def speedups_stay(quiet: Sequence[ResultFile], loud: Sequence[ResultFile], share: int) -> Goal:
    """quiet, loud: the runs of all workloads without the neighbour and beside it."""
    then, now = ({k: v for file in side for k, v in _short(file).items()} for side in (quiet, loud))
    differences = {name: difference(then[name], now[name]) for name in then if name in now}
    lost = {name: float("inf") for name in then if name not in now}
    goal = share_goal(
        f"neighbour of {share} % on one core: speedups of runs <= {LONGEST * 1e3:.0f} ms within "
        f"{AGREES * 100:.0f} % of quiet; longer rows are marked",
        differences,
        len(differences),
        AGREES,
        1.0,
    )
    unmarked = [name for file in loud for name in unmarked_rows(file)]
    details = [*goal.details, *(f"{name}: not measured beside it" for name in lost)]
    details += [f"{name}: longer, and not marked" for name in unmarked]
    met = None if goal.met is None else goal.met and not lost and not unmarked
    return Goal(goal.goal, goal.measured, met, details)


def _short(file: ResultFile) -> dict[str, float]:
    """Speedups of the teams whose runs are short."""

    def speedup(case: Case, judgement: Judgement) -> float | None:
        team = case.threads > 1 and case.threading == "team" and case.role == "main"
        return known(judgement.vs_seq) if team and (case.time or 0) <= LONGEST else None

    return dict(values(file, speedup))


def unmarked_rows(file: ResultFile) -> list[str]:
    """Teams with long runs, of which disturbed samples count without a word."""
    judgements = judge(file)
    return [
        case.name
        for case in file.workspan.cases
        if case.status is Status.OK
        and case.scope == "host"
        and case.threads > 1
        and (case.time or 0) > LONGEST
        and any(disturbed_counting(i) for i in case.invocations if i.counted)
        and DISTURBED_SAMPLES
        not in {w.code for w in (*case.warnings, *judgements[case.name].warnings)}
    ]
