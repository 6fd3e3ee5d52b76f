# SPDX-License-Identifier: Apache-2.0
"""workspan compare: changes between two runs, or between the variants of one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import (
    A_REFERENCE,
    A_RESULT,
    Format,
    parse_bands,
    parse_filter,
    parse_thresholds,
    require_known,
)
from workspan.compare.thresholds import CHANGE, DRIFTING, USUAL, format_percent
from workspan.resultfile.names import BASELINE
from workspan.support.errors import Exit, NothingError, UsageError
from workspan.support.text import valid_utf8

if TYPE_CHECKING:
    from workspan.compare.across_machines import MachineReport
    from workspan.compare.cases import Report
    from workspan.compare.reference_choice import NamedFile
    from workspan.compare.verdict import Thresholds
    from workspan.resultfile.google.foreign_file import ForeignFile
    from workspan.resultfile.model import ResultFile

BASELINES = {"variant": BASELINE, "threads": "1"}

Old = Annotated[
    Path,
    typer.Argument(
        metavar="OLD",
        click_type=A_RESULT,
        help="A result file, the folder of a run or of an ab, or Google Benchmark's JSON.",
    ),
]
New = Annotated[
    Path | None,
    typer.Argument(
        metavar="[NEW]",
        click_type=A_RESULT,
        help="The other side; omit it with --by or --reference, or for an ab.",
    ),
]
By = Annotated[
    str,
    typer.Option(metavar="variant|threads", help="Compare within one file, against a baseline."),
]
Baseline = Annotated[
    str,
    typer.Option(metavar="NAME", help="The baseline of --by. Default: seq, or 1 thread."),
]
Reference = Annotated[
    bool,
    typer.Option(
        "--reference",
        help="Is my number normal? Compare OLD with committed results of the same GPU (GPU cases) "
        f"or CPU (host cases): normal within {format_percent(USUAL)}, or "
        f"{format_percent(DRIFTING)} for times known to drift, such as transfers.",
    ),
]
Source = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE|FOLDER",
        click_type=A_REFERENCE,
        help="References for --reference: a file, or a folder with all its subfolders.",
    ),
]
Threshold = Annotated[
    str,
    typer.Option(
        metavar="SHARE",
        help="Smallest change, as estimated, that counts: 3% or 0.03. "
        f"Default: {format_percent(CHANGE)}; --reference has its own.",
    ),
]
FailOn = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="Verdicts for exit code 1: slower, broken, faster, inconclusive (NONE included), "
        "missing; or none. Default: slower,broken; with --reference only broken, since another "
        "machine is not a regression; with --by none.",
    ),
]
Filter = Annotated[
    str,
    typer.Option(
        "--filter",
        metavar="REGEX",
        help="Only cases whose name matches; with a leading -, all others.",
    ),
]


@dataclass(frozen=True)
class CompareOptions:
    """The parsed options that all modes share."""

    old: Path
    new: Path | None
    by: str
    baseline: str
    threshold: str
    fail_on: str
    thresholds: "Thresholds"
    chosen: Callable[[str], bool]


def compare(
    old: Old,
    new: New = None,
    by: By = "",
    baseline: Baseline = "",
    reference: Reference = False,
    source: Source = None,
    threshold: Threshold = "",
    fail_on: FailOn = "",
    filter_: Filter = "",
    form: options.ComparisonFormat = Format.TABLE,
    output: options.Output = None,
) -> int:
    """Compare two runs, case by case: SLOWER, FASTER, SAME, or the reason for no verdict.

    Runs of two machines: how much faster one is, by every common case and by the best codes of
    both, without a verdict.
    """
    from workspan.compare.across_machines import MachineReport
    from workspan.compare.cases import exit_code
    from workspan.report.comparison.comparison import show
    from workspan.support.atomic_write import check_writable

    chosen = parse_filter(filter_)
    usual = "none" if by else "broken" if reference else "slower,broken"
    thresholds = parse_thresholds(threshold, fail_on or usual)
    given = CompareOptions(old, new, by, baseline, threshold, fail_on, thresholds, chosen)
    if source is not None and not reference:
        raise UsageError("--from requires --reference")
    if output:
        check_writable(output, "--output", [old, *([new] if new else [])])
    report = _compare_reference(given, source) if reference else _compare(given)
    if not report.rows:
        raise NothingError(f"no case {f'matches --filter {filter_}' if filter_ else 'to compare'}")
    show(report, form.value, thresholds, output)
    return int(Exit.GOOD if isinstance(report, MachineReport) else exit_code(report, thresholds))


def _compare(given: CompareOptions) -> "Report | MachineReport":
    """The report of one file, of the sides of an ab, or of two files."""
    from workspan.resultfile.find import ab_sides, result_file

    if given.by:
        return _compare_by(given)
    if not given.baseline and (sides := ab_sides(given.old, given.new)):
        return _compare_ab(sides, given)
    if given.new is None:
        result_file(given.old)  # a mistyped ab has no NEW
        raise UsageError(
            "NEW is missing: name a second file, or compare within OLD by --by variant"
        )
    if given.baseline:
        raise UsageError("--baseline requires --by variant or --by threads")
    return _compare_runs(given, given.new)


def _read(path: Path) -> "ResultFile | ForeignFile":
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_any

    return read_any(result_file(path))


def _compare_runs(given: CompareOptions, new: Path) -> "Report | MachineReport":
    """Of two machines without verdicts: their times differ for more reasons than a regression."""
    from workspan.compare.across_machines import compare_machines
    from workspan.compare.cases import compare_files
    from workspan.compare.differences import of_two_machines, two_machines
    from workspan.resultfile.model import ResultFile

    names = valid_utf8(str(given.old)), valid_utf8(str(new))
    before, after = _read(given.old), _read(new)
    differences = of_two_machines(before, after)
    if not (differences and isinstance(before, ResultFile) and isinstance(after, ResultFile)):
        return compare_files(before, after, names, given.thresholds, given.chosen)
    if given.threshold or given.fail_on:
        raise UsageError(
            f"{two_machines(differences)}; they get no verdict: leave out --threshold and --fail-on"
        )
    return compare_machines(before, after, names, given.chosen)


def _compare_ab(sides: tuple[Path, Path], given: CompareOptions) -> "Report":
    from workspan.compare.ab_pairs import AbFiles, compare_ab
    from workspan.running.ab.result import read_ab

    ab = read_ab(sides)
    files = AbFiles(ab.old, ab.new, ab.labels, ab.why_short)
    return compare_ab(files, given.thresholds, given.chosen)


def _compare_by(given: CompareOptions) -> "Report":
    from workspan.compare.differences import file_label
    from workspan.compare.within_one_run import compare_within

    require_known("--by", given.by, tuple(BASELINES))
    if given.new is not None:
        raise UsageError("--by compares within one file: leave out NEW")
    file = _read(given.old)
    baseline = given.baseline or BASELINES[given.by]
    label = file_label(file, valid_utf8(str(given.old)))
    report = compare_within(file, given.by, baseline, given.thresholds, given.chosen)
    return replace(report, old=label, new=label)


def _compare_reference(given: CompareOptions, source: Path | None) -> "Report":
    from workspan.compare.against_reference import compare_with_references
    from workspan.compare.reference_choice import NamedFile
    from workspan.resultfile.google.foreign_file import ForeignFile

    if given.new is not None or given.by or given.baseline:
        raise UsageError(
            "--reference takes OLD alone: leave out NEW, --by and --baseline; "
            "--from names other references"
        )
    bands, yours = parse_bands(given.threshold), _read(given.old)
    if isinstance(yours, ForeignFile):
        raise UsageError(
            f"{given.old}: --reference needs a result file of workspan: "
            "another program's does not name CPU and GPU"
        )
    references, notes = _read_references(source)
    mine = NamedFile(valid_utf8(str(given.old)), yours)
    return compare_with_references(mine, references, bands, given.chosen, notes)


def _reference_files(source: Path | None) -> list[Path]:
    """Raises UsageError that names --from, if it was given."""
    from workspan.resultfile.find import reference_files

    try:
        return reference_files(source)
    except UsageError as error:
        if source is None or "--from" in str(error):
            raise
        raise UsageError(f"--from {error}") from None


def _read_references(source: Path | None) -> "tuple[list[NamedFile], list[str]]":
    """The references, and a note about files in their folder that are not results.

    Raises InputError if the user named an unreadable file itself.
    """
    from workspan.compare.reference_choice import NamedFile
    from workspan.resultfile.find import is_folder_of_results
    from workspan.resultfile.read import read_result
    from workspan.support.errors import InputError
    from workspan.support.text import name_list, quantity

    found, others = [], []
    for file in _reference_files(source):
        try:
            found.append(NamedFile(valid_utf8(str(file)), read_result(file)))
        except InputError:
            if not is_folder_of_results(source):
                raise
            others.append(str(file))
    if not others:
        return found, []
    note = (
        f"left out: {quantity(len(others), 'file')} that cannot be read as a result: "
        f"{name_list(others)}; workspan validate says why"
    )
    if not found:
        where = f"--from {source}: no result file in this folder or below it; " if source else ""
        raise UsageError(where + note)
    return found, [note]
