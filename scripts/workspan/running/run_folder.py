# SPDX-License-Identifier: Apache-2.0
"""The folder of one run: its manifest, one immutable file per invocation, and the merged result. What is in it is all a resume needs."""

import contextlib
import fcntl
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from workspan.resultfile.find import AGAIN, MANIFEST, RESULT, ROOTS, is_ab, is_ab_side, nearest
from workspan.resultfile.model import Journal, Machine
from workspan.resultfile.read import read_bytes, read_journal
from workspan.running.manifest import Manifest, decode_manifest
from workspan.support.atomic_write import sync_folder, write_atomically
from workspan.support.errors import InputError, UsageError

LOCK: Final = "lock"
NEW: Final = ".new-"  # a folder before it has all that makes it a run
TEMPORARY: Final = (".writing-", ".measuring-")  # what a killed run leaves behind in its folder
_ABANDONED = 3600.0  # seconds after which an unfinished new folder is nobody's


@dataclass
class RunFolder:
    """A run's folder, locked for this process as long as it lives."""

    path: Path
    manifest: Manifest
    journals: list[Journal]
    lock: int

    def add(self, journal: Journal) -> None:
        """Keeps one invocation, whole and for good, before anything else happens. Raises OSError; then it is not in the list either."""
        record, sequence = journal.record, len(self.journals) + 1
        data = msgspec.json.encode(journal)
        while True:
            name = f"{sequence:04}-{record.workload}-{record.number}-{record.attempt}.json"
            with contextlib.suppress(FileExistsError):
                write_atomically(self.path / name, data, immutable=True)
                break
            sequence += 1
        self.journals.append(journal)

    def close(self) -> None:
        """Lets others in."""
        os.close(self.lock)


def create(parent: Path, name: str, manifest: Manifest, expected: int) -> RunFolder:
    """A new folder `name` (or name-2, ...) in `parent`, with its manifest, that appears all at once.

    expected: bytes the run will write; raises OSError where the disk has not so many left, or the place cannot be written to.
    """
    parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(parent)
    place = parent / f"{NEW}{os.getpid()}-{time.monotonic_ns()}"
    place.mkdir()
    try:
        _reserve(place, expected)
        lock = _lock(place)
        write_atomically(place / MANIFEST, msgspec.json.encode(manifest), immutable=True)
        path = _rename(place, parent, name)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    sync_folder(parent)
    return RunFolder(path, manifest, [], lock)


def _rename(place: Path, parent: Path, name: str) -> Path:
    for number in range(1, 1000):
        path = parent / (name if number == 1 else f"{name}-{number}")
        try:
            return place.rename(path)
        except OSError:  # somebody was faster
            if not path.exists():
                raise
    raise UsageError(f"{parent / name}: there are too many runs of this name")


def _reserve(place: Path, size: int) -> None:
    """Asks the disk for so many bytes, and gives them back."""
    probe = place / ".writing-probe"
    try:
        with probe.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, size))
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(place.parent)
        raise
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()


def _lock(folder: Path) -> int:
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(
            f"{folder}: another workspan is at work in this run; wait for it, or end it"
        ) from None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _clear_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{NEW}*"):
        with contextlib.suppress(OSError, UsageError):
            if time.time() - folder.stat().st_mtime > _ABANDONED:
                os.close(_lock(folder))  # whoever still works on it has the lock
                shutil.rmtree(folder)


def reopen(path: Path) -> RunFolder:
    """An existing run, to go on with.

    Raises UsageError where it is none, or a side of an `ab`, or somebody is at work in it, InputError for a file that cannot be read.
    """
    if is_ab(path) or is_ab_side(path):
        raise UsageError(f"{path}: {AGAIN}")
    if not (path / MANIFEST).is_file():
        raise UsageError(f"{path}: is no run: it has no {MANIFEST}")
    lock = _lock(path)
    try:
        for entry in list(path.iterdir()):
            if entry.name.startswith(TEMPORARY):
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink(
                    missing_ok=True
                )
        manifest, journals = read_run(path)
    except BaseException:
        os.close(lock)
        raise
    return RunFolder(path, manifest, journals, lock)


def read_run(path: Path) -> tuple[Manifest, list[Journal]]:
    """What a run's folder holds, strictly decoded. The names of its files say no more than their order. Raises InputError."""
    manifest = decode_manifest(read_bytes(path / MANIFEST), str(path / MANIFEST))
    journals: list[Journal] = []
    seen: dict[tuple[str, int, int], str] = {}
    for file in sorted(path.glob("*.json")):
        if file.name in (MANIFEST, RESULT) or file.name.startswith("."):
            continue
        journal = read_journal(file)
        key = (journal.record.workload, journal.record.number, journal.record.attempt)
        if key in seen:
            raise InputError(
                file, "$.record", f"is the same invocation as {seen[key]}; remove one of the two"
            )
        seen[key] = file.name
        journals.append(journal)
    return manifest, journals


def changes(old: Manifest, new: Manifest) -> list[str]:
    """What keeps a run from being gone on with: what differs in options, binary and machine, each with both values."""
    found = (
        []
        if old.sha256 == new.sha256
        else [f"the binary ({old.bench} {old.sha256[:12]}, now {new.bench} {new.sha256[:12]})"]
    )
    for field in old.options.__struct_fields__:
        if (before := getattr(old.options, field)) != (now := getattr(new.options, field)):
            found.append(
                f"option --{re.sub('_', '-', field)} ({_shown(before)}, now {_shown(now)})"
            )
    before_us, now_us = old.plan.workspan.environment, new.plan.workspan.environment
    for name in sorted({*before_us.variables, *now_us.variables}):
        if (was := before_us.variables.get(name)) != (now := now_us.variables.get(name)):
            found.append(f"the environment's {name} ({_shown(was)}, now {_shown(now)})")
    then, today = _fingerprint(old.plan.workspan.machine), _fingerprint(new.plan.workspan.machine)
    return found + [
        f"the machine's {name} ({then[name]}, now {today[name]})"
        for name in then
        if then[name] != today[name]
    ]


def _shown(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "not given"
    return "not given" if value in (None, "") else str(value)


def _fingerprint(machine: Machine) -> dict[str, str]:
    memory = machine.memory.bytes
    return {
        "host name": machine.host,
        "CPU": machine.cpu.model,
        "cores": f"{machine.cpu.cores}, {machine.cpu.hardware_threads} hardware threads",
        "allowed CPUs": _shown(machine.limits.allowed_cpus),
        "CPU quota": str(machine.limits.cpu_quota),
        "memory": memory
        if isinstance(memory, str)
        else f"{memory / 2**30:.0f} GiB",  # a new kernel takes some for itself
        "kernel": machine.kernel,
        "GPUs": ", ".join(gpu.name for gpu in machine.cuda.gpus) or "none",
        "GPU driver": machine.cuda.nvidia_driver,
    }


def find_run(name: str, parent: Path) -> Path:
    """The run of this path, or of this name in `parent` or where `workspan list` looks. Raises UsageError with the nearest one there is."""
    places = list(dict.fromkeys(root / name for root in (Path(), parent, *ROOTS)))
    if found := [path for path in places if (path / MANIFEST).is_file()] or [
        path for path in places if path.is_dir()
    ]:
        return found[0]
    near = nearest(
        Path(name).name,
        [path.parent for path in places],
        lambda entry: (entry / MANIFEST).is_file() and not is_ab_side(entry),
    )
    raise UsageError(
        f"--resume {name}: there is no such run"
        + (f"; did you mean {Path(name).with_name(near.name)}?" if near else f" in {parent}")
    )
