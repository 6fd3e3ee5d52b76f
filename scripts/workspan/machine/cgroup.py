# SPDX-License-Identifier: Apache-2.0
"""The folders of this process's control groups: v1, v2, or both side by side.

A process has one path in each hierarchy (/proc/self/cgroup), and each hierarchy is mounted
somewhere (/proc/self/mountinfo), as a whole or from a subfolder on. In a container the path may lie
outside of the mount: then the files at the mount point are used.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from workspan.machine.proc_files import contents

V2 = ""  # the name of the v2 hierarchy in /proc/self/cgroup


class Mount(NamedTuple):
    """A mounted folder of a hierarchy. controllers: of v1, among other options; only V2 for v2."""

    controllers: list[str]
    folder: str
    point: str


def group_folders(root: Path, controller: str) -> list[Path]:
    """The mounted folders of this process's group and its ancestors, innermost first."""
    path = _own_path(root, controller)
    if path is None:
        return []
    folders: list[Path] = []
    for mount in _mounts(root):
        if controller in mount.controllers:
            point = root / mount.point.lstrip("/")
            inner = _below(path, mount.folder)
            folders += [point / inner, *(point / parent for parent in inner.parents)]
    return list(dict.fromkeys(folders))


def _mounts(root: Path) -> Iterator[Mount]:
    """From rows of: id, parent, device, folder, point, options, optional fields, "-", type, source,
    options of the file system.
    """
    for row in contents(root / "proc/self/mountinfo").splitlines():
        words = row.split()
        dash = words.index("-") if "-" in words else 0
        if dash < 6 or len(words) < dash + 4:
            continue
        if words[dash + 1] == "cgroup2":
            yield Mount([V2], words[3], words[4])
        elif words[dash + 1] == "cgroup":
            yield Mount(words[dash + 3].split(","), words[3], words[4])


def _own_path(root: Path, controller: str) -> str | None:
    """From rows of: id, controllers, path, separated by colons."""
    for row in contents(root / "proc/self/cgroup").splitlines():
        parts = row.split(":", 2)
        if len(parts) == 3 and controller in parts[1].split(","):
            return parts[2]
    return None


def _below(path: str, folder: str) -> PurePosixPath:
    """The path relative to the mounted folder; "." if it is that folder, or outside of it."""
    try:
        inner = PurePosixPath(path).relative_to(folder)
    except ValueError:
        return PurePosixPath()
    return PurePosixPath() if ".." in inner.parts else inner
