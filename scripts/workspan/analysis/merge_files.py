# SPDX-License-Identifier: Apache-2.0
"""Result files of single invocations merged into one, if they belong to one run."""

import hashlib
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import msgspec

from workspan.analysis.attempts import Attempt, merge_beside
from workspan.analysis.merge import merge_cases
from workspan.resultfile.encode import rows_of
from workspan.resultfile.hardware import settings
from workspan.resultfile.model import ResultFile
from workspan.support.errors import UsageError
from workspan.support.text import plain

# Options of the binary that choose where it writes, not what it measures.
OUTPUT_OPTIONS: Final = ("--out", "--benchmark_out", "--progress-file")
OPTIONS: Final = ("preset", "seed", "target", "all_threads", "sweep")  # the same in one run
LONGEST_WORD: Final = 65536  # characters of a text in a result file


def merge_files(files: Sequence[tuple[str, ResultFile]]) -> ResultFile:
    """One result of separate single invocations, each with its name.

    Raises UsageError if they do not belong together.
    """
    _check_one_run(files)
    attempts, numbers = [], Counter[str]()
    for _, file in files:
        by_workload = sorted(file.workspan.cases, key=lambda c: c.workload)
        for workload, group in groupby(by_workload, key=lambda c: c.workload):
            numbers[workload] += 1
            beside = [b for b in file.workspan.beside if b.group.workload == workload]
            attempts.append(Attempt(workload, numbers[workload], 1, list(group), beside))
    runs = [file.workspan.run for _, file in files]
    run = msgspec.structs.replace(
        runs[0],
        started=min(r.started for r in runs),
        ended=max(r.ended for r in runs),
        complete=all(r.complete for r in runs),
        arguments=_measuring_command([r.arguments for r in runs]),
        invocations=max(numbers.values(), default=0),
    )
    cases = merge_cases([case for _, file in files for case in file.workspan.cases], attempts)
    first = files[0][1]
    ours = msgspec.structs.replace(
        first.workspan, run=run, cases=cases, beside=merge_beside(attempts)
    )
    return msgspec.structs.replace(first, benchmarks=rows_of(cases), workspan=ours)


def is_merged(file: ResultFile) -> bool:
    """Whether it is the result of a run, and not of a single invocation."""
    return bool(file.workspan.invocations) or file.workspan.run.invocations != 1


def _check_one_run(files: Sequence[tuple[str, ResultFile]]) -> None:
    """Raises UsageError unless these are different invocations of one run."""
    name, first = files[0]
    seen: dict[bytes, str] = {}
    for other, file in files:
        if is_merged(file):
            raise UsageError(f"{other} is merged already; merge takes files of single invocations")
        if found := _differences_of_runs(first, file):
            raise UsageError(f"{name} and {other} do not belong to one run: {'; '.join(found[:3])}")
        key = _measurement_hash(file)
        if key in seen:
            raise UsageError(
                f"{seen[key]} and {other} are the same invocation, which must not count twice"
            )
        seen[key] = other


def _differences_of_runs(a: ResultFile, b: ResultFile) -> list[str]:
    """Differences of machine, build, environment and options; the host names may differ."""
    old, new = _settings(a), _settings(b)
    return [
        f"{name} {plain(str(value))} and {plain(str(new[name]))}"
        for name, value in old.items()
        if value != new[name]
    ]


def _settings(file: ResultFile) -> dict[str, object]:
    ours = file.workspan
    build, run = ours.build, ours.run
    return {
        **settings(ours.machine),
        **{f"build {name}": getattr(build, name) for name in build.__struct_fields__},
        "OpenMP runtime": ours.environment.openmp_runtime,
        "environment": ours.environment.variables,
        "spinning of OpenMP's threads": ours.environment.openmp_spin,
        **{f"option {name}": getattr(run, name) for name in OPTIONS},
    }


def _measurement_hash(file: ResultFile) -> bytes:
    samples = [(c.name, c.invocations) for c in file.workspan.cases]
    return hashlib.sha256(msgspec.json.encode((file.workspan.run.started, samples))).digest()


def _measuring_command(commands: Sequence[Sequence[str]]) -> list[str]:
    """The command that measured, without its output files; of several `workspan merge` and each."""
    different = list(dict.fromkeys(tuple(_without_outputs(words)) for words in commands))
    if len(different) == 1:
        return list(different[0])
    return ["workspan", "merge", *(shlex.join(words)[:LONGEST_WORD] for words in different)]


def _without_outputs(words: Sequence[str]) -> Iterator[str]:
    is_value = False  # of an output option
    for word in words:
        if not is_value and word.split("=")[0] not in OUTPUT_OPTIONS:
            yield word
        is_value = not is_value and word in OUTPUT_OPTIONS
