# SPDX-License-Identifier: Apache-2.0
"""What disturbed an invocation: differences of two states against thresholds. A disturbed invocation is marked and repeated, never deleted.

Pressure of the CPU (PSI) and load are recorded, but judge nothing: threads of our own that wait for each other's CPU raise them too.
What takes our CPUs away must use them, so the busy time of all on these CPUs, less our own, is judged.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

from workspan.machine.nvml import HARDWARE_SLOWDOWN, HARDWARE_THERMAL, POWER_BRAKE, THERMAL
from workspan.resultfile.model import State
from workspan.support.text import counted

MOST_OTHERS: Final = 0.05  # of the time of the invocation's CPUs, used by other processes,
MOST_OTHER_CPUS: Final = (
    0.5  # and no more than this many CPUs' worth: one slow thread holds up a team of a hundred
)
MOST_STEAL: Final = (
    0.02  # of the time of the invocation's CPUs, given to other guests by the hypervisor
)
MOST_MEMORY_PRESSURE: Final = 0.01  # of the invocation's time, in which something waited for memory
MOST_SWITCHES: Final = 50.0  # involuntary ones per second and CPU; judged only where the busy time of all cannot be seen
MOST_SWAPPED: Final = 256  # pages, a megabyte: what lies idle elsewhere may come and go
LEAST_SECONDS: Final = 0.05  # less is noise: the kernel counts in ticks of 10 ms on each CPU
HELD_DOWN: Final = frozenset(
    {HARDWARE_SLOWDOWN, THERMAL, HARDWARE_THERMAL, POWER_BRAKE}
)  # a power cap is how a GPU works under load


def disturbances(
    before: State,
    after: State,
    *,
    seconds: float,
    cpus: Sequence[int],
    own_seconds: float,
    involuntary_switches: int,
) -> list[str]:
    """One reason with its number for each thing that disturbed an invocation; empty where nothing was seen.

    seconds: wall time between the states. cpus: those that the process could use. own_seconds: user and system time of the process with
    its children, and involuntary_switches of them.
    """
    cpu_seconds = seconds * max(1, len(cpus))
    if seconds <= 0:
        return []
    return [
        *_others(
            _rise_on(cpus, before, after, "busy"),
            seconds,
            cpu_seconds,
            own_seconds,
            involuntary_switches,
        ),
        *_steal(_rise_on(cpus, before, after, "steal"), cpu_seconds),
        *_throttling(before, after),
        *_memory(before, after, seconds),
        *_gpus(before, after),
    ]


def rise(before: float | str, after: float | str) -> float | None:
    """By how much a counter rose; None where one is unknown, or where it fell because it is another one."""
    if isinstance(before, str) or isinstance(after, str) or after < before:
        return None
    return after - before


def _rise_on(
    cpus: Sequence[int], before: State, after: State, what: Literal["busy", "steal"]
) -> float | None:
    """The rise on these CPUs; on all CPUs where one of them is missing in a state."""
    rows: list[dict[str, float]] = [getattr(state, f"{what}_by_cpu") for state in (before, after)]
    names = {str(cpu) for cpu in cpus}
    if names and all(names <= row.keys() for row in rows):
        return rise(*(math.fsum(row[name] for name in names) for row in rows))
    return rise(getattr(before, what), getattr(after, what))


def _others(
    busy: float | None, seconds: float, cpu_seconds: float, own: float, switches: int
) -> list[str]:
    if busy is None or busy < own / 2:  # some containers hide the rest of the machine
        rate = switches / cpu_seconds
        many = rate > MOST_SWITCHES and switches > MOST_SWITCHES * LEAST_SECONDS
        return (
            [f"its threads were made to wait {rate:.0f} times per second and CPU"] if many else []
        )
    others = busy - own
    most = max(LEAST_SECONDS, min(MOST_OTHERS * cpu_seconds, MOST_OTHER_CPUS * seconds))
    return [f"other processes used {others / seconds:.2f} CPUs"] if others > most else []


def _steal(stolen: float | None, cpu_seconds: float) -> list[str]:
    stolen = stolen or 0.0
    much = stolen > max(LEAST_SECONDS, MOST_STEAL * cpu_seconds)
    return (
        [f"the hypervisor gave {stolen / cpu_seconds:.1%} of the CPU time to other guests (steal)"]
        if much
        else []
    )


def _throttling(before: State, after: State) -> list[str]:
    periods = rise(before.throttled_periods, after.throttled_periods) or 0
    return [f"the CPU quota stopped it in {periods:.0f} of its periods"] if periods > 0 else []


def _memory(before: State, after: State, seconds: float) -> list[str]:
    found: list[str] = []
    swapped = rise(before.swapped_pages, after.swapped_pages) or 0
    if swapped > MOST_SWAPPED:
        found.append(f"{swapped:.0f} pages were swapped")
    waited = rise(before.pressure_memory, after.pressure_memory) or 0.0
    if waited > max(LEAST_SECONDS, MOST_MEMORY_PRESSURE * seconds):
        found.append(f"something waited for memory in {waited / seconds:.1%} of the time")
    kills = rise(before.oom_kills, after.oom_kills) or 0
    if kills > 0:
        found.append(f"the kernel killed {counted(round(kills), 'process')} for lack of memory")
    return found


def _gpus(before: State, after: State) -> list[str]:
    held = {
        (gpu.name, reason)
        for state in (before, after)
        for gpu in state.gpus
        for reason in gpu.throttled
        if reason in HELD_DOWN
    }
    return [f"{name} was slowed down: {reason}" for name, reason in sorted(held)]
