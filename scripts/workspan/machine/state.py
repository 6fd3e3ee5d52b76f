# SPDX-License-Identifier: Apache-2.0
"""The state of the machine before and after invocations: counters of anything that disturbs them.

Reading takes about a millisecond and needs no privileges.
"""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from workspan.machine import nvml
from workspan.machine.cgroup import V2, group_folders
from workspan.machine.proc_files import contents, field
from workspan.resultfile.model import LARGEST, State, Unknown

KERNEL_TICKS: Final = os.sysconf("SC_CLK_TCK")  # per second; the unit of /proc/stat


def take_state(root: Path = Path("/"), gpus: bool = True) -> State:
    """The current state. root holds proc/ and sys/. gpus: query NVML too.

    Unreadable values are "unknown"; nothing is raised.
    """
    times = _cpu_times(contents(root / "proc/stat"))
    total = times.pop("", None)
    periods, seconds = _throttling(root)
    return State(
        at=time.time(),
        load=_number(contents(root / "proc/loadavg").split()[:1]),
        busy=total[0] if total else "unknown",
        steal=total[1] if total else "unknown",
        busy_by_cpu={cpu: busy for cpu, (busy, _) in times.items()},
        steal_by_cpu={cpu: steal for cpu, (_, steal) in times.items()},
        pressure_cpu=_pressure(root, "cpu"),
        pressure_memory=_pressure(root, "memory"),
        pressure_io=_pressure(root, "io"),
        throttled_periods=periods,
        throttled_time=seconds,
        swapped_pages=_swapped_pages(contents(root / "proc/vmstat")),
        oom_kills=_oom_kills(root),
        gpus=nvml.gpu_states() if gpus else [],
    )


def _number(words: Sequence[str]) -> float | Unknown:
    try:
        value = float(words[0])
    except (IndexError, ValueError):
        return "unknown"
    return value if 0 <= value < LARGEST else "unknown"


def _cpu_times(stat: str) -> dict[str, tuple[float, float]]:
    """Busy and stolen seconds by CPU number; the total is under "".

    A row: cpu0 user nice system idle iowait irq softirq steal guest guest_nice; user includes
    guest. The row of the total is called cpu.
    """
    found: dict[str, tuple[float, float]] = {}
    for row in re.finditer(
        r"^cpu([0-9]{0,6})((?: +[0-9]{1,20}){8,}) *$", stat, re.ASCII | re.MULTILINE
    ):
        user, nice, system, _, _, irq, softirq, steal = (
            int(word) / KERNEL_TICKS for word in row[2].split()[:8]
        )
        found[row[1]] = user + nice + system + irq + softirq, steal
    return found


def _pressure(root: Path, resource: str) -> float | Unknown:
    """Seconds in which a task waited.

    A row: some avg10=0.67 avg60=0.59 avg300=0.80 total=3855479806 (microseconds).
    """
    for row in contents(root / "proc/pressure" / resource).splitlines():
        if row.startswith("some "):
            micros = _number([row.rpartition("total=")[2]])
            return micros if micros == "unknown" else micros / 1e6
    return "unknown"


def _throttling(root: Path) -> tuple[int | Unknown, float | Unknown]:
    """Periods in which the quota of this group or an ancestor applied, and the seconds lost."""
    periods: int | Unknown = "unknown"
    seconds: float | Unknown = "unknown"
    for folder in (*group_folders(root, "cpu"), *group_folders(root, V2)):
        stat = contents(folder / "cpu.stat")
        count, nanos, micros = (
            field(stat, "nr_throttled"),
            field(stat, "throttled_time"),
            field(stat, "throttled_usec"),
        )
        if count is not None:
            periods = count + (0 if periods == "unknown" else periods)
        if nanos is not None or micros is not None:
            seconds = (
                (nanos or 0) / 1e9 + (micros or 0) / 1e6 + (0 if seconds == "unknown" else seconds)
            )
    return periods, seconds


def _swapped_pages(vmstat: str) -> int | Unknown:
    pages_in, pages_out = field(vmstat, "pswpin"), field(vmstat, "pswpout")
    return "unknown" if pages_in is None or pages_out is None else pages_in + pages_out


def _oom_kills(root: Path) -> int | Unknown:
    """Kills in this process's group, by its ancestors' limits too; else those of the machine."""
    sources: list[tuple[list[Path], str]] = [
        (group_folders(root, "memory"), "memory.oom_control"),
        (group_folders(root, V2), "memory.events"),
    ]
    for folders, name in sources:
        kills = field(contents(folders[0] / name), "oom_kill") if folders else None
        if kills is not None:
            return kills
    kills = field(contents(root / "proc/vmstat"), "oom_kill")
    return "unknown" if kills is None else kills
