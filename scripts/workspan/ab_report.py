# SPDX-License-Identifier: Apache-2.0
"""What the pairs of an `ab` say, and its exit code."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workspan.ab_session import AbResult
from workspan.compare import Report, Rules, compare, exit_code
from workspan.differences import differences
from workspan.errors import Exit, NothingError
from workspan.render import show
from workspan.series import series_of
from workspan.text import plain


def report_of(result: AbResult, rules: Rules, chosen: Callable[[str], bool] = lambda name: True) -> Report:
    """The verdicts on the chosen cases, the k-th invocation of old against the k-th of new."""
    then, now = ([s for s in series_of(file) if chosen(s.name)] for file in (result.old, result.new))
    report = compare(then, now, rules, paired=True)
    notes = list(report.notes)
    if not result.done:
        pairs = min(file.workspan.run.invocations for file in (result.old, result.new))
        notes.append(f"{'interrupted' if result.interrupted else 'the time was over'} in round {pairs}: fewer pairs than asked for")
    labels = [_label(file.workspan.build.git_commit, name) for file, name in zip((result.old, result.new), result.labels, strict=True)]
    return replace(report, old=labels[0], new=labels[1], differences=differences(result.old, result.new), notes=notes)


def _label(commit: str, name: str) -> str:
    return plain(f"{name}, {commit[:12]}")


def show_result(result: AbResult, rules: Rules, chosen: Callable[[str], bool], form: str, output: Path | None) -> Exit:
    """Shows the report; the exit code is that of compare, or that of an interruption."""
    report = report_of(result, rules, chosen)
    if not report.rows:
        raise NothingError(f"no case to compare; what was measured is in {result.folder}")
    show(report, form, rules, output)
    print(plain(f"workspan: both results are in {result.folder}"), file=sys.stderr)
    return Exit.INTERRUPTED if result.interrupted else exit_code(report, rules)
