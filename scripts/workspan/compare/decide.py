# SPDX-License-Identifier: Apache-2.0
"""The verdicts on all cases with times on both sides, corrected over all of them.

Host cases with a ceiling beside them are told by their share of it, since what moves a machine
between two runs moves both. If the ceiling's own rows, of other processes, became slower or faster,
the ceiling may have changed, of which a share says nothing: its cases are told by time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from workspan.compare.evidence import (
    By,
    Evidence,
    Setting,
    apply_test,
    compare_times,
    estimate_needed,
    evidence_of,
    find_obstacle,
    told_by,
)
from workspan.compare.series import Ceiling, Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict, decide_verdict
from workspan.stats.ratios import Estimate
from workspan.stats.significance import FEWEST, benjamini_hochberg

CHANGED = (Verdict.SLOWER, Verdict.FASTER)
Pair = tuple[Series, Series]


def decide_verdicts(
    timed: Sequence[Pair], thresholds: Thresholds, *, paired: bool
) -> list[CaseVerdict]:
    """The rows of these pairs, in their order."""
    changed = {} if paired else changed_ceilings(timed, thresholds)
    rows, evidence, obstacles = [], [], []
    by: By
    for old, new in timed:
        by, why = ("time", "") if paired else _told_by(old, new, changed)
        if by == "share" and old.ceiling and new.ceiling:
            why = _beside(old.ceiling, new.ceiling, thresholds)
        evidence.append(evidence_of(old, new, by, paired=paired))
        row = compare_times(old, new, paired=paired)
        rows.append(replace(told_by(row, evidence[-1]), detail=why))
        obstacles.append(find_obstacle(old, new, paired=paired, by=by))
    for i, obstacle in enumerate(obstacles):
        if obstacle:
            rows[i] = replace(rows[i], reason=obstacle[0], detail=obstacle[1] or rows[i].detail)
    setting = Setting(thresholds, obstacles.count(None), paired)
    free = [i for i, obstacle in enumerate(obstacles) if obstacle is None]
    decided = _decide([rows[i] for i in free], [evidence[i] for i in free], setting)
    for i, row in zip(free, decided, strict=True):
        rows[i] = row
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


def _told_by(old: Series, new: Series, changed: Mapping[str, Verdict]) -> tuple[By, str]:
    """How a case is told, and why, if it has a share and is told by time."""
    if not old.ceiling or not new.ceiling or old.ceiling.name != new.ceiling.name:
        return "time", ""
    if min(len(old.ceiling.shares), len(new.ceiling.shares)) < min(FEWEST, len(new.samples)):
        return "time", "told by time: too few processes have pairs with the ceiling beside it"
    if itself := changed.get(new.ceiling.name):
        word = itself.value.lower()
        return "time", f"told by time: its ceiling {new.ceiling.name} is {word} itself"
    return "share", ""


def _beside(old: Ceiling, new: Ceiling, thresholds: Thresholds) -> str:
    """That the ceiling beside a case changed, too: its time has then changed for that reason."""
    times = Evidence("time", tuple(old.times.values()), tuple(new.times.values()))
    found, limit = times.estimate(), 1 + thresholds.change
    low, high = found.interval or (0.0, math.inf)
    if found.value > limit and low > 1:
        word = f"slower by {(found.value - 1) * 100:.0f} %"
    elif found.value < 1 / limit and high < 1:
        word = f"faster by {(1 / found.value - 1) * 100:.0f} %"
    else:
        return ""
    return f"the ceiling beside it was {word}"


def changed_ceilings(timed: Sequence[Pair], thresholds: Thresholds) -> dict[str, Verdict]:
    """The ceilings that are SLOWER or FASTER themselves: by their own rows, by time."""
    rows = [(old, new) for old, new in timed if new.is_ceiling and new.scope == "host"]
    known = [(new.name, evidence_of(old, new, "time", paired=False)) for old, new in rows]
    usable = [(name, times) for name, times in known if min(times.counts) >= FEWEST]
    setting = Setting(thresholds, len(usable), paired=False)
    decided = _decide(
        [_ceiling_row(name, times.estimate()) for name, times in usable],
        [times for _, times in usable],
        setting,
    )
    return {row.name: row.verdict for row in decided if row.verdict in CHANGED}


def _ceiling_row(name: str, found: Estimate) -> CaseVerdict:
    return CaseVerdict(name, Verdict.NONE, "", effect=found.value, interval=found.interval)
