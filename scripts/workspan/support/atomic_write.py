# SPDX-License-Identifier: Apache-2.0
"""Atomic writes: a file appears complete or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from workspan.support.errors import UsageError


def write_atomically(path: Path, data: bytes, *, immutable: bool = False) -> None:
    """Writes, syncs and renames, so that no reader ever sees half a file.

    immutable: refuses to replace a file, and makes the new one read-only. A link is followed; a
    pipe or a device is written to directly, since nothing can be renamed to it. Raises OSError with
    the name of the file, and removes the temporary file.
    """
    try:
        if not immutable and path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path if immutable else path.resolve(), data, immutable)
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def _replace(path: Path, data: bytes, immutable: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o444 if immutable else 0o644)
            os.fsync(file.fileno())
        if immutable:
            _place_new(temporary, path)
        else:
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def check_writable(path: Path, option: str, inputs: Iterable[Path] = ()) -> None:
    """Raises UsageError, naming the option, if write_atomically would fail here.

    Also if it would overwrite one of the inputs: files, or folders of runs.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{option} {path}: is a folder; name a file")
        for one in inputs:
            read = one / "result.json" if one.is_dir() else one
            if path.exists() and read.exists() and path.samefile(read):
                raise UsageError(f"{path} is one of the inputs; {option} must name another file")
        if path.exists() and not path.is_file():
            return  # a pipe or device: opening it may have effects
        with tempfile.TemporaryFile(dir=path.resolve().parent) as probe:
            probe.write(bytes(1 << 16))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise UsageError(f"{option} {path}: cannot be written: {error.strerror}") from None


def _place_new(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # a file system without hard links: not atomic, but the folder is locked by its run
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.replace(path)
        return
    temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Makes new and renamed files in a folder survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
