# SPDX-License-Identifier: Apache-2.0
"""What the doctor says of others on the machine: who uses CPUs and memory while we do nothing."""

from collections.abc import Iterator
from typing import Final

from workspan.doctor.finding import Facts, Finding, note, ok, share, warning
from workspan.machine.disturbance import MOST_MEMORY_PRESSURE, rise
from workspan.support.text import counted
from workspan.support.units import format_bytes

BUSY_NOW: Final = 0.05  # of all CPUs, used by others while we watched
STEAL_NOW: Final = 0.02
PRESSURE_NOW: Final = (
    0.10  # of the time, in which something waited for a CPU while we measured nothing
)
BUSY_LATELY: Final = 0.5  # load average over the CPUs: somebody works here, or did a minute ago


def load(facts: Facts) -> Iterator[Finding]:
    """Other processes on our CPUs, now and lately."""
    seconds = facts.after.at - facts.before.at
    cpus = facts.plan.workspan.machine.cpu.hardware_threads
    count = cpus if isinstance(cpus, int) and cpus > 0 else facts.plan.context.num_cpus or 1
    busy, load = rise(facts.before.busy, facts.after.busy), facts.after.load
    used = busy / seconds if busy is not None and seconds > 0 else 0.0
    if used > BUSY_NOW * count:
        found = f"other processes use {used:.2f} of {counted(count, 'CPU')}"
        yield warning("other load", found, "end them or wait; top shows which they are")
    elif not isinstance(load, str) and load > BUSY_LATELY * count:
        yield note(
            "other load",
            f"none now, but the load average is {load:g}",
            "wait a minute, or look with top who comes and goes",
        )
    else:
        yield ok("other load", f"{used:.2f} of {counted(count, 'CPU')}, load average {load}")


def pressure(facts: Facts) -> Iterator[Finding]:
    """Whether anything had to wait (PSI) while we measured nothing."""
    waited = share(facts.before.pressure_cpu, facts.after.pressure_cpu, facts)
    memory = share(facts.before.pressure_memory, facts.after.pressure_memory, facts)
    if waited is not None and waited > PRESSURE_NOW:
        yield warning(
            "pressure",
            f"in {waited:.0%} of the time something waited for a CPU",
            "end what else runs here; top shows it",
        )
    if memory is not None and memory > MOST_MEMORY_PRESSURE:
        yield warning(
            "pressure",
            f"in {memory:.0%} of the time something waited for memory",
            "end what uses it; free and top show it",
        )
    if (waited or 0) <= PRESSURE_NOW and (memory or 0) <= MOST_MEMORY_PRESSURE:
        yield ok(
            "pressure",
            "unknown (no /proc/pressure)"
            if waited is None
            else f"something waited for a CPU in {waited:.0%} of the time",
        )


def steal(facts: Facts) -> Iterator[Finding]:
    """CPU time that the hypervisor gave away."""
    stolen = share(facts.before.steal, facts.after.steal, facts)
    if stolen is not None and stolen > STEAL_NOW:
        advice = "ask for dedicated CPUs, or measure with workspan ab, which interleaves"
        yield warning(
            "steal",
            f"the hypervisor gives {stolen:.2f} CPUs' worth of time to other guests",
            advice,
        )
    else:
        yield ok(
            "steal",
            "unknown"
            if stolen is None
            else "none"
            if stolen == 0
            else f"{stolen:.2f} CPUs' worth of time",
        )


def swap(facts: Facts) -> Iterator[Finding]:
    """Arrays on disk measure the disk."""
    space = facts.plan.workspan.machine.memory.swap
    pages = rise(facts.before.swapped_pages, facts.after.swapped_pages)
    if pages:
        yield warning(
            "swap",
            f"swapped just now: {counted(round(pages), 'page')}",
            "free memory, or sudo swapoff -a",
        )
    elif not isinstance(space, str) and space > 0:
        yield note(
            "swap",
            f"{format_bytes(space)} of swap",
            "it is quiet now; sudo swapoff -a makes sure that no array is swapped out",
        )
    else:
        yield ok("swap", "none" if space == 0 else "unknown")
