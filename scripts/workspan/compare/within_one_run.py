# SPDX-License-Identifier: Apache-2.0
"""Pairs of cases of one file: each variant, or number of threads, against a baseline, with the same n and keys."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace

from workspan.compare.cases import Pair, Report, Rules, compare_pairs
from workspan.compare.series import Series, series_of
from workspan.resultfile.google_benchmark import ForeignFile
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.errors import UsageError
from workspan.support.text import counted

AXES = ("variant", "threads")


def compare_by(
    file: ResultFile | ForeignFile,
    axis: str,
    baseline: str,
    rules: Rules,
    chosen: Callable[[str], bool] = lambda name: True,
) -> Report:
    """Compares inside a file, as pairs: what ran in one invocation ran side by side. Raises UsageError for a name that is not there."""
    if isinstance(file, ForeignFile):
        raise UsageError(
            f"{file.label}: --by needs a result file of workspan, whose names say variant and threads"
        )
    cases = file.workspan.cases
    known = list(dict.fromkeys(_value(case, axis) for case in cases))
    if baseline not in known:
        near = difflib.get_close_matches(baseline, known, n=1, cutoff=0.0)
        raise UsageError(
            f"--baseline: there is no {axis} '{baseline}'{f'; did you mean {near[0]}?' if near else ''}"
        )
    pairs = [pair for pair in _pairs(file, axis, baseline) if chosen(pair[1].name)]
    without = sum(_value(c, axis) != baseline and chosen(c.name) for c in cases) - len(pairs)
    report = compare_pairs(
        pairs, rules, paired=True, separate=False, sides=_sides(pairs, axis, baseline)
    )
    notes = ["one run: speedups are medians of the ratios within each invocation"]
    if without:
        notes.append(f"{counted(without, 'case')} left out: no times, or none of the baseline")
    # The mean of speedups of unlike variants and numbers of threads would mean nothing.
    report = replace(report, mean=None, mean_interval=None, mean_cases=0)
    return replace(
        report,
        by=baseline if axis == "variant" else f"threads:{baseline}",
        notes=notes + report.notes[1:],
    )


def _value(case: Case, axis: str) -> str:
    return case.variant if axis == "variant" else str(case.threads)


def _sides(pairs: Sequence[Pair], axis: str, baseline: str) -> tuple[str, str]:
    """What is compared, in words: the baseline, and the other, or the others."""
    if axis == "threads":
        return counted(int(baseline), "thread"), "the other numbers of threads"
    others = {series.name.split("/")[1] for _, series in pairs}
    return baseline, others.pop() if len(others) == 1 else "the other variants"


def _group(case: Case, axis: str) -> tuple[object, ...]:
    rest = None if axis == "variant" else case.variant
    return case.workload, case.n, tuple(sorted(case.keys.items())), rest


def _pairs(file: ResultFile, axis: str, baseline: str) -> list[Pair]:
    bases: dict[tuple[object, ...], list[tuple[Case, Series]]] = {}
    timed = [
        (c, s)
        for c, s in zip(file.workspan.cases, series_of(file), strict=True)
        if c.status is Status.OK and s.samples
    ]
    for case, series in timed:
        if _value(case, axis) == baseline:
            bases.setdefault(_group(case, axis), []).append((case, series))
    found = []
    for case, series in timed:
        group = bases.get(_group(case, axis))
        if group and _value(case, axis) != baseline:
            found.append((_nearest(case, group), series))
    return found


def _nearest(case: Case, bases: Sequence[tuple[Case, Series]]) -> Series:
    """The baseline on as many threads, else on the fewest."""
    return min(bases, key=lambda base: (base[0].threads != case.threads, base[0].threads))[1]
