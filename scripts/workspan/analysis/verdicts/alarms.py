# SPDX-License-Identifier: Apache-2.0
"""Alarms: what may mislead a reader of this run, the most serious first."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from workspan.analysis.laws.scaling import FEWEST_COUNTS, Scaling, scalings
from workspan.analysis.ratios.bounds import Bounds
from workspan.analysis.ratios.case_ratios import speedup
from workspan.analysis.ratios.ceilings import CaseIndex, cpu_share, fastest
from workspan.analysis.ratios.gains import first_of
from workspan.analysis.ratios.judge import Judgement, Judgements, indexes_of, judge
from workspan.analysis.ratios.machine_gains import machine_gains
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.analysis.verdicts import run_alarms
from workspan.analysis.verdicts.alarm import Alarm, Hit, alarm_of
from workspan.analysis.verdicts.finding import Number
from workspan.analysis.verdicts.host_findings import DISAGREE, LIBRARY, WRONG_CODE
from workspan.resultfile.counting import process_time
from workspan.resultfile.model import Case, CaseWarning, RateUnit, ResultFile
from workspan.resultfile.names import TEAM
from workspan.stats.needed import side

MOST: Final = 8  # shown; the others are counted
APART: Final = 1.1  # of the gains of two ceilings in one unit
FLAT: Final = 1.05  # by which further threads raise a speedup, or do not
GAINED: Final = 1.2  # by which the machine raised it meanwhile


class _Run(NamedTuple):
    file: ResultFile
    cases: Sequence[Case]  # with times, without those about concurrency
    judged: Judgements
    problems: CaseIndex
    bounds: Bounds
    curves: Sequence[Scaling]
    cpus: int
    warned: Mapping[str, Sequence[tuple[Case, CaseWarning]]]  # by the code of the warning

    def of(self, case: Case) -> Judgement:
        return self.judged[case.name]


def alarms(
    file: ResultFile,
    judgements: Judgements | None = None,
    curves: Sequence[Scaling] | None = None,
) -> tuple[Alarm, ...]:
    """At most one of each code, the most serious first."""
    judged = judge(file) if judgements is None else judgements
    cases = [c for c in file.workspan.cases if c.time and not is_about_concurrency(c)]
    indexes = indexes_of(file)
    run = _Run(
        file,
        cases,
        judged,
        indexes.cases,
        indexes.bounds,
        scalings(file, judged) if curves is None else curves,
        file.workspan.run.all_threads,
        _warned(cases, judged),
    )
    found = (alarm_of(code, detect(run), len(cases)) for code, detect in DETECTORS.items())
    return tuple(alarm for alarm in found if alarm)


def _warned(
    cases: Sequence[Case], judged: Judgements
) -> Mapping[str, Sequence[tuple[Case, CaseWarning]]]:
    found: dict[str, list[tuple[Case, CaseWarning]]] = defaultdict(list)
    for case in cases:
        for warning in judged[case.name].warnings:
            found[warning.code].append((case, warning))
    return found


def _implausible(run: _Run) -> Iterator[Hit]:
    for case, warning in run.warned.get("implausible", ()):
        yield Hit(case.name, 1.0, {"detail": warning.detail})


def _above_ceiling(run: _Run) -> Iterator[Hit]:
    for case, warning in run.warned.get("above_ceiling", ()):
        if share := run.of(case).of_ceiling:
            yield Hit(case.name, share.value, {"share": share, "ceiling": warning.detail})


def _one_process(run: _Run) -> Iterator[Hit]:
    """If no case of the run has more than one process."""
    if run.cases and all(sum(i.counted for i in c.invocations) == 1 for c in run.cases):
        yield Hit("", 1.0, {})


def _weak_baseline(run: _Run) -> Iterator[Hit]:
    for case, warning in run.warned.get("weak_baseline", ()):
        same = run.problems.same_problem(case)
        ahead = speedup(case, next(c for c in same if c.name == warning.detail))
        if ahead:
            yield Hit(case.name, ahead.value, {"ahead": ahead, "other": warning.detail})


def _weak_parallel(run: _Run) -> Iterator[Hit]:
    """The team against the fastest other code of the host on as many threads."""
    for case in run.cases:
        if case.variant != TEAM or case.threads == 1 or not case.time:
            continue
        same = (c for c in run.problems.same_problem(case) if c.scope == "host")
        other = fastest(c for c in same if c.threads == case.threads and c is not case)
        if other and other.time and other.time < case.time:
            ahead = speedup(case, other)
            if ahead and side(ahead, WRONG_CODE) > 0:
                yield Hit(case.name, ahead.value, {"ahead": ahead, "other": other.name})


def _slower_with_all(run: _Run) -> Iterator[Hit]:
    for case in run.cases:
        if case.threads != run.cpus or case.role != "main":
            continue
        alone = first_of(run.problems.same_problem(case), case.variant, 1)
        if alone is None or not run.bounds.speedup_may_exceed(case, alone, 1.0):
            continue
        gain = run.of(case).vs_1_thread
        if gain and side(gain, 1.0) < 0:
            yield Hit(case.name, 1 / gain.value, {"slower": gain.inverse()})


def _disagreeing(run: _Run) -> Iterator[Hit]:
    for case in run.cases:
        times = [process_time(i) for i in case.invocations if i.counted]
        if max(times) >= DISAGREE * min(times):
            apart = max(times) / min(times)
            yield Hit(case.name, apart, {"low": min(times), "high": max(times)})


def _starved(run: _Run) -> Iterator[Hit]:
    for case, _ in run.warned.get("starved", ()):
        share = cpu_share(case) or 0.0
        yield Hit(case.name, 1 - share, {"cpu_share": share})


def _few_samples(run: _Run) -> Iterator[Hit]:
    for case in run.cases:
        if not isinstance(case.interval, tuple):
            yield Hit(case.name, case.time or 0.0, {})


def _ceilings_differ(run: _Run) -> Iterator[Hit]:
    """Of one unit, in what all CPUs gain: by the estimator of the headline."""
    units: tuple[RateUnit, ...] = ("flops", "bytes")
    for unit in units:
        gains = machine_gains(run.file, unit)
        if not gains:
            continue
        low, high = (end(gains, key=lambda name: gains[name].value) for end in (min, max))
        apart = gains[high].value / gains[low].value
        if apart > APART:
            ends: dict[str, Number] = {"low": gains[low].value, "high": gains[high].value}
            yield Hit("", apart, ends | {"first": low, "second": high})


def _library_ahead(run: _Run) -> Iterator[Hit]:
    """The fastest library of a scope against the suite's fastest code."""
    problems: dict[int, Case] = {}
    for case in run.cases:
        if not case.ours:
            problems.setdefault(id(run.problems.same_problem(case)), case)
    for first in problems.values():
        for scope in ("host", "kernel"):
            same = [c for c in run.problems.same_problem(first) if c.scope == scope]
            sides = ([c for c in same if c.ours is ours] for ours in (True, False))
            ours, library = (fastest(side_cases) for side_cases in sides)
            ahead = speedup(ours, library) if ours and library else None
            if ours and library and ahead and side(ahead, LIBRARY) > 0:
                numbers: dict[str, Number] = {"ahead": ahead, "other": library.name}
                yield Hit(ours.name, ahead.value, numbers)


def _curves(code: str) -> Callable[[_Run], Iterator[Hit]]:
    """The detector of the curves that are superlinear, or flat."""

    def detect(run: _Run) -> Iterator[Hit]:
        for curve in run.curves:
            if code == "superlinear" and curve.refusal == "superlinear":
                last = curve.points[-1]
                numbers: dict[str, Number] = {"threads": curve.kink or last.threads}
                yield Hit(_name(curve), last.speedup.value, numbers)
            elif code == "flat" and (threads := _flat_from(curve)):
                last = curve.points[-1]
                yield Hit(_name(curve), 1 / last.speedup.value, {"threads": threads})

    return detect


def _name(curve: Scaling) -> str:
    return f"{curve.workload}/{curve.variant}/n:{curve.n}"


def _flat_from(curve: Scaling) -> int | None:
    """The threads after which the speedup does not rise, though the machine still gives more."""
    if len(curve.points) < FEWEST_COUNTS:
        return None
    last = curve.points[-1]
    most = max(p.speedup.value for p in curve.points)
    best = next(p for p in curve.points if FLAT * p.speedup.value >= most)
    if not last.machine or not best.machine:
        return None
    return best.threads if last.machine.value > GAINED * best.machine.value else None


def _launch(run: _Run) -> Iterator[Hit]:
    for case, _ in run.warned.get("launch", ()):
        if case.role == "main":
            yield Hit(case.name, 1 / (case.time or 1.0), {"time": case.time or 0.0})


DETECTORS: Final[dict[str, Callable[[_Run], Iterator[Hit]]]] = {  # the most serious first
    "failed": lambda run: run_alarms.failed(run.file),
    "incomplete": lambda run: run_alarms.incomplete(run.file),
    "implausible": _implausible,
    "above_ceiling": _above_ceiling,
    "few_threads": lambda run: run_alarms.few_threads(run.file),
    "disturbed": lambda run: run_alarms.disturbed(run.file),
    "one_process": _one_process,
    "disagreeing": _disagreeing,
    "low_ceiling": lambda run: run_alarms.low_ceiling(run.file),
    "weak_baseline": _weak_baseline,
    "weak_parallel": _weak_parallel,
    "few_samples": _few_samples,
    "partial": lambda run: run_alarms.partial(run.file),
    "starved": _starved,
    "slower_with_all": _slower_with_all,
    "ceilings_differ": _ceilings_differ,
    "superlinear": _curves("superlinear"),
    "flat": _curves("flat"),
    "library_ahead": _library_ahead,
    "launch": _launch,
}
