# SPDX-License-Identifier: Apache-2.0
"""The folder of one run: manifest, one immutable file per invocation, merged result.

A resume needs nothing else.
"""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
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
NEW: Final = ".new-"  # prefix of a folder that is not yet complete
TEMPORARY: Final = (".writing-", ".measuring-")  # leftovers of a killed run in its folder
_ABANDONED = 3600.0  # seconds after which an incomplete new folder counts as abandoned


@dataclass
class RunFolder:
    """A run's folder, locked for this process until it is closed."""

    path: Path
    manifest: Manifest
    journals: list[Journal]
    lock: int

    def add(self, journal: Journal) -> None:
        """Saves one invocation durably, then lists it. Raises OSError, without listing it."""
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
        """Releases the lock."""
        os.close(self.lock)


def create(parent: Path, name: str, manifest: Manifest, expected: int) -> RunFolder:
    """A new folder `name` (or name-2, ...) in `parent`, which appears complete with its manifest.

    expected: bytes the run will write; raises OSError if the disk has less space left, or is not
    writable.
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
        except OSError:  # another process was faster
            if not path.exists():
                raise
    raise UsageError(f"{parent / name}: too many runs of this name")


def _reserve(place: Path, size: int) -> None:
    """Allocates this many bytes on the disk, and frees them again."""
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
                os.close(_lock(folder))  # fails if a process still works on it
                shutil.rmtree(folder)


def reopen(path: Path) -> RunFolder:
    """An existing run, to be resumed.

    Raises UsageError if it is not a run, a side of an `ab`, or locked by another process,
    InputError for a file that cannot be read.
    """
    if is_ab(path) or is_ab_side(path):
        raise UsageError(f"{path}: {AGAIN}")
    if not (path / MANIFEST).is_file():
        raise UsageError(f"{path}: is not a run: it has no {MANIFEST}")
    lock = _lock(path)
    try:
        _remove_temporary(path)
        manifest, journals = read_run(path)
    except BaseException:
        os.close(lock)
        raise
    return RunFolder(path, manifest, journals, lock)


def _remove_temporary(folder: Path) -> None:
    for entry in list(folder.iterdir()):
        if not entry.name.startswith(TEMPORARY):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)


def read_run(path: Path) -> tuple[Manifest, list[Journal]]:
    """The manifest and journals of a run, strictly decoded; file names only give the order.

    Raises InputError.
    """
    manifest = decode_manifest(read_bytes(path / MANIFEST), str(path / MANIFEST))
    journals: list[Journal] = []
    files: dict[tuple[str, int, int], str] = {}
    for file in sorted(path.glob("*.json")):
        if file.name in (MANIFEST, RESULT) or file.name.startswith("."):
            continue
        journal = read_journal(file)
        key = (journal.record.workload, journal.record.number, journal.record.attempt)
        if key in files:
            raise InputError(
                file, "$.record", f"is the same invocation as {files[key]}; remove one of the two"
            )
        files[key] = file.name
        journals.append(journal)
    return manifest, journals


def changes(old: Manifest, new: Manifest) -> list[str]:
    """Reasons not to resume: differences in options, binary and machine, with both values."""
    return [f"{name} ({before}, now {now})" for name, before, now in _differences(old, new)]


def _differences(old: Manifest, new: Manifest) -> Iterator[tuple[str, str, str]]:
    """Name, old value, new value."""
    if old.sha256 != new.sha256:
        yield "the binary", f"{old.bench} {old.sha256[:12]}", f"{new.bench} {new.sha256[:12]}"
    for field in old.options.__struct_fields__:
        if field == "break_even":  # may be added to a run: its sizes come after all others
            continue
        before, now = getattr(old.options, field), getattr(new.options, field)
        if before != now:
            yield f"option --{field.replace('_', '-')}", _value_text(before), _value_text(now)
    then = old.plan.workspan.environment.variables
    today = new.plan.workspan.environment.variables
    for name in sorted({*then, *today}):
        if then.get(name) != today.get(name):
            yield (
                f"the environment's {name}",
                _value_text(then.get(name)),
                _value_text(today.get(name)),
            )
    machine = _fingerprint(new.plan.workspan.machine)
    for name, value in _fingerprint(old.plan.workspan.machine).items():
        if value != machine[name]:
            yield f"the machine's {name}", value, machine[name]


def _value_text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "not given"
    return "not given" if value in (None, "") else str(value)


def _fingerprint(machine: Machine) -> dict[str, str]:
    memory = machine.memory.bytes
    return {
        "host name": machine.host,
        "CPU": machine.cpu.model,
        "cores": f"{machine.cpu.cores}, {machine.cpu.hardware_threads} hardware threads",
        "allowed CPUs": _value_text(machine.limits.allowed_cpus),
        "CPU quota": str(machine.limits.cpu_quota),
        # rounded: a new kernel may reserve a little more for itself
        "memory": memory if isinstance(memory, str) else f"{memory / 2**30:.0f} GiB",
        "kernel": machine.kernel,
        "GPUs": ", ".join(gpu.name for gpu in machine.cuda.gpus) or "none",
        "GPU driver": machine.cuda.nvidia_driver,
    }


def find_run(name: str, parent: Path) -> Path:
    """The run at this path, or of this name in `parent` or in `workspan list`.

    Raises UsageError, suggesting the run with the most similar name.
    """
    if not name:
        raise UsageError("--resume: the name is empty; workspan list shows the runs")
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
        f"--resume {name}: run not found"
        + (
            f"; did you mean {Path(name).with_name(near.name)}?"
            if near
            else f" in {parent}; workspan list shows the runs"
        )
    )
