# SPDX-License-Identifier: Apache-2.0
"""What the pairs of an `ab` say, and its exit code."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from workspan.compare.cases import Report, Rules, compare, exit_code
from workspan.compare.differences import differences
from workspan.compare.series import series_of
from workspan.report.comparison import show
from workspan.resultfile.decode import decode
from workspan.resultfile.find import MANIFEST, result_file
from workspan.resultfile.read import read_bytes, read_result
from workspan.running.ab.session import AbResult
from workspan.running.manifest import Manifest
from workspan.support.errors import Exit, NothingError
from workspan.support.text import plain


def read_ab(sides: tuple[Path, Path]) -> AbResult:
    """What an `ab` left in the folders of its sides. Raises WorkspanError."""
    old, new = (read_result(result_file(side)) for side in sides)
    labels = [
        decode(read_bytes(side / MANIFEST), Manifest, str(side / MANIFEST)).label or str(side)
        for side in sides
    ]
    done = old.workspan.run.complete and new.workspan.run.complete
    return AbResult(old, new, (labels[0], labels[1]), sides[0].parent, done, None)


def report_of(
    result: AbResult, rules: Rules, chosen: Callable[[str], bool] = lambda name: True
) -> Report:
    """The verdicts on the chosen cases, the k-th invocation of old against the k-th of new."""
    then, now = (
        [s for s in series_of(file) if chosen(s.name)] for file in (result.old, result.new)
    )
    report = compare(then, now, rules, paired=True)
    notes = list(report.notes)
    if not result.done:
        pairs = min(file.workspan.run.invocations for file in (result.old, result.new))
        why = {True: "interrupted", False: "the time was over", None: "ended early"}[
            result.interrupted
        ]
        notes.append(f"{why} in round {pairs}: fewer pairs than asked for")
    labels = [
        _label(file.workspan.build.git_commit, name)
        for file, name in zip((result.old, result.new), result.labels, strict=True)
    ]
    return replace(
        report,
        old=labels[0],
        new=labels[1],
        differences=differences(result.old, result.new),
        notes=notes,
    )


def _label(commit: str, name: str) -> str:
    return plain(f"{name}, {commit[:12]}")


def show_result(
    result: AbResult, rules: Rules, chosen: Callable[[str], bool], form: str, output: Path | None
) -> Exit:
    """Shows the report; the exit code is that of compare, or that of an interruption."""
    report = report_of(result, rules, chosen)
    if not report.rows:
        raise NothingError(f"no case to compare; what was measured is in {result.folder}")
    show(report, form, rules, output)
    print(plain(f"workspan: both results are in {result.folder}"), file=sys.stderr)
    return Exit.INTERRUPTED if result.interrupted else exit_code(report, rules)
