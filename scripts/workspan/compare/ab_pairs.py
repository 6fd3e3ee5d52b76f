# SPDX-License-Identifier: Apache-2.0
"""The pairs of an `ab` compared."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from workspan.compare.cases import Report, compare_cases
from workspan.compare.differences import find_differences
from workspan.compare.series import series_of
from workspan.compare.verdict import Thresholds
from workspan.resultfile.model import ResultFile
from workspan.support.text import plain


@dataclass(frozen=True)
class AbFiles:
    """Both results of an `ab`, and their labels.

    why_short: why fewer pairs than asked for were measured; empty if all were.
    """

    old: ResultFile
    new: ResultFile
    labels: tuple[str, str]
    why_short: str = ""


def compare_ab(
    ab: AbFiles, thresholds: Thresholds, chosen: Callable[[str], bool] = lambda name: True
) -> Report:
    """The verdicts on the chosen cases: the k-th invocation of old against the k-th of new."""
    old, new = ([s for s in series_of(file) if chosen(s.name)] for file in (ab.old, ab.new))
    report = compare_cases(old, new, thresholds, paired=True)
    notes = list(report.notes)
    if ab.why_short:
        pairs = min(file.workspan.run.invocations for file in (ab.old, ab.new))
        notes.append(f"{ab.why_short} in round {pairs}: fewer pairs than asked for")
    return replace(
        report,
        old=_label(ab.old.workspan.build.git_commit, ab.labels[0]),
        new=_label(ab.new.workspan.build.git_commit, ab.labels[1]),
        differences=find_differences(ab.old, ab.new),
        notes=notes,
    )


def _label(commit: str, name: str) -> str:
    return plain(f"{name}, {commit[:12]}")
