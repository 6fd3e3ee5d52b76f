# SPDX-License-Identifier: Apache-2.0
"""A result held against references of the same hardware: which fit, which one a case is held against, and the report. Pure functions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from workspan.analysis.judge import judge
from workspan.compare.cases import Difference, Report
from workspan.compare.differences import describe, differences
from workspan.compare.reference_band import Bands, Timed, judged
from workspan.compare.series import Series, series_of
from workspan.compare.verdict import CaseVerdict, Verdict, percent, without_times
from workspan.resultfile.model import Case, ResultFile
from workspan.support.errors import NothingError
from workspan.support.text import counted, listed, plain

SIDES: Final = ("the reference", "yours")


class Named(NamedTuple):
    """A result file and what to call it."""

    name: str
    file: ResultFile


class Known(NamedTuple):
    """A case of a reference."""

    source: Named
    timed: Timed


Cases = dict[str, Timed]


def hold_against(
    yours: Named,
    given: Sequence[Named],
    bands: Bands,
    chosen: Callable[[str], bool] = lambda name: True,
    notes: Sequence[str] = (),
) -> Report:
    """Each chosen case against the best reference of its hardware: with an interval of it, of the most processes, then the newest.

    notes: of how the references were found. Raises NothingError where none is of the same hardware.
    """
    others = [one for one in given if not _is_all_of(one.file, yours.file)]
    references = [
        one for one in others if _same_cpu(one.file, yours.file) or _same_gpu(one.file, yours.file)
    ]
    if not references:
        raise NothingError(
            "; ".join([_nothing_fits(yours, given, itself=len(others) < len(given)), *notes])
        )
    known = _known(yours.file, references, chosen)
    judgements = judge(yours.file)
    mine = {
        case.name: Timed(case, series, (*case.warnings, *judgements[case.name].warnings))
        for case, series in _cases(yours.file)
        if chosen(case.name)
    }
    found = [_row(known.get(name), mine.get(name), yours.file, bands) for name in {**mine, **known}]
    rows = [
        row if row.against else _why_alone(row, mine, references, yours.file)
        for row in found
        if row
    ]
    rows.sort(
        key=lambda row: list(Verdict).index(row.verdict)
    )  # stable: within a verdict, the order of the files
    used = [one for one in references if any(row.against == one.name for row in rows)]
    return Report(
        rows,
        old="; ".join(f"{describe(one.file, one.name)}, {_of_what(one, known)}" for one in used)
        or "none that has these cases",
        new=describe(yours.file, yours.name),
        reference=True,
        threshold=bands.usual,
        counts=dict(Counter(row.verdict.value for row in rows)),
        differences=_differences(used, yours.file),
        notes=[
            *_notes(
                yours,
                given,
                used,
                rows,
                bands,
                any(of.case.scope != "host" and of.series.samples for of in mine.values()),
            ),
            *notes,
        ],
    )


def _cases(file: ResultFile) -> Iterable[tuple[Case, Series]]:
    return zip(file.workspan.cases, series_of(file), strict=True)


def _measurements(file: ResultFile) -> dict[str, set[tuple[float, ...]]]:
    """Of each case the samples of each invocation: what stays the same wherever they are merged into."""
    return {
        case.name: {tuple(i.wall) for i in case.invocations}
        for case in file.workspan.cases
        if case.invocations
    }


def _shared(one: ResultFile, yours: ResultFile) -> set[str]:
    """The cases of which both hold the very same invocation: there the one is no reference for the other."""
    theirs = _measurements(one)
    return {
        name for name, samples in _measurements(yours).items() if samples & theirs.get(name, set())
    }


def _is_all_of(one: ResultFile, yours: ResultFile) -> bool:
    """Whether it holds these very measurements of every case that was measured."""
    mine = _measurements(yours)
    return bool(mine) and _shared(one, yours) == set(mine)


def _cpu(file: ResultFile) -> tuple[str, int | str, int, float]:
    machine = file.workspan.machine
    return (
        machine.cpu.model,
        machine.cpu.cores,
        file.workspan.run.all_threads,
        machine.cpu.cache_bytes(2),
    )


def _same_cpu(a: ResultFile, b: ResultFile) -> bool:
    """The same model, as many cores, as many CPUs to use, the same L2: a virtual machine's model says little."""
    return _cpu(a) == _cpu(b)


def _same_gpu(a: ResultFile, b: ResultFile) -> bool:
    """The name of the one that kernels ran on, and as many multiprocessors: a slice has fewer."""
    one, other = (
        [(gpu.name, gpu.multiprocessors) for gpu in file.workspan.machine.cuda.gpus[:1]]
        for file in (a, b)
    )
    return bool(one) and one == other


def _is_of(case: Case, a: ResultFile, b: ResultFile) -> bool:
    """Whether both files are of the hardware that the case runs on."""
    return _same_cpu(a, b) if case.scope == "host" else _same_gpu(a, b)


def hardware(file: ResultFile) -> str:
    """What decides which references fit, in words."""
    model, cores, usable, _ = _cpu(file)
    gpus = file.workspan.machine.cuda.gpus
    return plain(
        f"{model}, {counted(cores, 'core')}, {usable} usable; {gpus[0].name if gpus else 'no GPU'}"
    )


def _of_what(reference: Named, known: dict[str, Known]) -> str:
    scopes = {
        k.timed.case.scope == "host" for k in known.values() if k.source.name == reference.name
    }
    return f"for {' and '.join(word for word, is_host in (('host', True), ('GPU', False)) if is_host in scopes)} cases"


def _nothing_fits(yours: Named, given: Sequence[Named], *, itself: bool) -> str:
    if itself:
        return f"{yours.name} is itself the only reference of this hardware; --from FILE|FOLDER names others"
    kinds = {hardware(one.file): one.name for one in reversed(given)}
    there = [f"{name} ({kind})" for kind, name in reversed(kinds.items())]
    return (
        f"no reference of this hardware ({hardware(yours.file)}); there are {listed(there)}. "
        f"What each machine reaches of its own ceilings: workspan compare --cross {given[0].name} {yours.name}"
    )


def _known(
    yours: ResultFile, references: Iterable[Named], chosen: Callable[[str], bool]
) -> dict[str, Known]:
    """Of cases that run where some of yours do: a run of GPU cases alone misses none of the host's."""
    found: dict[str, list[Known]] = defaultdict(list)
    on_host = {case.scope == "host" for case in yours.workspan.cases}
    for one in references:
        same = _shared(one.file, yours)
        for case, series in _cases(one.file):
            wanted = (
                (case.scope == "host") in on_host and case.name not in same and chosen(case.name)
            )
            if wanted and series.samples and _is_of(case, one.file, yours):
                found[case.name].append(Known(one, Timed(case, series)))

    def merit(known: Known) -> tuple[bool, int, str]:
        case, series = known.timed.case, known.timed.series
        return (
            isinstance(case.interval, tuple),
            len(series.samples),
            known.source.file.workspan.run.started,
        )

    return {name: max(same, key=merit) for name, same in found.items()}


def _row(
    known: Known | None, mine: Timed | None, yours: ResultFile, bands: Bands
) -> CaseVerdict | None:
    """against: the name of the reference, empty where there is none. None for what was skipped and is in no reference."""
    row = without_times(known.timed.series if known else None, mine.series if mine else None, SIDES)
    if not row and known and mine:
        row = judged(known.timed, mine, bands)
    return row and replace(row, against=known.source.name if known else "")


def _why_alone(
    row: CaseVerdict, mine: Cases, references: Sequence[Named], yours: ResultFile
) -> CaseVerdict:
    """A case that no reference has, because none is of the hardware it runs on, says so."""
    case = mine[row.name].case
    if row.verdict is not Verdict.ONLY_NEW or any(
        _is_of(case, one.file, yours) for one in references
    ):
        return row
    return replace(
        row,
        reason="no reference of this CPU and number of CPUs"
        if case.scope == "host"
        else "no reference of this GPU",
    )


def _differences(used: Sequence[Named], yours: ResultFile) -> list[Difference]:
    """Those from all references once, those from one of several with its name."""
    found: dict[Difference, list[str]] = defaultdict(list)
    for one in used:
        for difference in differences(one.file, yours):
            found[difference].append(one.name)
    return [
        d if len(of) == len(used) else replace(d, what=f"{d.what} ({', '.join(of)})")
        for d, of in found.items()
    ]


def _notes(
    yours: Named,
    given: Sequence[Named],
    used: Sequence[Named],
    rows: Sequence[CaseVerdict],
    bands: Bands,
    gpu: bool,
) -> list[str]:
    notes = [
        "ratio: your time / the reference's; no test is made, since no interval knows how machines of one kind differ"
    ]
    if bands.usual != bands.drifting:
        wide = percent(bands.drifting)
        notes.append(
            f"normal: within {percent(bands.usual)}; {wide} where times drift more; --threshold sets one for all"
        )
    if any(0 < min(row.old_invocations, row.new_invocations) < 2 for row in rows):
        notes.append("a side is of one process: its interval knows nothing of how processes differ")
    if rows and not any(row.effect for row in rows):
        presets = " and ".join(dict.fromkeys(one.file.workspan.run.preset for one in used))
        notes.append(
            "no case in common"
            + (f"; the reference was measured with --preset {presets}" if presets else "")
        )
    if gpu:
        notes.append(
            "of a GPU the files hold no power limit, ECC mode or temperature: nvidia-smi -q shows them"
        )
    for one in given:
        if same := len(_shared(one.file, yours.file)):
            of = "" if _is_all_of(one.file, yours.file) else f" of {counted(same, 'case')}"
            notes.append(
                f"left out as a reference{of}: {one.name}, which holds these very measurements"
            )
    if not yours.file.workspan.run.complete:
        notes.append("yours was interrupted: some of its cases may be missing")
    return notes
