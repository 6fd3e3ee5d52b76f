# SPDX-License-Identifier: Apache-2.0
"""Checks of other processes: CPUs and memory in use while we are idle."""

from collections.abc import Iterator
from typing import Final

from workspan.doctor.finding import Facts, Finding, note, ok, time_fraction, warning
from workspan.machine.disturbance import MAX_MEMORY_PRESSURE
from workspan.resultfile.cpu_time import increase
from workspan.support.text import quantity
from workspan.support.units import format_bytes

BUSY_NOW: Final = 0.05  # of all CPUs, used by other processes while we watched
STEAL_NOW: Final = 0.02
PRESSURE_NOW: Final = 0.10  # of the time, in which tasks waited for a CPU while we were idle
BUSY_LATELY: Final = 0.5  # load average per CPU: others are active, or were a minute ago


def other_load(facts: Facts) -> Iterator[Finding]:
    """Other processes on our CPUs, now and in the last minute."""
    seconds = facts.after.at - facts.before.at
    cpus = facts.plan.workspan.machine.cpu.hardware_threads
    count = cpus if isinstance(cpus, int) and cpus > 0 else facts.plan.context.num_cpus or 1
    busy, average = increase(facts.before.busy, facts.after.busy), facts.after.load
    others = busy / seconds if busy is not None and seconds > 0 else 0.0
    if others > BUSY_NOW * count:
        found = f"other processes use {others:.2f} of {quantity(count, 'CPU')}"
        yield warning("other load", found, "end them or wait; top lists them")
    elif not isinstance(average, str) and average > BUSY_LATELY * count:
        yield note(
            "other load",
            f"none now, but the load average is {average:g}",
            "wait a minute, or watch top for short-lived processes",
        )
    else:
        yield ok("other load", f"{others:.2f} of {quantity(count, 'CPU')}, load average {average}")


def pressure(facts: Facts) -> Iterator[Finding]:
    """Pressure stall information (PSI) while we were idle."""
    cpu = time_fraction(facts.before.pressure_cpu, facts.after.pressure_cpu, facts)
    memory = time_fraction(facts.before.pressure_memory, facts.after.pressure_memory, facts)
    if cpu is not None and cpu > PRESSURE_NOW:
        yield warning(
            "pressure",
            f"tasks waited for a CPU {_percent(cpu)} of the time",
            "end other processes; top lists them",
        )
    if memory is not None and memory > MAX_MEMORY_PRESSURE:
        yield warning(
            "pressure",
            f"tasks waited for memory {_percent(memory)} of the time",
            "end the processes that use it; free and top show them",
        )
    if (cpu or 0) <= PRESSURE_NOW and (memory or 0) <= MAX_MEMORY_PRESSURE:
        yield ok(
            "pressure",
            "unknown (no /proc/pressure)"
            if cpu is None
            else f"tasks waited for a CPU {_percent(cpu)} of the time",
        )


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def steal(facts: Facts) -> Iterator[Finding]:
    """CPU time that the hypervisor gave to other guests."""
    share = time_fraction(facts.before.steal, facts.after.steal, facts)
    if share is not None and share > STEAL_NOW:
        advice = "request dedicated CPUs, or measure with workspan ab, which interleaves"
        yield warning(
            "steal",
            f"{share:.2f} CPUs stolen by other guests",
            advice,
        )
    else:
        yield ok(
            "steal",
            "unknown"
            if share is None
            else "none"
            if share == 0
            else f"{share:.2f} CPUs stolen by other guests",
        )


def swap(facts: Facts) -> Iterator[Finding]:
    """Swapped-out arrays measure the disk."""
    space = facts.plan.workspan.machine.memory.swap
    pages = increase(facts.before.swapped_pages, facts.after.swapped_pages)
    if pages:
        yield warning(
            "swap",
            f"{quantity(round(pages), 'page')} swapped just now",
            "free memory, or sudo swapoff -a",
        )
    elif not isinstance(space, str) and space > 0:
        yield note(
            "swap",
            f"{format_bytes(space)} of swap",
            "not in use now; sudo swapoff -a ensures that arrays stay in memory",
        )
    else:
        yield ok("swap", "none" if space == 0 else "unknown")
