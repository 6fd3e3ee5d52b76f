# SPDX-License-Identifier: Apache-2.0
"""The verdicts on all cases with times on both sides, corrected over all of them.

Host cases with a ceiling beside them are told by their share of it, since what moves a machine
between two runs moves both. If the ceiling itself became slower or faster, a share says nothing
about the case: it is told by time.
"""

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
from workspan.compare.series import CeilingKey, Series
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict, decide_verdict
from workspan.resultfile.names import TEAM
from workspan.stats.significance import FEWEST, benjamini_hochberg

Pair = tuple[Series, Series]


def decide_verdicts(
    timed: Sequence[Pair], thresholds: Thresholds, *, paired: bool
) -> list[CaseVerdict]:
    """The rows of these pairs, in their order."""
    changed = {} if paired else changed_ceilings(timed, thresholds)
    rows, evidence, obstacles = [], [], []
    for old, new in timed:
        by, why = _told_by(old, new, changed, paired)
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


def _told_by(
    old: Series, new: Series, changed: Mapping[CeilingKey, Verdict], paired: bool
) -> tuple[By, str]:
    """How a case is told, and why, if it has a share and is told by time."""
    if paired or not old.ceiling or not new.ceiling or old.ceiling.key != new.ceiling.key:
        return "time", ""
    if min(len(old.ceiling.shares), len(new.ceiling.shares)) < min(FEWEST, len(new.samples)):
        return "time", ""
    key = new.ceiling.key
    if key in changed:
        itself = changed[key].value.lower()
        return "time", f"told by time: its ceiling, {key.workload}, is {itself} itself"
    return "share", ""


def changed_ceilings(timed: Sequence[Pair], thresholds: Thresholds) -> dict[CeilingKey, Verdict]:
    """The ceilings that are SLOWER or FASTER themselves, by time.

    By their own rows, which were measured in other processes; where there are none, by their times
    beside the cases.
    """
    rows = [
        (
            CeilingKey(new.workload, new.threads, new.level),
            evidence_of(old, new, "time", paired=False),
        )
        for old, new in timed
        if new.is_ceiling and new.scope == "host" and new.variant == TEAM
    ]
    known = {key for key, _ in rows}
    beside = {  # once for all cases of a group
        (new.ceiling.key, *new.ceiling.times.values()): (new.ceiling.key, _times(old, new))
        for old, new in timed
        if old.ceiling and new.ceiling and new.ceiling.key not in known
    }
    usable = [(key, e) for key, e in [*rows, *beside.values()] if min(e.counts) >= FEWEST]
    setting = Setting(thresholds, len(usable), paired=False)
    verdicts = [
        CaseVerdict(
            key.workload,
            Verdict.NONE,
            "",
            effect=e.estimate().value,
            interval=e.estimate().interval,
        )
        for key, e in usable
    ]
    decided = _decide(verdicts, [e for _, e in usable], setting)
    return {
        key: row.verdict
        for (key, _), row in zip(usable, decided, strict=True)
        if row.verdict in (Verdict.SLOWER, Verdict.FASTER)
    }


def _times(old: Series, new: Series) -> Evidence:
    then, now = (tuple(s.ceiling.times.values()) if s.ceiling else () for s in (old, new))
    return Evidence("time", then, now)
