# SPDX-License-Identifier: Apache-2.0
"""The pairs of an `ab` compared."""

from collections.abc import Callable
from dataclasses import replace

from workspan.compare.cases import Report, compare_cases
from workspan.compare.differences import find_differences
from workspan.compare.series import series_of
from workspan.compare.verdict import Thresholds
from workspan.resultfile.model import ResultFile
from workspan.support.text import plain


def compare_ab(
    old: ResultFile,
    new: ResultFile,
    labels: tuple[str, str],
    thresholds: Thresholds,
    chosen: Callable[[str], bool] = lambda name: True,
    *,
    why_short: str = "",
) -> Report:
    """The verdicts on the chosen cases: the k-th invocation of old against the k-th of new.

    why_short: why fewer pairs than asked for were measured; empty if all were.
    """
    then, now = ([s for s in series_of(file) if chosen(s.name)] for file in (old, new))
    report = compare_cases(then, now, thresholds, paired=True)
    notes = list(report.notes)
    if why_short:
        pairs = min(file.workspan.run.invocations for file in (old, new))
        notes.append(f"{why_short} in round {pairs}: fewer pairs than asked for")
    return replace(
        report,
        old=_label(old.workspan.build.git_commit, labels[0]),
        new=_label(new.workspan.build.git_commit, labels[1]),
        differences=find_differences(old, new),
        notes=notes,
    )


def _label(commit: str, name: str) -> str:
    return plain(f"{name}, {commit[:12]}")
