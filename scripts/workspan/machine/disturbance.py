# SPDX-License-Identifier: Apache-2.0
"""Disturbances of an invocation: the differences of two states, compared with thresholds.

A disturbed invocation is marked, by `ab` also repeated, never deleted. CPU pressure (PSI) and load
average are recorded but not judged: our own threads raise them too when they wait for each other's
CPU. Competitors must use our CPUs to disturb us, so the busy time of these CPUs minus our own is
judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workspan.machine.nvml import HARDWARE_SLOWDOWN, HARDWARE_THERMAL, POWER_BRAKE, THERMAL
from workspan.resultfile.cpu_time import increase, increase_on, of_others
from workspan.resultfile.model import State
from workspan.support.text import quantity

MAX_OTHERS: Final = 0.05  # of the time of the invocation's CPUs, used by other processes,
MAX_OTHER_CPUS: Final = 0.5  # and this many CPUs: one slow thread delays a team of a hundred
MAX_STEAL: Final = 0.02  # of the time of the invocation's CPUs, used by other guests
MAX_MEMORY_PRESSURE: Final = 0.01  # of the invocation's time, in which a task waited for memory
MAX_SWITCHES: Final = 50.0  # involuntary, per second and CPU; judged only if busy time is hidden
MAX_SWAPPED: Final = 256  # pages, a megabyte: idle memory of other processes may be swapped
MIN_SECONDS: Final = 0.05  # below is noise: the kernel counts in ticks of 10 ms on each CPU
# without the power cap, which is normal for a GPU under load
THROTTLED: Final = frozenset({HARDWARE_SLOWDOWN, THERMAL, HARDWARE_THERMAL, POWER_BRAKE})


@dataclass(frozen=True)
class CpuUse:
    """The CPUs of an invocation, and its use of them: of its process and all its children."""

    cpus: Sequence[int]
    seconds: float  # wall time between the two states
    own_seconds: float  # user and system time
    involuntary_switches: int

    @property
    def cpu_seconds(self) -> float:
        """The time that all its CPUs together could give."""
        return self.seconds * max(1, len(self.cpus))


def disturbances(before: State, after: State, use: CpuUse) -> list[str]:
    """One sentence with a number for each disturbance of an invocation."""
    if use.seconds <= 0:
        return []
    return [
        *_others(increase_on(use.cpus, before, after, "busy"), use),
        *_steal(increase_on(use.cpus, before, after, "steal"), use.cpu_seconds),
        *_quota(before, after),
        *_memory(before, after, use.seconds),
        *_gpus(before, after),
    ]


def _others(busy: float | None, use: CpuUse) -> list[str]:
    others = of_others(busy, use.own_seconds)
    if others is None:
        switches, rate = use.involuntary_switches, use.involuntary_switches / use.cpu_seconds
        many = rate > MAX_SWITCHES and switches > MAX_SWITCHES * MIN_SECONDS
        return [f"its threads were preempted {rate:.0f} times per second and CPU"] if many else []
    most = max(MIN_SECONDS, min(MAX_OTHERS * use.cpu_seconds, MAX_OTHER_CPUS * use.seconds))
    return [f"other processes used {others / use.seconds:.2f} CPUs"] if others > most else []


def _steal(seconds: float | None, cpu_seconds: float) -> list[str]:
    seconds = seconds or 0.0
    much = seconds > max(MIN_SECONDS, MAX_STEAL * cpu_seconds)
    return (
        [f"the hypervisor gave {seconds / cpu_seconds:.1%} of the CPU time to other guests (steal)"]
        if much
        else []
    )


def _quota(before: State, after: State) -> list[str]:
    periods = increase(before.throttled_periods, after.throttled_periods) or 0
    return [f"the CPU quota throttled it in {periods:.0f} periods"] if periods > 0 else []


def _memory(before: State, after: State, seconds: float) -> list[str]:
    found: list[str] = []
    pages = increase(before.swapped_pages, after.swapped_pages) or 0
    if pages > MAX_SWAPPED:
        found.append(f"{pages:.0f} pages were swapped")
    stall = increase(before.pressure_memory, after.pressure_memory) or 0.0
    if stall > max(MIN_SECONDS, MAX_MEMORY_PRESSURE * seconds):
        found.append(f"a task waited for memory in {stall / seconds:.1%} of the time")
    kills = increase(before.oom_kills, after.oom_kills) or 0
    if kills > 0:
        found.append(f"the kernel killed {quantity(round(kills), 'process')} for lack of memory")
    return found


def _gpus(before: State, after: State) -> list[str]:
    reasons = {
        (gpu.name, reason)
        for state in (before, after)
        for gpu in state.gpus
        for reason in gpu.throttled
        if reason in THROTTLED
    }
    return [f"{name} was throttled: {reason}" for name, reason in sorted(reasons)]
