# SPDX-License-Identifier: Apache-2.0
"""Where the control groups of this process keep their files: v1, v2, or both side by side.

A process has one path in each hierarchy (/proc/self/cgroup), and each hierarchy is mounted somewhere (/proc/self/mountinfo), wholly or
from some folder on. In a container the path may name what lies outside of the mount: then the mount's own files count.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

V2 = ""  # the name that /proc/self/cgroup gives to the hierarchy of v2


class Mount(NamedTuple):
    """This folder of a hierarchy is mounted at this point. controllers: of v1, among other options; V2 alone for v2."""

    controllers: list[str]
    folder: str
    point: str


def contents(file: Path) -> str:
    """The text of a file, empty where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def field(text: str, name: str) -> int | None:
    """The number after a name in rows of "name number"; None where there is none."""
    for row in text.splitlines():
        words = row.split()
        if len(words) == 2 and words[0] == name and words[1].isdecimal():
            return int(words[1])
    return None


def lineage(root: Path, controller: str) -> list[Path]:
    """The folders of this process's group and of all above it, as far as they are mounted, the innermost first."""
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
    """From rows of: id, parent, device, folder, point, options, any number of fields, "-", type, source, options of the file system."""
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
    """Where a path of the hierarchy lies below the mounted folder; "." where it is that folder or outside of it."""
    try:
        inner = PurePosixPath(path).relative_to(folder)
    except ValueError:
        return PurePosixPath()
    return PurePosixPath() if ".." in inner.parts else inner
