# SPDX-License-Identifier: Apache-2.0
"""Alarms about a run and its processes: cases and processes that do not count, and disturbances."""

from collections.abc import Iterator

from workspan.analysis.processes import processes_of_rows
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.analysis.verdicts.alarm import Hit
from workspan.analysis.verdicts.finding import Number
from workspan.analysis.verdicts.run_disturbance import disturbance
from workspan.resultfile.model import FAILURES, ResultFile


def failed_cases(file: ResultFile) -> Iterator[Hit]:
    """Cases that failed, timed out or crashed, in the order of the file."""
    for case in file.workspan.cases:
        if case.status in FAILURES:
            numbers: dict[str, Number] = {"status": case.status.value, "reason": case.reason}
            yield Hit(case.name, 0.0, numbers)


def failed(file: ResultFile) -> Iterator[Hit]:
    """Those of them that are about computing."""
    about_models = {c.name for c in file.workspan.cases if is_about_concurrency(c)}
    return (hit for hit in failed_cases(file) if hit.case not in about_models)


def incomplete(file: ResultFile) -> Iterator[Hit]:
    """If the run was cut off."""
    if not file.workspan.run.complete:
        yield Hit("", 0.0, {})


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
