# SPDX-License-Identifier: Apache-2.0
"""Alarms about a run and its processes: cases and processes that do not count, disturbances,
ceilings that are too low, and CPUs that were not used.
"""

from collections import defaultdict
from collections.abc import Iterator

from workspan.analysis.processes import processes_of_rows
from workspan.analysis.ratios.doubts import WEAK
from workspan.analysis.ratios.judge import ceiling_of, indexes_of, judge
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.analysis.verdicts.alarm import Hit
from workspan.analysis.verdicts.finding import Number
from workspan.analysis.verdicts.headline import headline
from workspan.analysis.verdicts.run_disturbance import disturbance
from workspan.resultfile.model import FAILURES, Case, ResultFile
from workspan.stats.needed import side
from workspan.stats.ratios import Estimate


def failed(file: ResultFile) -> Iterator[Hit]:
    """Cases that failed, timed out or crashed, in the order of the file."""
    for case in file.workspan.cases:
        if case.status in FAILURES and not is_about_concurrency(case):
            numbers: dict[str, Number] = {"status": case.status.value, "reason": case.reason}
            yield Hit(case.name, 0.0, numbers)


def incomplete(file: ResultFile) -> Iterator[Hit]:
    """If the run was cut off."""
    if not file.workspan.run.complete:
        yield Hit("", 0.0, {})


def low_ceiling(file: ResultFile) -> Iterator[Hit]:
    """Ceilings that several workloads exceed, one of them by more than a little: together they say
    more of the ceiling than of themselves.
    """
    exceeding: dict[str, dict[str, Hit]] = defaultdict(dict)
    for case, share in _above(file):
        ceiling = judge(file)[case.name].ceiling
        where: dict[str, Number] = {"scope": case.scope, "threads": case.threads}
        numbers = {"share": share, "ceiling": case.ceiling, **where}
        hit = Hit(case.name, share.value, numbers)
        best = exceeding[ceiling].setdefault(case.workload, hit)
        exceeding[ceiling][case.workload] = max(best, hit, key=lambda one: one.badness)
    for hits in exceeding.values():
        if len(hits) > 1 and max(hit.badness for hit in hits.values()) > WEAK:
            yield from hits.values()


def _above(file: ResultFile) -> Iterator[tuple[Case, Estimate]]:
    """The cases above a ceiling other than their own workload's, with their share of it."""
    judged, indexes = judge(file), indexes_of(file)
    for case in file.workspan.cases:
        if not case.time or case.is_ceiling or is_about_concurrency(case):
            continue
        ceiling = ceiling_of(case, indexes)
        if ceiling is None or not indexes.bounds.share_may_exceed(case, ceiling, 1.0):
            continue
        share = judged[case.name].of_ceiling
        if share and side(share, 1.0) > 0 and not judged[case.name].is_launch:
            yield case, share


def few_threads(file: ResultFile) -> Iterator[Hit]:
    """Workloads in which a GPU is compared with a host that never had all of its CPUs."""
    found = headline(file)
    for a in found.workloads:
        if a.is_on_gpu and a.host_threads < found.cpus:
            numbers: dict[str, Number] = {"threads": a.host_threads, "cpus": found.cpus}
            yield Hit(a.host.name, 1 / a.host_threads, numbers)


def disturbed(file: ResultFile) -> Iterator[Hit]:
    """If it is not of its machine alone."""
    if found := disturbance(file):
        numbers: dict[str, Number] = {"disturbed": found.disturbed, "processes": found.processes}
        yield Hit("", 0.0, numbers | ({} if found.clean is None else {"clean": found.clean}))


def partial(file: ResultFile) -> Iterator[Hit]:
    """Cases whose times leave processes out."""
    about_models = {c.name for c in file.workspan.cases if is_about_concurrency(c)}
    for name, found in processes_of_rows(file).items():
        if found.is_partial and name not in about_models:
            left_out = found.of - found.counted
            yield Hit(name, left_out / found.of, {"counted": found.counted, "of": found.of})
