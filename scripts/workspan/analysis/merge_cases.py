# SPDX-License-Identifier: Apache-2.0
"""The cases of many invocations merged: one time, one interval, one status each."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import msgspec

from workspan.resultfile.consistency import case_time
from workspan.resultfile.model import (
    LARGEST,
    Case,
    CaseInvocation,
    CaseWarning,
    Cause,
    CheckResult,
    Interval,
    Status,
)
from workspan.stats.intervals import bootstrap_interval

MOST_WARNINGS = 1000
BAD = (Status.FAILED, Status.TIMEOUT, Status.CRASHED)


@dataclass(frozen=True)
class Attempt:
    """The cases of one process, or how it died (`death`, with `case` if its last one is known)."""

    workload: str
    number: int
    attempt: int
    cases: Sequence[Case]
    disturbed: Sequence[str] = ()
    death: Status | None = None
    case: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        """Its name in reasons."""
        return f"invocation {self.number}" + (
            f", attempt {self.attempt}" if self.attempt > 1 else ""
        )


def merge_cases(planned: Sequence[Case], attempts: Sequence[Attempt]) -> list[Case]:
    """Each planned case, then each other one, merged over all attempts.

    A death whose case is unknown is that of every case of its workload.
    """
    seen: dict[str, list[tuple[Attempt, Case]]] = defaultdict(list)
    by_name = {case.name: case for case in planned}
    deaths: dict[str, list[Attempt]] = defaultdict(list)  # by workload
    for a in sorted(attempts, key=lambda a: (a.number, a.attempt)):
        for case in a.cases:
            by_name.setdefault(case.name, case)
            if case.status is not Status.PLANNED:
                seen[case.name].append((a, case))
        if a.death:
            deaths[a.workload].append(a)
    return [
        _merged(case, seen[case.name], deaths[case.workload], by_name) for case in by_name.values()
    ]


def _merged(
    planned: Case,
    seen: Sequence[tuple[Attempt, Case]],
    deaths: Sequence[Attempt],
    known: dict[str, Case],
) -> Case:
    wrong = [
        (a, _Outcome(a.death, f"{a.name}: {a.reason or a.death.value}", "process"))
        for a in deaths
        if a.death and (a.case == planned.name or a.case not in known) and not _made_good(a, seen)
    ]
    wrong += [
        (a, _Outcome(c.status, f"{a.name}: {c.reason or c.status.value}", c.cause or "error"))
        for a, c in seen
        if c.status in BAD
    ]
    if wrong:
        first = min(wrong, key=lambda w: (w[0].number, w[0].attempt))
        return _without_numbers(planned, seen, first[1])
    if measured := [(a, c) for a, c in seen if c.status is Status.OK]:
        skipped = [(a, c.reason) for a, c in seen if c.status is Status.SKIPPED]
        return _with_numbers(measured, skipped)
    return _without_numbers(planned, seen, _why_skipped(planned, seen, deaths))


class _Outcome(NamedTuple):
    """How a case without a time ended."""

    status: Status
    reason: str
    cause: Cause


def _made_good(dead: Attempt, seen: Sequence[tuple[Attempt, Case]]) -> bool:
    """Whether a disturbed attempt timed out, but the next one at its invocation did not."""
    if dead.death is not Status.TIMEOUT or not dead.disturbed:
        return False
    return any(
        a.number == dead.number and a.attempt > dead.attempt and c.status is Status.OK
        for a, c in seen
    )


def _why_skipped(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], deaths: Sequence[Attempt]
) -> _Outcome:
    last = seen[-1][1] if seen else planned
    if last.status is Status.SKIPPED:
        return _Outcome(Status.SKIPPED, last.reason, last.cause)
    if deaths and deaths[-1].death:
        died = f"{deaths[-1].name} {deaths[-1].death.value} in {deaths[-1].case}"
        return _Outcome(Status.SKIPPED, f"not measured: {died}", "process")
    return _Outcome(Status.SKIPPED, "not measured: the run ended before", "interrupted")


def _without_numbers(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], outcome: _Outcome
) -> Case:
    checked = [c.verdict for _, c in seen if c.status is outcome.status]
    return msgspec.structs.replace(
        seen[-1][1] if seen else planned,
        status=outcome.status,
        reason=outcome.reason,
        cause=outcome.cause,
        verdict=checked[0] if checked and not checked[0].ok else CheckResult(ok=False, why=""),
        time=None,
        interval=None,
        stopped=None,
        invocations=[],
        counters={},
        warnings=_united([c.warnings for _, c in seen]),
    )


def _with_numbers(
    measured: Sequence[tuple[Attempt, Case]], skipped: Sequence[tuple[Attempt, str]]
) -> Case:
    """verdict: the one with the largest error."""
    invocations = _counted(
        [
            msgspec.structs.replace(
                i, number=a.number, attempt=a.attempt, disturbed=list(a.disturbed), counted=True
            )
            for a, c in measured
            for i in c.invocations
        ]
    )
    cases = [c for _, c in measured]
    return msgspec.structs.replace(
        cases[-1],
        reason="",
        verdict=max(
            (c.verdict for c in cases), key=lambda v: math.inf if v.error is None else v.error
        ),
        time=case_time(invocations),
        interval=_interval(invocations),
        stopped=", ".join(sorted({c.stopped for c in cases if c.stopped})),
        invocations=invocations,
        counters=_counters(cases),
        warnings=_united([*(c.warnings for c in cases), _own_warnings(invocations, skipped)]),
    )


def _counters(cases: Sequence[Case]) -> dict[str, float]:
    """The median of each counter over the invocations that have it."""
    names = dict.fromkeys(name for c in cases for name in c.counters)
    return {name: median(c.counters[name] for c in cases if name in c.counters) for name in names}


def _own_warnings(
    invocations: Sequence[CaseInvocation], skipped: Sequence[tuple[Attempt, str]]
) -> list[CaseWarning]:
    """skipped_once: in some invocations only; disturbed: an invocation without a quiet attempt."""
    found = [
        CaseWarning(code="skipped_once", detail=f"{a.name}: {reason}") for a, reason in skipped
    ]
    if loud := [str(i.number) for i in invocations if i.counted and i.disturbed]:
        detail = f"invocation{'s' if len(loud) > 1 else ''} {', '.join(loud)}"
        found.append(CaseWarning(code="disturbed", detail=detail))
    return found


def _counted(invocations: Sequence[CaseInvocation]) -> list[CaseInvocation]:
    """Of several attempts at one the last undisturbed counts, or the last if all were disturbed."""
    counting: dict[int, CaseInvocation] = {}
    for i in sorted(invocations, key=lambda i: (i.number, i.attempt)):
        if not i.disturbed or i.number not in counting or counting[i.number].disturbed:
            counting[i.number] = i
    return [msgspec.structs.replace(i, counted=counting[i.number] is i) for i in invocations]


def _interval(invocations: Sequence[CaseInvocation]) -> Interval:
    try:
        found = bootstrap_interval([i.wall for i in invocations if i.counted])
    except OverflowError:  # times beyond any clock
        return "none"
    if found is None or not 0 < found[0] <= found[1] <= LARGEST:
        return "none"
    time = case_time(invocations)
    return min(found[0], time), max(found[1], time)  # the logarithm may round


def _united(lists: Sequence[Sequence[CaseWarning]]) -> list[CaseWarning]:
    return list(dict.fromkeys(w for warnings in lists for w in warnings))[:MOST_WARNINGS]
