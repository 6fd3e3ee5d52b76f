# SPDX-License-Identifier: Apache-2.0
"""Checks of the kernel's scheduler: how it divides CPUs, and whether it tells who waited."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workspan.doctor.finding import Facts, Finding, note, ok

AUTOGROUP: Final = Path("/proc/sys/kernel/sched_autogroup_enabled")
SCHEDSTAT: Final = Path("/proc/self/schedstat")


def read_text(path: Path) -> str:
    """The content of a file of the kernel; empty if it cannot be read."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def autogroup(facts: Facts) -> Iterator[Finding]:
    """With autogroups CPUs are shared out between sessions, not between processes."""
    if facts.autogroup == "1":
        yield note(
            "autogroup",
            "on: a process of another session gets as much of a CPU as all of ours together, "
            "and nice has no effect between sessions",
            "sudo sysctl kernel.sched_autogroup_enabled=0, if others work on this machine",
        )
    else:
        yield ok("autogroup", {"0": "off", "": "none"}.get(facts.autogroup, "unknown"))


def delays(facts: Facts) -> Iterator[Finding]:
    """Without schedstat a sample cannot tell whether its threads waited for a CPU."""
    numbers = facts.schedstat.split()
    if any(number != "0" for number in numbers):
        yield ok("delays", "the kernel accounts how long a thread waits for a CPU")
    else:
        yield note(
            "delays",
            f"/proc/self/schedstat is {'all zero' if numbers else 'absent'}: "
            "samples cannot tell whether they were disturbed",
            "use a kernel with CONFIG_SCHED_INFO, or measure on an idle machine only",
        )
