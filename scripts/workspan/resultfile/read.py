# SPDX-License-Identifier: Apache-2.0
"""Reading result files, which are hostile input: limits, strict JSON, types, older schemas, rules.

Every violation is an InputError.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workspan.resultfile.consistency import journal_violations, violations
from workspan.resultfile.decode import decode, schema_versions
from workspan.resultfile.google.foreign_file import ForeignFile, decode_foreign
from workspan.resultfile.model import Journal, ResultFile
from workspan.resultfile.strict_json import refuse, top_keys
from workspan.resultfile.versions.upgrade import (
    OLD_VERSION,
    upgrade_journal,
    upgrade_result,
    with_subjects,
)
from workspan.resultfile.versions.version1 import Journal1, ResultFile1
from workspan.support.errors import InputError, NothingError

AnyFile = ResultFile | ForeignFile

KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISREG, ""),
)


@dataclass(frozen=True)
class ReadLimits:
    """How large a file may be: bytes, rows (cases, invocations or benchmarks), JSON values."""

    bytes: int = 512 << 20
    rows: int = 1_000_000
    values: int = 32_000_000


def read_bytes(path: Path, limits: ReadLimits | None = None) -> bytes:
    """The contents of a regular file. Raises InputError for anything else, without waiting for it,
    and beyond the limit.
    """
    limit = (limits or ReadLimits()).bytes
    name = str(path)
    try:
        mode = path.stat().st_mode  # a device may act on being opened
        if not stat.S_ISREG(mode):
            kind = next((word for of, word in KINDS if of(mode)), "a device")
            refuse(name, "", f"is {kind}, not a regular file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                refuse(name, "", "is not a regular file")
            data = file.read(limit + 1)
    except OSError as e:
        refuse(name, "", f"cannot be read: {e.strerror or e}")
    except ValueError as e:
        refuse(name, "", f"cannot be read: {e}")
    if len(data) > limit:
        refuse(name, "", f"is larger than {limit} bytes, the limit")
    return data


def _check_rows(file: ResultFile, name: str, limits: ReadLimits) -> None:
    ours = file.workspan
    for place, rows in (
        ("benchmarks", file.benchmarks),
        ("workspan.cases", ours.cases),
        ("workspan.invocations", ours.invocations),
        ("workspan.beside", ours.beside),
    ):
        if len(rows) > limits.rows:
            refuse(name, f"$.{place}", f"has {len(rows)} rows; the limit is {limits.rows}")


def _kind(data: bytes, name: str, limits: ReadLimits) -> str:
    keys = top_keys(data, name, limits.values)
    for key in ("workspan", "record", "benchmarks"):
        if key in keys:
            return key
    return refuse(name, "$", "is not a result file: it has neither `workspan` nor `benchmarks`")


def _decode_ours(data: bytes, name: str, limits: ReadLimits) -> ResultFile:
    try:
        file = with_subjects(decode(data, ResultFile, name))
    except InputError:  # asked only now: it takes a pass over the file
        if schema_versions(data)[1] != OLD_VERSION:
            raise
        file = upgrade_result(decode(data, ResultFile1, name))
    _check_rows(file, name, limits)
    return file


def result_violations(data: bytes, name: str, limits: ReadLimits | None = None) -> list[InputError]:
    """Every violation found: types stop at the first one, rules report all. Raises nothing."""
    try:
        return [
            InputError(name, place, rule)
            for place, rule in violations(_decode_without_rules(data, name, limits or ReadLimits()))
        ]
    except InputError as e:
        return [e]


def _decode_without_rules(data: bytes, name: str, limits: ReadLimits) -> ResultFile:
    kind = _kind(data, name, limits)
    if kind == "record":
        refuse(
            name, "$", "is the record of one invocation; the result file is result.json beside it"
        )
    if kind == "benchmarks":
        refuse(
            name, "$", "is Google Benchmark JSON of another program, without the part `workspan`"
        )
    return _decode_ours(data, name, limits)


def decode_result(data: bytes, name: str, limits: ReadLimits | None = None) -> ResultFile:
    """The result file in `data`. Raises InputError: `name`, the place and the first violation."""
    file = _decode_without_rules(data, name, limits or ReadLimits())
    for place, rule in violations(file):
        refuse(name, place, rule)
    return file


def decode_any(data: bytes, name: str, limits: ReadLimits | None = None) -> AnyFile:
    """As decode_result; also takes Google Benchmark JSON of other programs."""
    limits = limits or ReadLimits()
    if _kind(data, name, limits) == "benchmarks":
        return decode_foreign(data, name, limits.rows)
    return decode_result(data, name, limits)


def decode_journal(data: bytes, name: str, limits: ReadLimits | None = None) -> Journal:
    """The record of one invocation. Raises InputError."""
    limits = limits or ReadLimits()
    if _kind(data, name, limits) != "record":
        refuse(name, "$", "is not the record of an invocation")
    old = schema_versions(data)[0] == OLD_VERSION
    journal = upgrade_journal(decode(data, Journal1, name)) if old else decode(data, Journal, name)
    if journal.result is not None:
        _check_rows(journal.result, name, limits)
        journal = msgspec.structs.replace(journal, result=with_subjects(journal.result))
    for place, rule in journal_violations(journal):
        refuse(name, place, rule)
    return journal


def read_result(path: Path, limits: ReadLimits | None = None) -> ResultFile:
    """The result file at `path`. Raises InputError."""
    return decode_result(read_bytes(path, limits), str(path), limits)


def read_any(path: Path, limits: ReadLimits | None = None) -> AnyFile:
    """The result file or foreign Google Benchmark JSON at `path`. Raises InputError."""
    return decode_any(read_bytes(path, limits), str(path), limits)


def read_cases(path: Path) -> AnyFile:
    """As read_any. Raises NothingError for a file without a case."""
    file = read_any(path)
    if not (file.series if isinstance(file, ForeignFile) else file.workspan.cases):
        raise NothingError(f"no case in {path}")
    return file


def read_journal(path: Path, limits: ReadLimits | None = None) -> Journal:
    """The record of one invocation at `path`. Raises InputError."""
    return decode_journal(read_bytes(path, limits), str(path), limits)
