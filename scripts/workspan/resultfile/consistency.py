# SPDX-License-Identifier: Apache-2.0
"""Rules beyond types: the parts of a result file agree. A violation: a place and a rule."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from statistics import median

from workspan.resultfile.at_a_glance import CLOSE, LARGEST_SEED, agree, is_right
from workspan.resultfile.counting import case_time, process_time
from workspan.resultfile.encode import counted_invocations
from workspan.resultfile.google.foreign_file import SECONDS_PER_UNIT
from workspan.resultfile.model import (
    Case,
    CaseInvocation,
    Journal,
    ResultFile,
    Row,
    Status,
    Workspan,
)
from workspan.resultfile.names import case_name
from workspan.resultfile.samples import Latencies
from workspan.support.text import quantity

Violation = tuple[str, str]
LISTS = ("runs", "block", "at", "waited", "clean")  # as long as `wall`, or empty
COUNTERS_OF_ROWS = frozenset(Row.__struct_fields__) | {
    "bytes_per_second",
    "items_per_second",
    "flops",
    "label",
    "error_occurred",
    "error_message",
    "big_o",
    "rms",
    "skipped",
    "skip_message",
}


def _times(invocations: Iterable[CaseInvocation]) -> list[float]:
    """What the time of a case may be: files without blocks may have the median of its processes."""
    counted = [i for i in invocations if i.counted]
    old = [] if any(i.block for i in counted) else [median(process_time(i) for i in counted)]
    return [case_time(counted), *old]


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=CLOSE)


def violations(file: ResultFile, root: str = "$") -> Iterator[Violation]:
    """Every broken rule in a file of the right types."""
    ours = file.workspan
    if ours.run.seed > LARGEST_SEED:
        yield f"{root}.workspan.run.seed", "is above 2^64 - 1"
    keys: list[object] = [(r.workload, r.number, r.attempt) for r in ours.invocations]
    yield from _unique(keys, f"{root}.workspan.invocations", "invocation")
    yield from _unique([case.name for case in ours.cases], f"{root}.workspan.cases", "name")
    records: set[object] = set(keys)
    for index, case in enumerate(ours.cases):
        place = f"{root}.workspan.cases[{index}]"
        if not is_right(case):
            yield from ((place + inside, rule) for inside, rule in _case(case))
        for k, i in enumerate(case.invocations):
            if records and (case.workload, i.number, i.attempt) not in records:
                yield f"{place}.invocations[{k}]", "is not among $.workspan.invocations"
    yield from _beside(ours, records, f"{root}.workspan.beside")
    yield from _plan_violations(ours.cases, f"{root}.workspan.cases")
    yield from _rows(file, f"{root}.benchmarks")


def _plan_violations(cases: list[Case], place: str) -> Iterator[Violation]:
    """Only a plan, which has measured nothing, has planned cases."""
    if all(case.status in (Status.PLANNED, Status.SKIPPED) for case in cases):
        return
    for index, case in enumerate(cases):
        if case.status is Status.PLANNED:
            yield f"{place}[{index}].status", "is planned, though others are measured"


def journal_violations(journal: Journal) -> Iterator[Violation]:
    """The same for the record of one invocation and the file it left."""
    record, result = journal.record, journal.result
    if record.status in (Status.SKIPPED, Status.PLANNED):
        yield "$.record.status", "an invocation is ok, failed, timeout or crashed"
    if record.status is Status.OK and result is None:
        yield "$.record.status", "is ok, but the result is missing"
    if record.status is not Status.OK and not record.reason:
        yield "$.record.reason", "is empty, though the invocation is not ok"
    if result is None:
        return
    yield from violations(result, "$.result")
    for index, case in enumerate(result.workspan.cases):
        if case.workload != record.workload:
            yield (
                f"$.result.workspan.cases[{index}].workload",
                f"is not {record.workload}, the record's",
            )


def _unique(values: list[object], place: str, what: str) -> Iterator[Violation]:
    if len(set(values)) == len(values):
        return
    seen: dict[object, int] = {}
    for index, value in enumerate(values):
        if value in seen:
            yield f"{place}[{index}]", f"has the {what} of [{seen[value]}]"
        seen.setdefault(value, index)


def _case(case: Case) -> Iterator[Violation]:
    name = case_name(case.workload, case.variant, case.n, case.keys, case.threads)
    if case.name != name:
        yield ".name", f"its parts make it {name}"
    if case.seed > LARGEST_SEED:
        yield ".seed", "is above 2^64 - 1"
    for counter in case.counters:
        if not counter or counter in COUNTERS_OF_ROWS:
            rule = "cannot be a counter: Google Benchmark has a field of that name"
            yield ".counters", f"'{counter}' {rule}"
    yield from _cause(case)
    yield from (
        _violations_with_time(case) if case.status is Status.OK else _violations_without_time(case)
    )


def _cause(case: Case) -> Iterator[Violation]:
    """A case that is neither ok nor planned has a reason and a cause; no other has a cause."""
    fine = case.status in (Status.OK, Status.PLANNED)
    for field in ("reason", "cause"):
        if not fine and not getattr(case, field):
            yield f".{field}", f"is empty, though the case is {case.status.value}"
    if fine and case.cause:
        yield ".cause", f"is {case.cause}, though the case is {case.status.value}"
    if case.status is Status.PLANNED and case.reason:
        yield ".reason", "is there, though the case is planned"


def _violations_without_time(case: Case) -> Iterator[Violation]:
    for field in ("time", "interval", "stopped"):
        if getattr(case, field) is not None:
            yield f".{field}", f"is there, though the case is {case.status.value}"
    for field in ("invocations", "counters"):
        if getattr(case, field):
            yield f".{field}", f"is there, though the case is {case.status.value}"


def _violations_with_time(case: Case) -> Iterator[Violation]:
    if not case.check_result.ok:
        yield ".verdict.ok", "is false, though the case is ok"
    for field in ("time", "interval", "stopped"):
        if getattr(case, field) is None:
            yield f".{field}", "is missing, though the case is ok"
    if not any(i.counted for i in case.invocations):
        yield ".invocations", "none counts, though the case is ok"
        return
    if broken := list(_invocations(case.invocations)):
        yield from broken
        return
    yield from _cpu_shares(case)
    times = _times(case.invocations)
    time = next((t for t in times if _close(case.time or t, t)), None)
    if time is None:
        yield ".time", f"is not {times[0]!r}, that of its processes"
        return
    if isinstance(case.interval, tuple) and not 0 < case.interval[0] <= case.interval[1]:
        yield ".interval", "is not ordered and positive"
    elif isinstance(case.interval, tuple) and not case.interval[0] * (
        1 - CLOSE
    ) <= time <= case.interval[1] * (1 + CLOSE):
        yield ".interval", "does not contain the time"


def _cpu_shares(case: Case) -> Iterator[Violation]:
    """Host cases have them, device cases do not."""
    for index, i in enumerate(case.invocations):
        if (i.cpu_share is not None) != (case.scope == "host"):
            rule = "is missing" if case.scope == "host" else "is there"
            yield f".invocations[{index}].cpu_share", f"{rule}, though the scope is {case.scope}"


def _invocations(invocations: list[CaseInvocation]) -> Iterator[Violation]:
    for index, i in enumerate(invocations):
        yield from ((f".invocations[{index}]{inside}", rule) for inside, rule in _samples(i))
    yield from _unique(
        [(i.number, i.attempt) for i in invocations], ".invocations", "number and attempt"
    )
    yield from _unique(
        [i.number if i.counted else (k,) for k, i in enumerate(invocations)],
        ".invocations",
        "number, also counted,",
    )


def _samples(i: CaseInvocation) -> Iterator[Violation]:
    """Every list has an entry for each sample, or none; each block has one sample."""
    if i.latencies is not None:
        yield from _latencies(i.latencies)
    if agree(i):
        return
    for field in ("cpu", *LISTS):
        found = len(getattr(i, field))
        if found != len(i.wall) and (found or field == "cpu"):
            yield f".{field}", f"has {quantity(found, 'sample')}, wall has {len(i.wall)}"
    if any(a >= b for a, b in itertools.pairwise(i.block)):
        yield ".block", "is not ascending"


def _latencies(found: Latencies) -> Iterator[Violation]:
    if len(found.ns) != len(found.tasks):
        rule = f"has {quantity(len(found.tasks), 'count')}, ns has {len(found.ns)}"
        yield ".latencies.tasks", rule
    if found.ns != sorted(set(found.ns)):
        yield ".latencies.ns", "is not ascending"


def _beside(ours: Workspan, records: set[object], place: str) -> Iterator[Violation]:
    """Each is of a group of this file, and of one of its processes."""
    groups = {(c.workload, c.n, _items(c.keys)) for c in ours.cases}
    seen: list[object] = []
    for index, b in enumerate(ours.beside):
        group = (b.group.workload, b.group.n, _items(b.group.keys))
        process = (b.samples.number, b.samples.attempt)
        ceiling = (b.workload, b.variant, b.n, _items(b.keys), b.threads, b.scope)
        seen.append((group, ceiling, process))
        if group not in groups:
            yield f"{place}[{index}].group", "is not that of a case"
        if records and (b.group.workload, *process) not in records:
            yield f"{place}[{index}].samples", "is not among $.workspan.invocations"
        if not (b.samples.latencies is None and agree(b.samples)):
            at = f"{place}[{index}].samples"
            yield from ((at + inside, rule) for inside, rule in _samples(b.samples))
    yield from _unique(seen, place, "ceiling, group and process")


def _items(keys: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(keys.items())) if keys else ()


def _rows(file: ResultFile, place: str) -> Iterator[Violation]:
    """Google Benchmark's rows repeat the cases, and add nothing."""
    cases = {case.name: case for case in file.workspan.cases if case.status is Status.OK}
    yield from _unique(
        [(row.name, row.repetition_index) for row in file.benchmarks],
        place,
        "name and repetition_index",
    )
    for index, row in enumerate(file.benchmarks):
        case = cases.get(row.run_name)
        if case is None:
            yield f"{place}[{index}].run_name", "is not a case that is ok"
        else:
            yield from ((f"{place}[{index}]{inside}", rule) for inside, rule in _row(row, case))


def _row(row: Row, case: Case) -> Iterator[Violation]:
    if row.threads != case.threads:
        yield ".threads", f"is not {case.threads}, the case's"
    if row.run_type == "aggregate":
        if row.name != f"{row.run_name}_{row.aggregate_name}":
            yield ".name", "is not run_name and aggregate_name"
        return
    invocations = counted_invocations(case)
    if row.name != row.run_name:
        yield ".name", "is not run_name"
    if row.repetition_index is None or row.repetition_index >= len(invocations):
        yield ".repetition_index", "is not a counted invocation of its case"
    elif not _close(
        row.real_time * SECONDS_PER_UNIT[row.time_unit],
        process_time(invocations[row.repetition_index]),
    ):
        yield ".real_time", "is not the median of its invocation"
