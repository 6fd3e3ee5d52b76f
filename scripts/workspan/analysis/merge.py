# SPDX-License-Identifier: Apache-2.0
"""The invocations of a run merged: one time, one interval and one status for each case.

Facts only; they are judged when the file is read.
"""

import math
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from statistics import median
from typing import Final, NamedTuple

import msgspec

from workspan.analysis.attempts import Attempt, attempt_of, mark_counted, merge_beside
from workspan.resultfile.counting import (
    case_time,
    counting_times,
    disturbed_counting,
    process_time,
)
from workspan.resultfile.encode import rows_of
from workspan.resultfile.model import (
    FAILURES,
    LARGEST,
    Case,
    CaseInvocation,
    CaseWarning,
    Cause,
    CheckResult,
    Interval,
    Journal,
    ResultFile,
    Status,
)
from workspan.stats.intervals import order_statistics_interval
from workspan.stats.ratios import estimate_of_logs
from workspan.support.presets import Preset
from workspan.support.text import quantity

MOST_WARNINGS: Final = 1000
DISTURBED_SAMPLES: Final = "disturbed_samples"


@dataclass(frozen=True)
class RunRequest:
    """What was asked for: the command, its preset, and how many invocations of each workload."""

    arguments: Sequence[str]
    preset: Preset
    invocations: int


def merge_run(
    journals: Sequence[Journal], plan: ResultFile, request: RunRequest, *, complete: bool
) -> ResultFile:
    """One result of all invocations, in the order of the plan's cases.

    plan: the file of `bench --dry-run`; gives everything but the cases. Of several attempts at an
    invocation the last undisturbed one counts, or the last if all were disturbed. A case that
    failed once has no time.
    """
    journals = sorted(
        journals,
        key=lambda j: (j.record.started, j.record.workload, j.record.number, j.record.attempt),
    )
    planned = plan.workspan.run
    run = msgspec.structs.replace(
        planned,
        complete=complete,
        arguments=list(request.arguments),
        preset=request.preset,
        invocations=request.invocations,
        started=min([planned.started, *(j.record.started for j in journals)]),
        ended=max([planned.ended, *(j.result.workspan.run.ended for j in journals if j.result)]),
    )
    attempts = [attempt_of(j) for j in journals]
    cases = merge_cases(plan.workspan.cases, attempts)
    ours = msgspec.structs.replace(
        plan.workspan,
        run=run,
        cases=cases,
        invocations=[j.record for j in journals],
        beside=merge_beside(attempts),
    )
    return msgspec.structs.replace(plan, benchmarks=rows_of(cases), workspan=ours)


def merge_cases(planned: Sequence[Case], attempts: Sequence[Attempt]) -> list[Case]:
    """Each planned case, then each other one, merged over all attempts.

    If a process died in an unknown case, all cases that it was to measure end like it.
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
    added = {(a.workload, n) for a in attempts for n in a.sizes}
    return [
        _merge_case(
            case,
            seen[case.name],
            [a for a in deaths[case.workload] if _was_to_measure(a, case, added)],
            by_name,
        )
        for case in by_name.values()
    ]


def _was_to_measure(attempt: Attempt, case: Case, added: Set[tuple[str, int]]) -> bool:
    """Whether the case is of the attempt's sizes. added: workloads and sizes beyond the preset."""
    if attempt.sizes:
        return case.n in attempt.sizes
    return (case.workload, case.n) not in added


def _merge_case(
    planned: Case,
    seen: Sequence[tuple[Attempt, Case]],
    deaths: Sequence[Attempt],
    known: dict[str, Case],
) -> Case:
    failures = [
        (a, _Ending(a.death, f"{a.name}: {a.reason or a.death.value}", "process"))
        for a in deaths
        if a.death
        and (a.case == planned.name or a.case not in known)
        and not _succeeded_later(a, seen)
    ]
    failures += [
        (a, _Ending(c.status, f"{a.name}: {c.reason or c.status.value}", c.cause or "error"))
        for a, c in seen
        if c.status in FAILURES
    ]
    if failures:
        first = min(failures, key=lambda f: (f[0].number, f[0].attempt))
        return _case_without_time(planned, seen, first[1])
    if measured := [(a, c) for a, c in seen if c.status is Status.OK]:
        skipped = [(a, c.reason) for a, c in seen if c.status is Status.SKIPPED]
        return _case_with_time(measured, skipped)
    return _case_without_time(planned, seen, _why_skipped(planned, seen, deaths))


class _Ending(NamedTuple):
    """How a case without a time ended."""

    status: Status
    reason: str
    cause: Cause


def _succeeded_later(dead: Attempt, seen: Sequence[tuple[Attempt, Case]]) -> bool:
    """Whether a later attempt at the invocation of an excusable death succeeded."""
    return dead.is_excusable and any(
        a.number == dead.number and a.attempt > dead.attempt and c.status is Status.OK
        for a, c in seen
    )


def _why_skipped(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], deaths: Sequence[Attempt]
) -> _Ending:
    last = seen[-1][1] if seen else planned
    if last.status is Status.SKIPPED:
        return _Ending(Status.SKIPPED, last.reason, last.cause)
    if deaths and deaths[-1].death:
        died = f"{deaths[-1].name} {deaths[-1].death.value} in {deaths[-1].case}"
        return _Ending(Status.SKIPPED, f"not measured: {died}", "process")
    return _Ending(Status.SKIPPED, "not measured: the run ended before", "interrupted")


def _case_without_time(
    planned: Case, seen: Sequence[tuple[Attempt, Case]], ending: _Ending
) -> Case:
    checks = [c.check_result for _, c in seen if c.status is ending.status]
    return msgspec.structs.replace(
        seen[-1][1] if seen else planned,
        status=ending.status,
        reason=ending.reason,
        cause=ending.cause,
        check_result=checks[0] if checks and not checks[0].ok else CheckResult(ok=False, why=""),
        time=None,
        interval=None,
        stopped=None,
        invocations=[],
        counters={},
        warnings=_unite_warnings([c.warnings for _, c in seen]),
    )


def _case_with_time(
    measured: Sequence[tuple[Attempt, Case]], skipped: Sequence[tuple[Attempt, str]]
) -> Case:
    """The check result is the one with the largest error."""
    invocations = mark_counted([a.own(i) for a, c in measured for i in c.invocations])
    time = case_time(invocations)
    cases = [c for _, c in measured]
    return msgspec.structs.replace(
        cases[-1],
        reason="",
        check_result=max(
            (c.check_result for c in cases), key=lambda v: math.inf if v.error is None else v.error
        ),
        time=time,
        interval=_interval([i for i in invocations if i.counted]),
        stopped=", ".join(sorted({c.stopped for c in cases if c.stopped})),
        invocations=invocations,
        counters=_counters(cases),
        warnings=_unite_warnings(
            [*map(_facts_of_a_process, cases), _own_warnings(invocations, skipped)]
        ),
    )


def _counters(cases: Sequence[Case]) -> dict[str, float]:
    """The median of each counter over the invocations that have it."""
    names = dict.fromkeys(name for c in cases for name in c.counters)
    return {name: median(c.counters[name] for c in cases if name in c.counters) for name in names}


def _facts_of_a_process(case: Case) -> list[CaseWarning]:
    """Its warnings, but for the one that is counted anew over all processes."""
    return [w for w in case.warnings if w.code != DISTURBED_SAMPLES]


def _own_warnings(
    invocations: Sequence[CaseInvocation], skipped: Sequence[tuple[Attempt, str]]
) -> list[CaseWarning]:
    """skipped_once: in some invocations only; disturbed: an invocation without quiet attempt;
    disturbed_samples: they count for lack of clean ones.
    """
    found = [
        CaseWarning(code="skipped_once", detail=f"{a.name}: {reason}") for a, reason in skipped
    ]
    if loud := [str(i.number) for i in invocations if i.counted and i.disturbed]:
        detail = f"invocation{'s' if len(loud) > 1 else ''} {', '.join(loud)}"
        found.append(CaseWarning(code="disturbed", detail=detail))
    noisy = [i for i in invocations if i.counted and disturbed_counting(i)]
    if bad := sum(map(disturbed_counting, noisy)):
        detail = f"{bad} of {quantity(sum(len(i.wall) for i in noisy), 'sample')}"
        found.append(CaseWarning(code=DISTURBED_SAMPLES, detail=detail))
    return found


def _interval(counted: Sequence[CaseInvocation]) -> Interval:
    """Over processes by t on the logarithms of their times; of one process as bench writes it."""
    if len(counted) == 1:
        found = order_statistics_interval(counting_times(counted[0]))
    else:
        over = estimate_of_logs([math.log(process_time(i)) for i in counted])
        found = over.interval if over else None
    if found is None or not 0 < found[0] <= found[1] <= LARGEST:
        return "none"
    time = case_time(counted)
    return min(found[0], time), max(found[1], time)  # the logarithm may round


def _unite_warnings(lists: Sequence[Sequence[CaseWarning]]) -> list[CaseWarning]:
    return list(dict.fromkeys(w for warnings in lists for w in warnings))[:MOST_WARNINGS]
