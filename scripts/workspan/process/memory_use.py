# SPDX-License-Identifier: Apache-2.0
"""Memory use of a child process in bytes, from /proc."""

import os
import resource
from pathlib import Path
from typing import Literal

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_bytes(pid: int) -> float:
    """Resident memory of a process and its descendants by main threads; 0 if it has ended.

    Fast, but pages that forked children share with their parent count for each of them.
    """
    try:
        own = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0.0
    return float(own) + sum(resident_bytes(child) for child in _children(pid))


def proportional_bytes(pid: int) -> float:
    """The same by proportional shares: a page of n processes counts 1/n for each of them.

    Slow: the kernel visits every page. Resident memory if it does not say.
    """
    try:
        shares = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        (own,) = (int(line.split()[1]) for line in shares.splitlines() if line.startswith("Pss:"))
    except (OSError, IndexError, ValueError):
        return resident_bytes(pid)
    return own * 1024.0 + sum(proportional_bytes(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    """Forked by its main thread; none on a kernel without CONFIG_PROC_CHILDREN."""
    try:
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split()]
    except OSError:
        return []


def peak_bytes(usage: resource.struct_rusage, highest: float) -> float | Literal["unknown"]:
    """Peak resident memory of an ended child; highest: of the values polled while it ran, or 0.

    Linux includes the child's memory between fork and exec, which is a copy of ours: a value not
    above our own peak says nothing about the child.
    """
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if usage.ru_maxrss > ours:
        return max(usage.ru_maxrss * 1024.0, highest)
    return highest or "unknown"


def oom_kills() -> int:
    """Processes killed for lack of memory since boot, also by cgroup limits; 0 if unknown."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0
