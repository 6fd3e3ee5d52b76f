# SPDX-License-Identifier: Apache-2.0
"""A case as all its invocations together have it."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import msgspec

from workspan.resultfile.consistency import case_time
from workspan.resultfile.model import LARGEST, Case, CaseInvocation, Interval, Status, Verdict
from workspan.stats.intervals import bootstrap_interval

MOST_WARNINGS = 1000


@dataclass(frozen=True)
class Attempt:
    """What one process said of its cases, or how it died (`death`, with `case` where it is known what it was doing)."""

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
        """As reasons name it."""
        return f"invocation {self.number}" + (
            f", attempt {self.attempt}" if self.attempt > 1 else ""
        )


def merge_cases(planned: Sequence[Case], attempts: Sequence[Attempt]) -> list[Case]:
    """Each planned case, then each other one, as all attempts together have it; not yet judged.

    A death whose case is unknown is that of every case of its workload.
    """
    seen: dict[str, list[tuple[Attempt, Case]]] = defaultdict(list)
    by_name = {case.name: case for case in planned}
    deaths: dict[str, list[Attempt]] = defaultdict(list)  # by workload
    for a in sorted(attempts, key=lambda a: (a.number, a.attempt)):
        for case in a.cases:
            by_name.setdefault(case.name, case)
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
    own = [
        (a, a.death, a.reason)
        for a in deaths
        if a.death and (a.case == planned.name or a.case not in known) and not _made_good(a, seen)
    ]
    wrong = own + [
        (a, c.status, c.reason)
        for a, c in seen
        if c.status in (Status.FAILED, Status.TIMEOUT, Status.CRASHED)
    ]
    if wrong:
        attempt, status, reason = min(wrong, key=lambda w: (w[0].number, w[0].attempt))
        return _without_numbers(planned, seen, status, f"{attempt.name}: {reason or status.value}")
    measured = [(a, c) for a, c in seen if c.status is Status.OK]
    if measured:
        return _with_numbers(
            measured, [(a, c.reason) for a, c in seen if c.status is Status.SKIPPED]
        )
    return _without_numbers(planned, seen, Status.SKIPPED, _why_skipped(planned, seen, deaths))


def _made_good(dead: Attempt, seen: Sequence[tuple[Attempt, Case]]) -> bool:
    """Whether it took too long only while others disturbed it: the next attempt at the same invocation measured the case."""
    if dead.death is not Status.TIMEOUT or not dead.disturbed:
        return False
    return any(
        a.number == dead.number and a.attempt > dead.attempt and c.status is Status.OK
        for a, c in seen
    )


def _why_skipped(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], deaths: Sequence[Attempt]
) -> str:
    if seen:
        return seen[-1][1].reason
    if planned.reason and planned.reason != "planned":
        return planned.reason
    if deaths and deaths[-1].death:
        return f"not measured: {deaths[-1].name} {deaths[-1].death.value} in {deaths[-1].case}"
    return "not measured: the run ended before"


def _without_numbers(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], status: Status, reason: str
) -> Case:
    judged = [c.verdict for _, c in seen if c.status is status]
    return msgspec.structs.replace(
        seen[-1][1] if seen else planned,
        status=status,
        reason=reason,
        verdict=judged[0] if judged and not judged[0].ok else Verdict(ok=False, why=""),
        time=None,
        interval=None,
        stopped=None,
        invocations=[],
        counters={},
        comparison=None,
        warnings=_united([c.warnings for _, c in seen]),
    )


def _with_numbers(
    measured: Sequence[tuple[Attempt, Case]], skipped: Sequence[tuple[Attempt, str]]
) -> Case:
    """counters: the median over the invocations that have them. verdict: the one with the largest error."""
    invocations = _counted(
        [
            msgspec.structs.replace(
                i, number=a.number, attempt=a.attempt, disturbed=list(a.disturbed), counted=True
            )
            for a, c in measured
            for i in c.invocations
        ]
    )
    own = [f"skipped in {a.name}: {reason}" for a, reason in skipped]
    if loud := [str(i.number) for i in invocations if i.counted and i.disturbed]:
        own.append(
            f"disturbed: no quiet attempt at invocation{'s' if len(loud) > 1 else ''} {', '.join(loud)}"
        )
    names = dict.fromkeys(name for _, c in measured for name in c.counters)
    return msgspec.structs.replace(
        measured[-1][1],
        reason="",
        verdict=max(
            (c.verdict for _, c in measured), key=lambda v: math.inf if v.error is None else v.error
        ),
        time=case_time(invocations),
        interval=_interval(invocations),
        stopped=", ".join(sorted({c.stopped for _, c in measured if c.stopped})),
        invocations=invocations,
        counters={
            name: median(c.counters[name] for _, c in measured if name in c.counters)
            for name in names
        },
        warnings=_united([*(c.warnings for _, c in measured), own]),
    )


def _counted(invocations: Sequence[CaseInvocation]) -> list[CaseInvocation]:
    """Of several attempts at one the last undisturbed counts, or the last where all were disturbed."""
    counting: dict[int, CaseInvocation] = {}
    for i in sorted(invocations, key=lambda i: (i.number, i.attempt)):
        if not i.disturbed or i.number not in counting or counting[i.number].disturbed:
            counting[i.number] = i
    return [msgspec.structs.replace(i, counted=counting[i.number] is i) for i in invocations]


def _interval(invocations: Sequence[CaseInvocation]) -> Interval:
    try:
        found = bootstrap_interval([i.wall for i in invocations if i.counted])
    except OverflowError:  # of times that no clock ever told
        return "none"
    if found is None or not 0 < found[0] <= found[1] <= LARGEST:
        return "none"
    time = case_time(invocations)
    return min(found[0], time), max(found[1], time)  # the logarithm may round


def _united(lists: Sequence[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(warning for warnings in lists for warning in warnings))[
        :MOST_WARNINGS
    ]
