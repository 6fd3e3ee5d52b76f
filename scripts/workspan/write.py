# SPDX-License-Identifier: Apache-2.0
"""Files that are there whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, immutable: bool = False) -> None:
    """Writes, syncs and renames, so that nobody ever sees half a file. immutable: refuses to replace one, and takes the right to write.

    Raises OSError, with the name of the file; then nothing of it is left.
    """
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
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise
    sync_folder(path.parent)


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
