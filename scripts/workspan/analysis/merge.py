# SPDX-License-Identifier: Apache-2.0
"""Many invocations merged into one result file: facts only, judged when it is read."""

import hashlib
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec

from workspan.analysis.merge_cases import Attempt, merge_cases
from workspan.resultfile.encode import encode_result, rows_of
from workspan.resultfile.model import Journal, ResultFile, Status
from workspan.support.errors import UsageError
from workspan.support.presets import Preset
from workspan.support.text import plain

__all__ = ["encode_result", "merge_files", "merge_run", "why_not_one_run"]

# Options of the binary that choose where it writes, not what it measures.
PLACES: Final = ("--out", "--benchmark_out", "--progress-file")
LONGEST: Final = 65536  # characters of a text in a result file


def attempt_of(journal: Journal) -> Attempt:
    """The part of a journal that merging needs."""
    r = journal.record
    died = r.status in (Status.TIMEOUT, Status.CRASHED) or (
        r.status is Status.FAILED and journal.result is None
    )
    cases = journal.result.workspan.cases if journal.result else []
    return Attempt(
        r.workload,
        r.number,
        r.attempt,
        cases,
        r.disturbed,
        r.status if died else None,
        r.case,
        r.reason,
    )


def merge_run(
    journals: Sequence[Journal],
    plan: ResultFile,
    *,
    complete: bool,
    arguments: Sequence[str],
    preset: Preset,
    invocations: int,
) -> ResultFile:
    """One result of all invocations, in the order of the plan's cases.

    plan: the file of `bench --dry-run`; gives everything but the cases. invocations: how many of
    each workload were asked for. Of several attempts at an invocation the last undisturbed one
    counts, or the last if all were disturbed. A case that failed once has no time.
    """
    journals = sorted(
        journals,
        key=lambda j: (j.record.started, j.record.workload, j.record.number, j.record.attempt),
    )
    run = msgspec.structs.replace(
        plan.workspan.run,
        complete=complete,
        arguments=list(arguments),
        preset=preset,
        invocations=invocations,
        started=min([plan.workspan.run.started, *(j.record.started for j in journals)]),
        ended=max(
            [plan.workspan.run.ended, *(j.result.workspan.run.ended for j in journals if j.result)]
        ),
    )
    cases = merge_cases(plan.workspan.cases, [attempt_of(j) for j in journals])
    ours = msgspec.structs.replace(
        plan.workspan, run=run, cases=cases, invocations=[j.record for j in journals]
    )
    return msgspec.structs.replace(plan, benchmarks=rows_of(cases), workspan=ours)


def why_not_one_run(a: ResultFile, b: ResultFile) -> list[str]:
    """Differences of machine, build, environment and options: why two files are not of one run.

    The host names may differ.
    """
    return [
        f"{name} {plain(str(x))} and {plain(str(y))}"
        for name, x, y in ((name, x, dict(_identity(b))[name]) for name, x in _identity(a))
        if x != y
    ]


def _identity(file: ResultFile) -> Iterator[tuple[str, object]]:
    ours = file.workspan
    cpu, memory, limits = ours.machine.cpu, ours.machine.memory, ours.machine.limits
    yield "CPU", cpu.model
    for field in ("sockets", "cores", "hardware_threads", "governor", "turbo"):
        yield f"CPU {field}", getattr(cpu, field)
    yield "memory", memory.bytes
    yield "transparent huge pages", memory.transparent_huge_pages
    yield "allowed CPUs", limits.allowed_cpus
    yield "CPU quota", limits.cpu_quota
    yield "kernel", ours.machine.kernel
    yield "GPUs", [gpu.name for gpu in ours.machine.cuda.gpus]
    yield "NVIDIA driver", ours.machine.cuda.nvidia_driver
    for field in ours.build.__struct_fields__:
        yield f"build {field}", getattr(ours.build, field)
    yield "OpenMP runtime", ours.environment.openmp_runtime
    yield "environment", ours.environment.variables
    for field in ("preset", "seed", "target", "all_threads"):
        yield f"option {field}", getattr(ours.run, field)


def _fingerprint(file: ResultFile) -> bytes:
    samples = [(c.name, c.invocations) for c in file.workspan.cases]
    return hashlib.sha256(msgspec.json.encode((file.workspan.run.started, samples))).digest()


def measured_by(commands: Sequence[Sequence[str]]) -> list[str]:
    """The command that measured, without its output files; of several `workspan merge` and each."""
    kept = list(dict.fromkeys(tuple(_without_places(words)) for words in commands))
    return (
        list(kept[0])
        if len(kept) == 1
        else ["workspan", "merge", *(shlex.join(words)[:LONGEST] for words in kept)]
    )


def _without_places(words: Sequence[str]) -> Iterator[str]:
    place = False
    for word in words:
        if not place and word.split("=")[0] not in PLACES:
            yield word
        place = not place and word in PLACES


def merge_files(files: Sequence[tuple[str, ResultFile]]) -> ResultFile:
    """One result of separate single invocations, each with its name.

    Raises UsageError if they do not belong together.
    """
    _check_one_run(files)
    attempts, numbers = [], Counter[str]()
    for _, file in files:
        by_workload = sorted(file.workspan.cases, key=lambda c: c.workload)
        for workload, cases in groupby(by_workload, key=lambda c: c.workload):
            numbers[workload] += 1
            attempts.append(Attempt(workload, numbers[workload], 1, list(cases)))
    runs = [file.workspan.run for _, file in files]
    run = msgspec.structs.replace(
        runs[0],
        started=min(r.started for r in runs),
        ended=max(r.ended for r in runs),
        complete=all(r.complete for r in runs),
        arguments=measured_by([r.arguments for r in runs]),
        invocations=max(numbers.values(), default=0),
    )
    merged = merge_cases([case for _, file in files for case in file.workspan.cases], attempts)
    first = files[0][1]
    ours = msgspec.structs.replace(first.workspan, run=run, cases=merged)
    return msgspec.structs.replace(first, benchmarks=rows_of(merged), workspan=ours)


def _check_one_run(files: Sequence[tuple[str, ResultFile]]) -> None:
    """Raises UsageError unless these are different invocations of one run."""
    name, first = files[0]
    seen: dict[bytes, str] = {}
    for other, file in files:
        if file.workspan.invocations or file.workspan.run.invocations != 1:
            raise UsageError(f"{other} is merged already; merge takes files of single invocations")
        if found := why_not_one_run(first, file):
            raise UsageError(f"{name} and {other} do not belong to one run: {'; '.join(found[:3])}")
        key = _fingerprint(file)
        if key in seen:
            raise UsageError(
                f"{seen[key]} and {other} are the same invocation, which must not count twice"
            )
        seen[key] = other
