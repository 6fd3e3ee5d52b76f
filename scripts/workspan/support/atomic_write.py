# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

from workspan.support.errors import UsageError


def write_atomically(path: Path, data: bytes, *, immutable: bool = False) -> None:
    """Writes, syncs and renames, so that nobody ever sees half a file. immutable: refuses to replace one, and takes the right to write.

    A link is followed; a pipe or a device, which nothing could be renamed to, is written to directly. Raises OSError, with the name of
    the file; then nothing of it is left.
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


def check_writable(path: Path, option: str) -> None:
    """Raises UsageError, naming the option, where write_atomically would fail at this place."""
    try:
        if path.is_dir():
            raise UsageError(f"{option} {path}: is a folder; name a file")
        if path.exists() and not path.is_file():
            return  # a pipe or device: opening it may already do something
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
        if path.exists():  # a file system without hard links: nearly as good, since the folder is locked by its run
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.replace(path)
        return
    temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Makes new and renamed names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
