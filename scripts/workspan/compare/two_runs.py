# SPDX-License-Identifier: Apache-2.0
"""Two runs of one machine compared; files of different machines are refused."""

from collections.abc import Callable
from dataclasses import replace

from workspan.compare.cases import Report, compare_cases
from workspan.compare.differences import file_label, find_differences, require_same_machine
from workspan.compare.series import series_of
from workspan.compare.verdict import Thresholds
from workspan.resultfile.google_benchmark import ForeignFile
from workspan.resultfile.model import ResultFile

File = ResultFile | ForeignFile


def compare_files(
    old: File,
    new: File,
    names: tuple[str, str],
    thresholds: Thresholds | None = None,
    chosen: Callable[[str], bool] = lambda name: True,
) -> Report:
    """The verdicts on the chosen cases. Raises UsageError unless both can be of one machine."""
    require_same_machine(old, new)
    then, now = ([s for s in series_of(file) if chosen(s.name)] for file in (old, new))
    report = compare_cases(then, now, thresholds)
    labels = [file_label(file, name) for file, name in zip((old, new), names, strict=True)]
    notes = list(report.notes)
    for side, file in (("old", old), ("new", new)):
        if isinstance(file, ForeignFile):
            notes += [f"{side}: {note}" for note in file.notes]
        elif not file.workspan.run.complete:
            notes.append(f"{side} was interrupted: some of its cases may be missing")
    if old == new:
        notes.insert(0, "old and new are the same measurements: a run is compared with itself")
    return replace(
        report,
        old=labels[0],
        new=labels[1],
        differences=find_differences(old, new),
        notes=notes,
    )
