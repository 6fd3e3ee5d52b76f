# SPDX-License-Identifier: Apache-2.0
"""Checks of the CPUs: how many we may use, and whether their clocks are stable."""

from collections.abc import Iterator

from workspan.doctor.finding import Facts, Finding, max_threads, note, ok, warning
from workspan.machine.pinning import format_cpus
from workspan.resultfile.core_pairs import answered, contradicts_kernel, words
from workspan.support.text import quantity


def quota(facts: Facts) -> Iterator[Finding]:
    """Threads in excess of the quota are throttled in the middle of a period."""
    limits = facts.plan.workspan.machine.limits
    allowed, cpus = limits.cpu_quota, max(max_threads(facts), len(limits.allowed_cpus))
    if isinstance(allowed, str):
        yield ok("CPU quota", "none" if allowed == "unlimited" else "unknown")
    elif allowed < cpus:
        advice = (
            "raise it (cpu.max of the cgroup, docker --cpus, the limits of the pod), "
            f"or restrict --cpus to {max(1, int(allowed))}"
        )
        yield warning(
            "CPU quota",
            f"{allowed:g} CPUs' worth of time for {quantity(cpus, 'CPU')}: threads are throttled",
            advice,
        )
    else:
        text = f"{allowed:g} CPUs' worth of time, enough for {quantity(cpus, 'CPU')}"
        yield ok("CPU quota", text)


def cpuset(facts: Facts) -> Iterator[Finding]:
    """A restricted CPU set measures only a part of the machine."""
    machine = facts.plan.workspan.machine
    allowed, all_of_them = machine.limits.allowed_cpus, machine.cpu.hardware_threads
    text = f"CPUs {format_cpus(allowed) or 'unknown'}"
    if isinstance(all_of_them, int) and 0 < len(allowed) < all_of_them:
        yield note(
            "CPU set",
            f"{text}: {len(allowed)} of {all_of_them}",
            "widen the cpuset or taskset to measure the whole machine",
        )
    else:
        yield ok("CPU set", text)


def smt(facts: Facts) -> Iterator[Finding]:
    """Two hardware threads are not two cores."""
    cpu = facts.plan.workspan.machine.cpu
    if isinstance(cpu.threads_per_core, int) and cpu.threads_per_core > 1:
        found = (
            f"{cpu.threads_per_core} hardware threads share each of {quantity(cpu.cores, 'core')}"
        )
        yield note(
            "SMT",
            found,
            "efficiency is per hardware thread; use --threads or --cpus for one thread per core",
        )
    else:
        yield ok("SMT", "one hardware thread per core" if cpu.threads_per_core == 1 else "unknown")


def cores(facts: Facts) -> Iterator[Finding]:
    """What CPUs are by what they do: a virtual machine may show hardware threads as cores."""
    cpu = facts.plan.workspan.machine.cpu
    found = words(cpu.pairs)
    if contradicts_kernel(cpu):
        yield note(
            "cores",
            f"{found}, though the kernel says otherwise",
            "efficiency is per hardware thread; use --threads or --cpus for one thread per core",
        )
    elif answered(cpu.pairs, "cannot_tell"):
        yield note("cores", found, "repeat it on an idle machine: other work took a part of a CPU")
    elif found:
        yield ok("cores", found)


def governor(facts: Facts) -> Iterator[Finding]:
    """With a clock that follows the load, the governor is measured too."""
    name = facts.plan.workspan.machine.cpu.governor
    if name in ("performance", "unknown"):
        yield ok(
            "governor",
            name if name != "unknown" else "unknown (in a virtual machine the host decides)",
        )
    else:
        yield warning(
            "governor",
            f"{name}: the clock follows the load",
            "sudo cpupower frequency-set -g performance",
        )


def turbo(facts: Facts) -> Iterator[Finding]:
    """With turbo, one busy core runs at a higher clock than all cores together."""
    on = facts.plan.workspan.machine.cpu.turbo
    if on is True:
        advice = (
            "for stable clocks: echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo, "
            "or echo 0 > /sys/devices/system/cpu/cpufreq/boost"
        )
        yield note("turbo", "on: one busy core is faster than all", advice)
    else:
        yield ok("turbo", "off" if on is False else "unknown")
