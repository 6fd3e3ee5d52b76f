# SPDX-License-Identifier: Apache-2.0
"""Which references fit the hardware of a result, and which of them each case is compared with."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from workspan.compare.differences import property_differences
from workspan.compare.reference_band import TimedCase
from workspan.compare.series import Series, series_of
from workspan.resultfile.hardware import Properties, cpu_properties, differing, gpu_in_use
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.errors import NothingError
from workspan.support.text import name_list, plain, quantity


class NamedFile(NamedTuple):
    """A result file and its name in messages."""

    name: str
    file: ResultFile


class ReferenceCase(NamedTuple):
    """A case of a reference."""

    source: NamedFile
    timed: TimedCase


def fitting_references(yours: NamedFile, given: Sequence[NamedFile]) -> list[NamedFile]:
    """The files of the same CPU or GPU. Raises NothingError if there are none.

    Files that contain all of your own measurements, as a merge of them does, are ignored.
    """
    others = [one for one in given if not contains_all_of(one.file, yours.file)]
    found = [
        one for one in others if _same_cpu(one.file, yours.file) or _same_gpu(one.file, yours.file)
    ]
    if not found:
        raise NothingError(_why_nothing_fits(yours, given, itself=len(others) < len(given)))
    return found


def _why_nothing_fits(yours: NamedFile, given: Sequence[NamedFile], *, itself: bool) -> str:
    if itself:
        return (
            f"{yours.name} is itself the only reference for this hardware; "
            "--from FILE|FOLDER names others"
        )
    kinds = {_describe_other(one.file, yours.file): one.name for one in reversed(given)}
    there = [f"{name} ({kind})" for kind, name in reversed(kinds.items())]
    return (
        f"no reference for this hardware ({describe_hardware(yours.file)}); there are "
        f"{name_list(there)}. How much faster one machine is: "
        f"workspan compare {given[0].name} {yours.name}"
    )


def related_references(
    yours: ResultFile, references: Sequence[NamedFile], chosen: Callable[[str], bool]
) -> list[NamedFile]:
    """Those with a chosen case that yours measured, or tried to; all if none has any.

    Of a run of another preset all cases would be missing in yours.
    """
    unmeasured = (Status.SKIPPED, Status.PLANNED)
    mine = {
        case.name
        for case in yours.workspan.cases
        if case.status not in unmeasured and chosen(case.name)
    }
    found = [
        one
        for one in references
        if any(
            case.name in mine and case.invocations and same_hardware(case, one.file, yours)
            for case in one.file.workspan.cases
        )
    ]
    return found or list(references)


def choose_references(
    yours: ResultFile, references: Iterable[NamedFile], chosen: Callable[[str], bool]
) -> dict[str, ReferenceCase]:
    """The best reference of each chosen case.

    Prefers one that was not disturbed in every process, then one with an interval, then most
    processes, then the newest. Host cases only if yours has any, and GPU cases likewise, so that a
    run of GPU cases alone lacks no host cases.
    """
    found: dict[str, list[ReferenceCase]] = defaultdict(list)
    on_host = {case.scope == "host" for case in yours.workspan.cases}
    for one in references:
        same = shared_cases(one.file, yours)
        for case, series in cases_with_series(one.file):
            wanted = (
                (case.scope == "host") in on_host and case.name not in same and chosen(case.name)
            )
            if wanted and series.samples and same_hardware(case, one.file, yours):
                found[case.name].append(ReferenceCase(one, TimedCase(case, series)))

    def merit(known: ReferenceCase) -> tuple[bool, bool, int, str]:
        case, series = known.timed.case, known.timed.series
        started = known.source.file.workspan.run.started
        known_interval = isinstance(case.interval, tuple)
        return not series.is_disturbed, known_interval, len(series.samples), started

    return {name: max(same, key=merit) for name, same in found.items()}


def cases_with_series(file: ResultFile) -> Iterable[tuple[Case, Series]]:
    """The cases of a file, each with its times."""
    return zip(file.workspan.cases, series_of(file), strict=True)


def _measurements(file: ResultFile) -> dict[str, set[tuple[float, ...]]]:
    """Each case's samples by invocation; a merge does not change them."""
    return {
        case.name: {tuple(i.wall) for i in case.invocations}
        for case in file.workspan.cases
        if case.invocations
    }


def shared_cases(one: ResultFile, yours: ResultFile) -> set[str]:
    """Cases with a common invocation, for which `one` cannot be a reference."""
    theirs = _measurements(one)
    return {
        name for name, samples in _measurements(yours).items() if samples & theirs.get(name, set())
    }


def contains_all_of(one: ResultFile, yours: ResultFile) -> bool:
    """Whether it contains your own measurements of every measured case."""
    mine = _measurements(yours)
    return bool(mine) and shared_cases(one, yours) == set(mine)


def _host(file: ResultFile) -> Properties:
    """What decides for host cases: the CPU, and how many of its CPUs the run used."""
    ours = file.workspan
    return {**cpu_properties(ours.machine), "usable CPUs": ours.run.all_threads}


def _same_cpu(a: ResultFile, b: ResultFile) -> bool:
    return not differing(_host(a), _host(b))


def _same_gpu(a: ResultFile, b: ResultFile) -> bool:
    one, other = (gpu_in_use(file.workspan.machine) for file in (a, b))
    return one is not None and one == other


def same_hardware(case: Case, a: ResultFile, b: ResultFile) -> bool:
    """Whether both files are of the same hardware, of the kind that the case runs on."""
    return _same_cpu(a, b) if case.scope == "host" else _same_gpu(a, b)


def describe_hardware(file: ResultFile) -> str:
    """The properties that usually decide which references fit, in words."""
    machine = file.workspan.machine
    gpu = machine.cuda.gpus[0].name if machine.cuda.gpus else "no GPU"
    cores, usable = quantity(machine.cpu.cores, "core"), file.workspan.run.all_threads
    return plain(f"{machine.cpu.model}, {cores}, {usable} usable; {gpu}")


def _describe_other(other: ResultFile, yours: ResultFile) -> str:
    """Other hardware in words, and what differs if that is not among them."""
    words = describe_hardware(other)
    if words != describe_hardware(yours):
        return words
    found = property_differences(_host(other), _host(yours))
    return "; ".join([words, *(f"{d.what} {d.old}, here {d.new}" for d in found)])
