# SPDX-License-Identifier: Apache-2.0
"""workspan compare: what became slower or faster between two runs, or between the variants of one."""

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.support.errors import Exit, NothingError, UsageError

if TYPE_CHECKING:
    from workspan.compare.across_machines import CrossReport
    from workspan.compare.against_reference import Named
    from workspan.compare.cases import Report, Rules
    from workspan.compare.reference_band import Bands
    from workspan.resultfile.google_benchmark import ForeignFile
    from workspan.resultfile.model import ResultFile

FORMATS = ("table", "markdown", "json", "csv", "junit")
FAIL_ON = {
    "slower": "SLOWER",
    "broken": "BROKEN",
    "faster": "FASTER",
    "inconclusive": "INCONCLUSIVE",
    "missing": "ONLY_OLD",
    "none": "",
}
BASELINES = {"variant": "seq", "threads": "1"}


def compare(
    old: Annotated[
        Path,
        typer.Argument(
            metavar="OLD",
            help="A result file, the folder of a run or of an ab, or Google Benchmark's JSON.",
        ),
    ],
    new: Annotated[
        Path | None,
        typer.Argument(
            metavar="[NEW]",
            help="What is compared with it; left out with --by or --reference, or for an ab.",
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            metavar="variant|threads", help="Compare inside one file, against a baseline."
        ),
    ] = "",
    baseline: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="With --by: the baseline; seq, or 1 thread, if not given."
        ),
    ] = "",
    reference: Annotated[
        bool,
        typer.Option(
            "--reference",
            help="Is my number normal? OLD alone, against committed results of the same GPU (GPU cases) or CPU (host cases): normal within "
            "10 %, or 25 % where drift is known, such as transfers.",
        ),
    ] = False,
    source: Annotated[
        str | None,  # a Path would take an empty one for the current folder
        typer.Option(
            "--from",
            metavar="FILE|FOLDER",
            help="With --reference: other references; a folder with all below it.",
        ),
    ] = None,
    cross: Annotated[
        bool,
        typer.Option(
            "--cross", help="Different machines: shares of each one's own ceilings; no verdict."
        ),
    ] = False,
    threshold: Annotated[
        str,
        typer.Option(
            metavar="SHARE",
            help="From when a difference matters: 3% or 0.03. Default: 3%; see --reference for its own.",
        ),
    ] = "",
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Verdicts for exit code 1: slower, broken, faster, inconclusive, missing; or none. Default: slower,broken; with "
            "--reference only broken, since another machine is no regression; with --by none.",
        ),
    ] = "",
    filter_: Annotated[
        str,
        typer.Option(
            "--filter",
            metavar="REGEX",
            help="Only cases whose name it is found in; with a leading -, all others.",
        ),
    ] = "",
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="FORMAT", help="How to show it: table, markdown, json, csv, junit."
        ),
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write it, instead of to the terminal."),
    ] = None,
) -> int:
    """Compare two runs, case by case: SLOWER, FASTER, SAME, or why that cannot be told."""
    from workspan.compare.across_machines import CrossReport
    from workspan.compare.cases import exit_code
    from workspan.report.comparison import show
    from workspan.resultfile.find import ab_sides

    _one_of("--format", form, FORMATS)
    chosen = filter_of(filter_)
    rules = rules_of(
        threshold or "3%", fail_on or ("none" if by else "broken" if reference else "slower,broken")
    )
    sides = None if by or cross or baseline or reference else ab_sides(old, new)
    if source is not None and not reference:
        raise UsageError("--from goes with --reference")
    if source == "":
        raise UsageError(
            "--from: the name is empty; name a result file, a run, or a folder of results"
        )
    if reference:
        if new is not None or by or cross or baseline:
            raise UsageError(
                "--reference takes OLD alone: leave out NEW, --by, --baseline and --cross; --from names other references"
            )
        report: Report | CrossReport = _reference(
            old, Path(source) if source else None, bands_of(threshold), chosen
        )
    elif by:
        _one_of("--by", by, tuple(BASELINES))
        if new is not None or cross:
            raise UsageError("--by compares inside one file: leave out NEW and --cross")
        report = _by(old, by, baseline or BASELINES[by], rules, chosen)
    elif sides:
        report = _ab(sides, rules, chosen)
    elif new is None:
        raise UsageError(
            "compare OLD with what? Name a second file, or compare inside one with --by variant"
        )
    elif baseline:
        raise UsageError("--baseline goes with --by variant or --by threads")
    else:
        report = _cross(old, new, chosen) if cross else _two(old, new, rules, chosen)
    if not report.rows:
        raise NothingError(f"no case {f'matches --filter {filter_}' if filter_ else 'to compare'}")
    show(report, form, rules, output)
    return Exit.GOOD if isinstance(report, CrossReport) else exit_code(report, rules)


def rules_of(threshold: str, fail_on: str) -> "Rules":
    """The rules, from what was typed. Raises UsageError."""
    from workspan.compare.cases import Rules, Verdict

    words = [word.strip() for word in fail_on.split(",") if word.strip()]
    for word in words:
        _one_of("--fail-on", word, tuple(FAIL_ON))
    if "none" in words and len(words) > 1:
        raise UsageError("--fail-on: none stands alone")
    return Rules(
        _share(threshold), frozenset(Verdict(FAIL_ON[word]) for word in words if FAIL_ON[word])
    )


def bands_of(threshold: str) -> "Bands":
    """What is normal, from what was typed: one band for all, or the usual ones. Raises UsageError."""
    from workspan.compare.reference_band import Bands

    return Bands(_share(threshold), _share(threshold)) if threshold else Bands()


def _share(threshold: str) -> float:
    match = re.fullmatch(r"(\d+\.?\d*|\.\d+)\s*(%?)", threshold)
    share = float(match[1]) / (100 if match[2] else 1) if match else 0.0
    if not 0 < share < 1:
        raise UsageError(
            f"--threshold: '{threshold}' is no share between 0 and 1; write 3% or 0.03"
        )
    return share


def filter_of(text: str) -> Callable[[str], bool]:
    """Whether a name is wanted, as Google Benchmark's --benchmark_filter has it. Raises UsageError."""
    negative = text.startswith("-")
    try:
        found = re.compile(text.removeprefix("-")).search
    except (re.error, RecursionError, OverflowError) as e:
        raise UsageError(f"--filter: '{text}' is no regular expression: {e}") from None
    return lambda name: (found(name) is None) == negative


def _one_of(option: str, word: str, known: Sequence[str]) -> None:
    if word not in known:
        near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        raise UsageError(
            f"{option}: there is no '{word}'; {f'did you mean {near[0]}?' if near else 'choose ' + ', '.join(known)}"
        )


def _read(path: Path) -> "ResultFile | ForeignFile":
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_any

    return read_any(result_file(path))


def _two(old: Path, new: Path, rules: "Rules", chosen: Callable[[str], bool]) -> "Report":
    from workspan.compare.two_runs import compare_files

    return compare_files(_read(old), _read(new), (str(old), str(new)), rules, chosen)


def _ab(sides: tuple[Path, Path], rules: "Rules", chosen: Callable[[str], bool]) -> "Report":
    from workspan.compare.ab_pairs import read_ab, report_of

    return report_of(read_ab(sides), rules, chosen)


def _reference(
    path: Path, source: Path | None, bands: "Bands", chosen: Callable[[str], bool]
) -> "Report":
    from workspan.compare.against_reference import Named, hold_against
    from workspan.resultfile.google_benchmark import ForeignFile

    yours = _read(path)
    if isinstance(yours, ForeignFile):
        raise UsageError(
            f"{path}: --reference needs a result file of workspan: another program's does not say which CPU or GPU"
        )
    references, notes = _references(source)
    return hold_against(Named(str(path), yours), references, bands, chosen, notes)


def _references(source: Path | None) -> "tuple[list[Named], list[str]]":
    """The references, and a note of what lies among them in their folder and is no result. Raises InputError for a file that was named."""
    from workspan.compare.against_reference import Named
    from workspan.resultfile.find import is_folder_of_results, reference_files
    from workspan.resultfile.read import read_result
    from workspan.support.errors import InputError
    from workspan.support.text import counted, listed

    found, others = [], []
    for file in reference_files(source):
        try:
            found.append(Named(str(file), read_result(file)))
        except InputError:
            if not is_folder_of_results(source):
                raise
            others.append(str(file))
    if not others:
        return found, []
    note = f"left out: {counted(len(others), 'file')} that cannot be read as a result: {listed(others)}; workspan validate says why"
    if not found:
        raise UsageError(
            f"--from {source}: no result file in this folder or below it; {note}"
            if source
            else note
        )
    return found, [note]


def _cross(old: Path, new: Path, chosen: Callable[[str], bool]) -> "CrossReport":
    from workspan.compare.two_runs import cross_files

    return cross_files(_read(old), _read(new), (str(old), str(new)), chosen)


def _by(
    path: Path, axis: str, baseline: str, rules: "Rules", chosen: Callable[[str], bool]
) -> "Report":
    from dataclasses import replace

    from workspan.compare.differences import describe
    from workspan.compare.within_one_run import compare_by

    file = _read(path)
    label = describe(file, str(path))
    return replace(compare_by(file, axis, baseline, rules, chosen), old=label, new=label)
