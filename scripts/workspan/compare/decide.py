# SPDX-License-Identifier: Apache-2.0
"""The verdicts on all cases with times on both sides, corrected over all of them.

Host cases with a ceiling beside them are judged by their share of it, since what moves a machine
between two runs moves both; by time, if one side counts the work of a run differently. A share says
nothing of a change of the ceiling itself. If a row of the ceiling on as many threads, of any size,
became slower or faster, its cases are judged by time. If the ceiling beside a case changed and the
time of the case did not follow, in the same direction and by half as much by logarithms, its share
decides nothing: that is what new code of the ceiling looks like.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from workspan.compare.evidence import (
    By,
    Evidence,
    Setting,
    apply_test,
    compare_times,
    disturbed_side,
    estimate_needed,
    evidence_of,
    find_obstacle,
    judged_by,
)
from workspan.compare.series import Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict, decide_verdict
from workspan.stats.ratios import Estimate
from workspan.stats.significance import FEWEST, benjamini_hochberg

CHANGED = (Verdict.SLOWER, Verdict.FASTER)
ONLY_THE_CEILING: Final = (
    "its share changed, but its time did not follow the ceiling beside it, "
    "whose code may have changed; workspan ab interleaves both"
)
COST_DIFFERS: Final = "the counted cost of a run differs"
FOLLOWS: Final = 0.5  # of the ceiling's change, by signed logarithms: a machine moves both alike
Pair = tuple[Series, Series]
Changed = Mapping[tuple[str, int], CaseVerdict]  # rows of ceilings, by workload and threads


def decide_verdicts(
    timed: Sequence[Pair], thresholds: Thresholds, *, paired: bool
) -> list[CaseVerdict]:
    """The rows of these pairs, in their order."""
    changed = {} if paired else changed_ceilings(timed, thresholds)
    rows, evidence, obstacles, beside = [], [], [], []
    by: By
    for old, new in timed:
        by, why = ("time", "") if paired else _judged_by(old, new, changed)
        beside.append(_change_beside(old, new, thresholds) if by == "share" else 1.0)
        why = why or _beside_words(beside[-1])
        evidence.append(evidence_of(old, new, by, paired=paired))
        row = compare_times(old, new, paired=paired)
        rows.append(replace(judged_by(row, evidence[-1]), detail=why))
        obstacles.append(find_obstacle(old, new, paired=paired, by=by))
    for i, obstacle in enumerate(obstacles):
        if obstacle:
            rows[i] = replace(rows[i], reason=obstacle[0], detail=obstacle[1] or rows[i].detail)
    setting = Setting(thresholds, obstacles.count(None), paired)
    free = [i for i, obstacle in enumerate(obstacles) if obstacle is None]
    decided = _decide([rows[i] for i in free], [evidence[i] for i in free], setting)
    for i, row in zip(free, decided, strict=True):
        rows[i] = _doubted(row, beside[i])
    return rows


def _decide(
    rows: Sequence[CaseVerdict], evidence: Sequence[Evidence], setting: Setting
) -> list[CaseVerdict]:
    """Tested, corrected over these rows, and decided."""
    tested = [apply_test(row, one, setting) for row, one in zip(rows, evidence, strict=True)]
    with_p = [i for i, row in enumerate(tested) if row.p is not None]
    for i, q in zip(with_p, benjamini_hochberg([tested[i].p or 0.0 for i in with_p]), strict=True):
        tested[i] = decide_verdict(tested[i], q, setting.thresholds)
        if tested[i].verdict is Verdict.INCONCLUSIVE:
            tested[i] = estimate_needed(tested[i], evidence[i], setting)
    return tested


def _judged_by(old: Series, new: Series, changed: Changed) -> tuple[By, str]:
    """How a case is judged, and why, if it has a share and is judged by time.

    If the work of a run is counted anew, a share changes though no code does.
    """
    if not old.ceiling or not new.ceiling or old.ceiling.name != new.ceiling.name:
        return "time", "" if old.cost == new.cost else COST_DIFFERS
    if old.cost != new.cost:
        return "time", f"judged by time: {COST_DIFFERS}"
    if not math.isclose(old.ceiling.works, new.ceiling.works, abs_tol=1e-9):
        return "time", "judged by time: the counted cost of a run of its ceiling differs"
    if min(len(old.ceiling.shares), len(new.ceiling.shares)) < min(FEWEST, len(new.samples)):
        return "time", "judged by time: too few processes have pairs with the ceiling beside it"
    if itself := changed.get((new.ceiling.workload, new.threads)):
        word = itself.verdict.value.lower()
        return "time", f"judged by time: its ceiling is {word} itself, by {itself.name}"
    return "share", ""


def _change_beside(old: Series, new: Series, thresholds: Thresholds) -> float:
    """New / old time of the ceiling beside a case; 1 if that is not beyond threshold and noise."""
    if not old.ceiling or not new.ceiling:
        return 1.0
    times = Evidence("time", tuple(old.ceiling.times.values()), tuple(new.ceiling.times.values()))
    found, limit = times.estimate(), 1 + thresholds.change
    low, high = found.interval or (0.0, math.inf)
    changed = (found.value > limit and low > 1) or (found.value < 1 / limit and high < 1)
    return found.value if changed else 1.0


def _beside_words(change: float) -> str:
    if change == 1:
        return ""
    word, factor = ("slower", change) if change > 1 else ("faster", 1 / change)
    return f"the ceiling beside it was {word} by {(factor - 1) * 100:.0f} %"


def _doubted(row: CaseVerdict, beside: float) -> CaseVerdict:
    """NONE instead of SLOWER or FASTER, if the ceiling beside it changed and its time did not
    follow.
    """
    if row.verdict not in CHANGED or _has_followed(row.time_effect or 1.0, beside):
        return row
    return replace(row, verdict=Verdict.NONE, reason=ONLY_THE_CEILING)


def _has_followed(time: float, beside: float) -> bool:
    """Whether a time changed as the ceiling beside it did, by FOLLOWS of that or more.

    Both new / old; a time that moved against its ceiling has not followed. beside: 1 if unchanged.
    """
    change = math.log(beside)
    return change == 0 or math.log(time) / change >= FOLLOWS


def changed_ceilings(timed: Sequence[Pair], thresholds: Thresholds) -> Changed:
    """Rows of ceilings that are SLOWER or FASTER, by time: of each ceiling the first.

    Of any size and key, since most ceilings beside have no row of their own name.
    """
    rows = [(old, new) for old, new in timed if new.is_ceiling and new.scope == "host"]
    rows = [(old, new) for old, new in rows if not disturbed_side(old, new)]
    known = [(new, evidence_of(old, new, "time", paired=False)) for old, new in rows]
    usable = [(new, times) for new, times in known if min(times.counts) >= FEWEST]
    setting = Setting(thresholds, len(usable), paired=False)
    decided = _decide(
        [_ceiling_row(new.name, times.estimate()) for new, times in usable],
        [times for _, times in usable],
        setting,
    )
    found: dict[tuple[str, int], CaseVerdict] = {}
    for (new, _), row in zip(usable, decided, strict=True):
        if row.verdict in CHANGED:
            found.setdefault((new.workload, new.threads), row)
    return found


def _ceiling_row(name: str, found: Estimate) -> CaseVerdict:
    return CaseVerdict(name, Verdict.NONE, "", effect=found.value, interval=found.interval)
