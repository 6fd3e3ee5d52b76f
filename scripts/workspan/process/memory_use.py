# SPDX-License-Identifier: Apache-2.0
"""How much memory a child uses, in bytes, from /proc."""

import os
import resource
from pathlib import Path
from typing import Literal

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> float:
    """Resident memory of a process and of all children that its main thread started, and theirs; 0 where it has ended."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0.0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_bytes().split()
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        children = []
    return float(own) + sum(resident(int(child)) for child in children)


def peak(usage: resource.struct_rusage, seen: float) -> float | Literal["unknown"]:
    """The highest resident memory of an ended child; seen: the highest that was seen while it ran, or 0.

    Linux counts what the child had between fork and exec, which is our own memory: no more than that says nothing.
    """
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if usage.ru_maxrss > ours:
        return max(usage.ru_maxrss * 1024.0, seen)
    return seen or "unknown"


def oom_kills() -> int:
    """How many processes the kernel has ended for want of memory since boot, cgroup limits included; 0 where it does not say."""
    try:
        lines = Path("/proc/vmstat").read_text("ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
    except OSError:
        return 0
