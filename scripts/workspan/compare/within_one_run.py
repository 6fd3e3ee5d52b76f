# SPDX-License-Identifier: Apache-2.0
"""Cases of one file compared: each variant, or thread count, against a baseline of the same n."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from workspan.analysis.ratios.ceilings import problem_of
from workspan.compare.cases import Report, compare_pairs
from workspan.compare.decide import Pair
from workspan.compare.series import Series, series_of
from workspan.compare.verdict import Thresholds
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.resultfile.read import AnyFile
from workspan.support.errors import UsageError
from workspan.support.suggest import choose, did_you_mean
from workspan.support.text import quantity

AXES: Final = {"variant": "variant", "threads": "thread count"}  # of --by, in words


def compare_within(
    file: AnyFile,
    axis: str,
    baseline: str,
    thresholds: Thresholds,
    chosen: Callable[[str], bool] = lambda name: True,
) -> Report:
    """Compares within a file, as pairs: cases of one invocation ran side by side.

    axis: variant or threads. Raises UsageError for an unknown baseline.
    """
    if isinstance(file, ForeignFile):
        raise UsageError(
            f"{file.label}: --by needs a result file of workspan, whose names say variant and "
            "threads"
        )
    cases = file.workspan.cases
    _require_baseline(baseline, axis, cases)
    pairs = [pair for pair in _pairs(file, axis, baseline) if chosen(pair[1].name)]
    others = sum(_value(c, axis) != baseline and chosen(c.name) for c in cases)
    report = compare_pairs(
        pairs, thresholds, paired=True, separate=False, sides=_side_names(pairs, axis, baseline)
    )
    notes = [
        "one run: speedups are geometric means over invocations of the medians of the ratios "
        "within their blocks"
    ]
    if any(min(len(s.samples) for s in pair) == 1 for pair in pairs):
        notes.append("a single process: no interval includes the variation between processes")
    if left_out := others - len(pairs):
        notes.append(f"{quantity(left_out, 'case')} left out: no times, or no baseline")
    # A mean over unlike variants and thread counts would be meaningless.
    return replace(
        report,
        mean=None,
        mean_interval=None,
        mean_cases=0,
        by=baseline if axis == "variant" else f"threads:{baseline}",
        notes=notes + report.notes[1:],
    )


def _require_baseline(baseline: str, axis: str, cases: Sequence[Case]) -> None:
    known = list(dict.fromkeys(_value(case, axis) for case in cases))
    if baseline not in known:
        near = did_you_mean(baseline, known, otherwise=choose(known)) if known else "no case"
        raise UsageError(f"--baseline: unknown {AXES[axis]} '{baseline}'; {near}")


def _value(case: Case, axis: str) -> str:
    return case.variant if axis == "variant" else str(case.threads)


def _side_names(pairs: Sequence[Pair], axis: str, baseline: str) -> tuple[str, str]:
    """The baseline, and the other variant or the others, in words."""
    if axis == "threads":
        return quantity(int(baseline), "thread"), "the other thread counts"
    others = {series.variant for _, series in pairs}
    return baseline, others.pop() if len(others) == 1 else "the other variants"


def _group_key(case: Case, axis: str) -> tuple[object, ...]:
    return *problem_of(case), None if axis == "variant" else case.variant


def _pairs(file: ResultFile, axis: str, baseline: str) -> list[Pair]:
    bases: dict[tuple[object, ...], list[tuple[Case, Series]]] = {}
    timed = [
        (c, s)
        for c, s in zip(file.workspan.cases, series_of(file), strict=True)
        if c.status is Status.OK and s.samples
    ]
    for case, series in timed:
        if _value(case, axis) == baseline:
            bases.setdefault(_group_key(case, axis), []).append((case, series))
    return [
        (_nearest_baseline(case, group), series)
        for case, series in timed
        if _value(case, axis) != baseline and (group := bases.get(_group_key(case, axis)))
    ]


def _nearest_baseline(case: Case, bases: Sequence[tuple[Case, Series]]) -> Series:
    """The baseline on equally many threads, else on the fewest."""
    return min(bases, key=lambda base: (base[0].threads != case.threads, base[0].threads))[1]
