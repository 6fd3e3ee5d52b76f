# SPDX-License-Identifier: Apache-2.0
"""A result compared with references of the same hardware. Pure functions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from workspan.analysis.ratios.judge import judge
from workspan.compare.cases import Report, disturbance_notes
from workspan.compare.decide import Pair
from workspan.compare.differences import Difference, file_label, find_differences
from workspan.compare.reference_band import SIDES, Bands, TimedCase, compare_with_band
from workspan.compare.reference_choice import (
    NamedFile,
    ReferenceCase,
    cases_with_series,
    choose_references,
    contains_all_of,
    fitting_references,
    related_references,
    same_hardware,
    shared_cases,
)
from workspan.compare.thresholds import format_percent
from workspan.compare.verdict import CaseVerdict, Verdict, verdict_from_status
from workspan.resultfile.model import ResultFile
from workspan.support.errors import NothingError
from workspan.support.text import quantity

TimedCases = dict[str, TimedCase]


def compare_with_references(
    yours: NamedFile,
    given: Sequence[NamedFile],
    bands: Bands,
    chosen: Callable[[str], bool] = lambda name: True,
    notes: Sequence[str] = (),
) -> Report:
    """Each chosen case against the best reference of its hardware.

    notes: about how the references were found. Raises NothingError if none is of this hardware.
    """
    try:
        fitting = fitting_references(yours, given)
    except NothingError as e:
        raise NothingError("; ".join([str(e), *notes])) from None
    references = related_references(yours.file, fitting, chosen)
    known = choose_references(yours.file, references, chosen)
    mine = _judged_cases(yours.file, chosen)
    rows = _compare_cases(known, mine, references, yours.file, bands)
    used = [one for one in references if any(row.against == one.name for row in rows)]
    return Report(
        rows,
        old=_name_references(used, known),
        new=file_label(yours.file, yours.name),
        reference=True,
        references=[one.name for one in used],
        threshold=bands.usual,
        counts=dict(Counter(row.verdict.value for row in rows)),
        differences=_named_differences(used, rows, yours.file),
        notes=[
            *_band_notes(bands),
            *_case_notes(rows, mine, used),
            *disturbance_notes(_counted_pairs(rows, known, mine), SIDES),
            *_file_notes(yours, given),
            *(_unrelated_note(one) for one in fitting if one not in references),
            *notes,
        ],
    )


def _judged_cases(yours: ResultFile, chosen: Callable[[str], bool]) -> TimedCases:
    """Your chosen cases, with their warnings."""
    judgements = judge(yours)
    return {
        case.name: TimedCase(case, series, (*case.warnings, *judgements[case.name].warnings))
        for case, series in cases_with_series(yours)
        if chosen(case.name)
    }


def _name_references(used: Sequence[NamedFile], known: dict[str, ReferenceCase]) -> str:
    """In a line; several with the numbers that name them elsewhere."""
    labels = [f"{file_label(one.file, one.name)}, {_scope_words(one, known)}" for one in used]
    if len(labels) > 1:
        labels = [f"{k}: {label}" for k, label in enumerate(labels, 1)]
    return "; ".join(labels) or "none that has these cases"


def _scope_words(reference: NamedFile, known: dict[str, ReferenceCase]) -> str:
    """for host cases, for GPU cases, for host and GPU cases."""
    used = [k.timed.case for k in known.values() if k.source.name == reference.name]
    words = (
        ("host", any(case.scope == "host" for case in used)),
        ("GPU", any(case.scope != "host" for case in used)),
    )
    return f"for {' and '.join(word for word, has in words if has)} cases"


def _compare_cases(
    known: dict[str, ReferenceCase],
    mine: TimedCases,
    references: Sequence[NamedFile],
    yours: ResultFile,
    bands: Bands,
) -> list[CaseVerdict]:
    found = [_compare_case(known.get(name), mine.get(name), bands) for name in {**mine, **known}]
    rows = [
        row if row.against else _explain_missing(row, mine, references, yours)
        for row in found
        if row
    ]
    order = list(Verdict)
    return sorted(rows, key=lambda row: order.index(row.verdict))  # stable: the files' order


def _compare_case(
    known: ReferenceCase | None, mine: TimedCase | None, bands: Bands
) -> CaseVerdict | None:
    """against: the name of the reference, or empty.

    None for a case that was skipped and is in no reference.
    """
    row = verdict_from_status(
        known.timed.series if known else None, mine.series if mine else None, SIDES
    )
    if not row and known and mine:
        row = compare_with_band(known.timed, mine, bands)
    return row and replace(row, against=known.source.name if known else "")


def _explain_missing(
    row: CaseVerdict, mine: TimedCases, references: Sequence[NamedFile], yours: ResultFile
) -> CaseVerdict:
    """Names the hardware as the reason if no reference is of the hardware of the case."""
    case = mine[row.name].case
    fits = any(same_hardware(case, one.file, yours) for one in references)
    if row.verdict is not Verdict.ONLY_NEW or fits:
        return row
    hardware = "CPU and number of CPUs" if case.scope == "host" else "GPU"
    return replace(row, reason=f"no reference for this {hardware}")


def _named_differences(
    used: Sequence[NamedFile], rows: Sequence[CaseVerdict], yours: ResultFile
) -> list[Difference]:
    """Differences from all references once, those from some of them with their numbers.

    Only from those that a time was compared with, if there are any.
    """
    timed = {row.against for row in rows if row.effect}
    told = {k: one for k, one in enumerate(used, 1) if not timed or one.name in timed}
    found: dict[Difference, list[int]] = defaultdict(list)
    for k, one in told.items():
        for difference in find_differences(one.file, yours):
            found[difference].append(k)
    return [
        d if len(used) == 1 or len(numbers) == len(told) > 1 else _of_references(d, numbers)
        for d, numbers in found.items()
    ]


def _of_references(difference: Difference, numbers: Sequence[int]) -> Difference:
    word = "reference" if len(numbers) == 1 else "references"
    which = f"{word} {', '.join(map(str, numbers))}"
    return replace(difference, what=f"{difference.what} ({which})")


def _band_notes(bands: Bands) -> list[str]:
    notes = [
        "ratio: your time / the reference's; results from two machines cannot be tested "
        "statistically, so a tolerance band is used instead"
    ]
    if bands.usual != bands.drifting:
        notes.append(
            f"normal: within {format_percent(bands.usual)}, or {format_percent(bands.drifting)} "
            "for times known to drift; --threshold sets one band for all"
        )
    return notes


def _case_notes(
    rows: Sequence[CaseVerdict], mine: TimedCases, used: Sequence[NamedFile]
) -> list[str]:
    notes = []
    if any(0 < min(row.old_invocations, row.new_invocations) < 2 for row in rows):
        notes.append(
            "one side has a single process: its interval excludes the variation between processes"
        )
    if rows and not any(row.effect for row in rows):
        presets = " and ".join(dict.fromkeys(one.file.workspan.run.preset for one in used))
        measured = f"; the reference was measured with --preset {presets}" if presets else ""
        notes.append(f"no case in common{measured}")
    if any(one.case.scope != "host" and one.series.samples for one in mine.values()):
        notes.append(
            "the files do not record a GPU's power limit, ECC mode and temperature: "
            "nvidia-smi -q shows them"
        )
    return notes


def _counted_pairs(
    rows: Sequence[CaseVerdict], known: dict[str, ReferenceCase], mine: TimedCases
) -> list[Pair]:
    """The times that tell a verdict, of both sides."""
    told = [row.name for row in rows if row.effect and row.verdict is not Verdict.NONE]
    return [(known[name].timed.series, mine[name].series) for name in told]


def _unrelated_note(one: NamedFile) -> str:
    preset = one.file.workspan.run.preset
    return f"left out as a reference: {one.name} (--preset {preset}), which has none of your cases"


def _file_notes(yours: NamedFile, given: Sequence[NamedFile]) -> list[str]:
    notes = []
    for one in given:
        if same := len(shared_cases(one.file, yours.file)):
            whole = contains_all_of(one.file, yours.file)
            cases = "" if whole else f" for {quantity(same, 'case')}"
            notes.append(
                f"left out as a reference{cases}: {one.name}, which contains your own measurements"
            )
    if not yours.file.workspan.run.complete:
        notes.append("yours was interrupted: some of its cases may be missing")
    return notes
