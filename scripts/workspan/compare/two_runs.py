# SPDX-License-Identifier: Apache-2.0
"""Two files compared: refused where they are of different machines, with what else differs on top."""

from collections.abc import Callable
from dataclasses import replace

from workspan.compare.across_machines import CrossReport, cross
from workspan.compare.cases import Report, Rules, compare
from workspan.compare.differences import describe, differences, refuse_different_machines
from workspan.compare.series import series_of
from workspan.resultfile.google_benchmark import ForeignFile
from workspan.resultfile.model import ResultFile
from workspan.support.errors import UsageError

File = ResultFile | ForeignFile


def compare_files(
    old: File,
    new: File,
    names: tuple[str, str],
    rules: Rules | None = None,
    chosen: Callable[[str], bool] = lambda name: True,
) -> Report:
    """The verdicts between two runs of one machine, on the chosen cases. Raises UsageError where it cannot be one machine."""
    refuse_different_machines(old, new)
    then, now = ([s for s in series_of(file) if chosen(s.name)] for file in (old, new))
    report = compare(then, now, rules)
    labels = [describe(file, name) for file, name in zip((old, new), names, strict=True)]
    notes = list(report.notes)
    for word, file in (("old", old), ("new", new)):
        if isinstance(file, ForeignFile):
            notes += [f"{word}: {note}" for note in file.notes]
        elif not file.workspan.run.complete:
            notes.append(f"{word} was interrupted: some of its cases may be missing")
    if old == new:
        notes.insert(0, "old and new are the same measurements: nothing is compared with itself")
    return replace(
        report, old=labels[0], new=labels[1], differences=differences(old, new), notes=notes
    )


def cross_files(
    old: File, new: File, names: tuple[str, str], chosen: Callable[[str], bool] = lambda name: True
) -> CrossReport:
    """Two machines, on the chosen cases. Raises UsageError for files of other programs, which have no ceilings."""
    if isinstance(old, ForeignFile) or isinstance(new, ForeignFile):
        raise UsageError("--cross needs result files of workspan: other programs' have no ceilings")
    report = cross(old, new)
    rows = [row for row in report.rows if chosen(row.name)]
    return replace(report, rows=rows, old=describe(old, names[0]), new=describe(new, names[1]))
