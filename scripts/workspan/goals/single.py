# SPDX-License-Identifier: Apache-2.0
"""Goals of one run: its intervals, its clean samples, and the share of its time that was timed."""

import math
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Final

from workspan.analysis.ratios.judge import judge
from workspan.goals.goal import Goal, share_goal
from workspan.goals.repeated import difference
from workspan.resultfile.clean_samples import is_judged
from workspan.resultfile.counting import counting_times
from workspan.resultfile.model import Case, CaseInvocation, ResultFile, Status
from workspan.stats.ratios import Estimate

HALF_WIDTH: Final = 0.03
FILTER_AGREES: Final = 0.005
MOST_FILTERED: Final = 0.95  # of the rows
TIMED: Final = 0.55
LONGEST: Final = 300.0  # seconds


def intervals_are_narrow(file: ResultFile) -> Goal:
    """Of the speedups of every main variant."""
    speedups = _main_speedups(file)
    widths = {n: w for n, e in speedups.items() if (w := e.relative_half_width) is not None}
    without = [f"{name}: no interval" for name in speedups if name not in widths]
    wide = sorted((n for n in widths if widths[n] > HALF_WIDTH), key=lambda n: -widths[n])
    goal = f"speedups: median half-width <= {HALF_WIDTH * 100:.0f} %, every main row has one"
    if not speedups:
        return Goal(goal, "no rows", None)
    middle = median(widths.values()) if widths else math.inf
    measured = (
        f"{middle * 100:.1f} %; {len(without)} of {len(speedups)} without, "
        f"{len(wide)} wider than {HALF_WIDTH * 100:.0f} %"
    )
    details = [*without, *(f"{name}: +-{widths[name] * 100:.1f} %" for name in wide)]
    return Goal(goal, measured, middle <= HALF_WIDTH and not without, details)


def _main_speedups(file: ResultFile) -> dict[str, Estimate]:
    judgements = judge(file)
    found = {
        case.name: judgements[case.name].vs_seq
        for case in file.workspan.cases
        if case.role == "main" and case.status is Status.OK
    }
    return {name: e for name, e in found.items() if e is not None and not e.exact}


def filter_selects_nothing(file: ResultFile) -> Goal:
    """The time of each judged case by its clean samples against that by all of them."""
    differences = {
        case.name: difference(_time(case, clean_only=True), _time(case, clean_only=False))
        for case in file.workspan.cases
        if case.status is Status.OK and is_judged(case) and any(i.waited for i in case.invocations)
    }
    return share_goal(
        f"filter on and off: medians within {FILTER_AGREES * 100:.1f} % for "
        f"{MOST_FILTERED * 100:.0f} % of rows",
        differences,
        len(differences),
        FILTER_AGREES,
        MOST_FILTERED,
    )


def _time(case: Case, *, clean_only: bool) -> float:
    """The geometric mean over processes of the medians of their samples."""
    counted = [i for i in case.invocations if i.counted]
    logs = [math.log(median(counting_times(i) if clean_only else i.wall)) for i in counted]
    return math.exp(math.fsum(logs) / len(logs))


def most_of_the_time_is_timed(file: ResultFile, seconds: float | None = None) -> Goal:
    """Runs inside readings, ceilings included. seconds: of the whole command, if it was measured;
    else from the start of the run to its end, as the file says."""
    run = file.workspan.run
    whole = seconds or (_moment(run.ended) - _moment(run.started)).total_seconds()
    beside = [b.samples for b in file.workspan.beside]
    timed = sum(map(timed_seconds, (c.invocations for c in file.workspan.cases)))
    timed += timed_seconds(beside)
    goal = f"timed share >= {TIMED * 100:.0f} % in <= {LONGEST / 60:.0f} min"
    if whole <= 0:
        return Goal(goal, "the run has no duration", None)
    measured = f"{timed / whole * 100:.0f} %: {timed:.0f} s of {whole:.0f} s"
    return Goal(goal, measured, timed >= TIMED * whole and whole <= LONGEST)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def timed_seconds(invocations: Iterable[CaseInvocation]) -> float:
    """Seconds inside readings; older files know the runs of all samples of a case, not of each."""
    return math.fsum(
        wall * runs
        for i in invocations
        for wall, runs in zip(i.wall, i.runs or [i.iterations] * len(i.wall), strict=True)
    )
