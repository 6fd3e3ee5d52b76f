# SPDX-License-Identifier: Apache-2.0
"""Checks of the program: its build, environment, memory and GPUs."""

from collections.abc import Iterator, Mapping

from workspan.doctor.finding import Facts, Finding, max_threads, note, ok, warning
from workspan.machine.disturbance import THROTTLED
from workspan.machine.pinning import bindings
from workspan.support.text import quantity
from workspan.support.units import format_bytes


def huge_pages(facts: Facts) -> Iterator[Finding]:
    """Without huge pages, large arrays suffer from TLB misses."""
    mode = facts.plan.workspan.machine.memory.transparent_huge_pages
    if mode == "never":
        advice = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
        yield warning(
            "huge pages", "never: large arrays lose up to a fifth of their bandwidth", advice
        )
    else:
        yield ok("huge pages", mode)


def memory(facts: Facts) -> Iterator[Finding]:
    """Cases of the preset that do not fit into memory."""
    workspan = facts.plan.workspan
    short = [c for c in workspan.cases if c.cause == "memory"]
    available = workspan.machine.memory.available
    if short:
        found = (
            f"{len(short)} of {len(workspan.cases)} cases of preset {workspan.run.preset} "
            f"do not fit and are skipped: {short[0].name} {short[0].reason}"
        )
        advice = "free memory, raise the limit of the cgroup, or use smaller --sizes"
        yield warning("memory", found, advice)
    else:
        size = "unknown" if isinstance(available, str) else format_bytes(available)
        yield ok("memory", f"{size} available, enough for preset {workspan.run.preset}")


def binding(facts: Facts) -> Iterator[Finding]:
    """Settings that bind the threads of other models to one CPU."""
    variables: Mapping[str, str] = facts.plan.workspan.environment.variables
    if settings := bindings(variables):
        advice = (
            "unset it: workspan run pins the process, "
            "and binds threads only if all of them are OpenMP threads"
        )
        yield warning(
            "pinning",
            f"{' '.join(settings)}: the threads of all other models share the first one's CPU",
            advice,
        )
    else:
        yield note(
            "pinning",
            "threads are not pinned",
            "measure with workspan run, which pins; bench alone does not",
        )


def openmp(facts: Facts) -> Iterator[Finding]:
    """Settings that make OpenMP teams smaller, or slower to wake up."""
    variables, threads = facts.plan.workspan.environment.variables, max_threads(facts)
    if variables.get("OMP_WAIT_POLICY", "").lower() == "passive":
        yield note(
            "OpenMP",
            "OMP_WAIT_POLICY=passive: a parallel region costs 60 us instead of 1",
            "unset it, unless its effect is to be measured",
        )
    if variables.get("OMP_DYNAMIC", "").lower() in ("true", "1"):
        yield warning("OpenMP", "OMP_DYNAMIC: teams may be smaller than requested", "unset it")
    limit = variables.get("OMP_THREAD_LIMIT", "")
    if limit.isdecimal() and int(limit) < threads:
        yield warning(
            "OpenMP",
            f"OMP_THREAD_LIMIT={limit} below {quantity(threads, 'thread')}",
            "unset it, or request fewer --threads",
        )


def build(facts: Facts) -> Iterator[Finding]:
    """Debug builds and sanitizers distort all times."""
    build = facts.plan.workspan.build
    wrong = [
        *([f"build type {build.type}"] if build.type not in ("Release", "RelWithDebInfo") else []),
        *([f"sanitizers {build.sanitizers}"] if build.sanitizers not in ("", "none") else []),
    ]
    if wrong:
        yield warning(
            "build", " and ".join(wrong), "cmake --preset release && cmake --build --preset release"
        )
    elif build.git_dirty == "yes":
        yield note(
            "build",
            f"{build.type} of commit {build.git_commit[:12]} with uncommitted changes",
            "commit before measuring results to keep",
        )
    else:
        yield ok("build", f"{build.type}, {build.compiler} {build.flags}")


def gpus(facts: Facts) -> Iterator[Finding]:
    """The visible GPUs, or the reason why there are none."""
    cuda = facts.plan.workspan.machine.cuda
    built_without = facts.plan.workspan.build.cuda_compiler == "unknown"
    if cuda.gpus:
        yield ok("GPU", ", ".join(gpu.name for gpu in cuda.gpus))
    elif built_without:
        yield note(
            "GPU",
            f"none: {cuda.why_none}",
            "if the machine has one, install the CUDA toolkit and rebuild",
        )
    else:
        yield note(
            "GPU",
            f"none: {cuda.why_none or 'reason unknown'}",
            "GPU cases are skipped; nvidia-smi shows whether the driver finds one",
        )


def clocks(facts: Facts) -> Iterator[Finding]:
    """Throttling of the GPUs (NVML)."""
    for gpu in facts.after.gpus:
        reasons = ", ".join(gpu.throttled)
        clock = f"{gpu.name} at {gpu.sm_mhz} MHz"
        if THROTTLED & set(gpu.throttled):
            yield warning(
                "GPU clocks",
                f"{clock}, throttled: {reasons}",
                "check cooling and power supply; nvidia-smi -q -d PERFORMANCE has details",
            )
        elif reasons:
            yield note(
                "GPU clocks",
                f"{clock}, limited: {reasons}",
                "nvidia-smi -q -d CLOCK,POWER shows the limits",
            )
        else:
            yield ok("GPU clocks", clock)
