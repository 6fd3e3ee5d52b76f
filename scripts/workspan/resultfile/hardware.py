# SPDX-License-Identifier: Apache-2.0
"""Which properties make a machine: two files are of one if no known property differs."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from workspan.resultfile.model import Machine
from workspan.support.units import format_bytes

MEMORY_TOLERANCE: Final = 0.02  # kernels keep different shares of the same memory
VECTOR_FLAGS: Final = {  # that kernels are built for; others depend on the version of Linux
    *("asimd", "sve", "sve2", "fma", "avx", "avx2"),
    *("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"),
}
VECTORS: Final = "vector instructions"
Property: TypeAlias = str | float | list[str]  # "unknown": not determined
Properties: TypeAlias = Mapping[str, Property]


def cpu_properties(machine: Machine) -> Properties:
    """Those of the CPU: the model name of a virtual machine says little."""
    cpu = machine.cpu
    return {
        "CPU model": cpu.model,
        "cores": cpu.cores,
        "L1 data cache": _known_bytes(cpu.cache_bytes(1)),
        "L2 cache": _known_bytes(cpu.cache_bytes(2)),
        VECTORS: sorted(VECTOR_FLAGS & {*cpu.flags}) if cpu.flags else "unknown",
    }


def gpu_in_use(machine: Machine) -> tuple[str, int] | None:
    """Name and number of multiprocessors: a MIG slice has fewer."""
    gpus = machine.cuda.gpus
    return (gpus[0].name, gpus[0].multiprocessors) if gpus else None


def machine_properties(machine: Machine) -> Properties:
    """All of them but the memory. Allowed CPUs count by number, not by index."""
    return {
        **cpu_properties(machine),
        "allowed CPUs": len(machine.limits.allowed_cpus),
        "CPU quota": machine.limits.cpu_quota,
        "GPUs": ", ".join(gpu.name for gpu in machine.cuda.gpus) or "none",
    }


def settings(machine: Machine) -> Mapping[str, object]:
    """All that invocations of one run have in common of a machine. Stricter than the rule for one
    machine: what is unknown, the memory and the numbers of the CPUs are the same too.
    """
    cpu, memory = machine.cpu, machine.memory
    return {
        **machine_properties(machine),
        "numbers of the allowed CPUs": machine.limits.allowed_cpus,
        "CPU sockets": cpu.sockets,
        "CPU hardware_threads": cpu.hardware_threads,
        "CPU governor": cpu.governor,
        "CPU turbo": cpu.turbo,
        "memory": memory.bytes,
        "transparent huge pages": memory.transparent_huge_pages,
        "kernel": machine.kernel,
        "NVIDIA driver": machine.cuda.nvidia_driver,
    }


def differing(old: Properties, new: Properties) -> dict[str, tuple[Property, Property]]:
    """The properties that are known of both sides and differ."""
    both = {what: (value, new[what]) for what, value in old.items() if what in new}
    return {what: (a, b) for what, (a, b) in both.items() if a != b and "unknown" not in (a, b)}


def same_memory(old: Machine, new: Machine) -> bool:
    """Whether the main memories have about the same size, or both are unknown."""
    a, b = old.memory.bytes, new.memory.bytes
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return abs(a - b) <= MEMORY_TOLERANCE * max(a, b)


def _known_bytes(size: float) -> str:
    return format_bytes(size) if size > 0 else "unknown"
