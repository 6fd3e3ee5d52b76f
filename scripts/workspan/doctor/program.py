# SPDX-License-Identifier: Apache-2.0
"""What the doctor says of the program: how it is built and set up, and what it finds of memory and GPUs."""

from collections.abc import Iterator, Mapping

from workspan.doctor.finding import Facts, Finding, most_threads, note, ok, warning
from workspan.machine.disturbance import HELD_DOWN
from workspan.machine.pinning import bindings
from workspan.support.text import counted
from workspan.support.units import format_bytes


def huge_pages(facts: Facts) -> Iterator[Finding]:
    """Without them big arrays wait for address translation."""
    mode = facts.plan.workspan.machine.memory.transparent_huge_pages
    if mode == "never":
        advice = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
        yield warning("huge pages", "never: big arrays lose up to a fifth of the bandwidth", advice)
    else:
        yield ok("huge pages", mode)


def memory(facts: Facts) -> Iterator[Finding]:
    """Cases of the preset that do not fit."""
    workspan = facts.plan.workspan
    short = [c for c in workspan.cases if c.cause == "memory"]
    available = workspan.machine.memory.available
    if short:
        found = f"{len(short)} of {len(workspan.cases)} cases of preset {workspan.run.preset} do not fit, {short[0].name} {short[0].reason}"
        yield warning(
            "memory",
            found,
            "free memory, raise the limit of the cgroup, or give smaller --sizes; they are skipped",
        )
    else:
        yield ok(
            "memory",
            f"{'unknown' if isinstance(available, str) else format_bytes(available)} available, enough for preset {workspan.run.preset}",
        )


def binding(facts: Facts) -> Iterator[Finding]:
    """Settings that put the threads of other models on one CPU."""
    variables: Mapping[str, str] = facts.plan.workspan.environment.variables
    if bound := bindings(variables):
        advice = "unset it: workspan run pins the process, and binds threads only where all of them are OpenMP's"
        yield warning(
            "pinning",
            f"{' '.join(bound)}: the threads of all other models share the first one's CPU",
            advice,
        )
    else:
        yield note(
            "pinning",
            "threads are not pinned",
            "measure with workspan run, which pins; bench alone does not",
        )


def openmp(facts: Facts) -> Iterator[Finding]:
    """Settings that make teams smaller, or slower to wake."""
    variables, threads = facts.plan.workspan.environment.variables, most_threads(facts)
    if variables.get("OMP_WAIT_POLICY", "").lower() == "passive":
        yield note(
            "OpenMP",
            "OMP_WAIT_POLICY=passive: a parallel region costs 60 us instead of 1",
            "unset it, unless that is the question",
        )
    if variables.get("OMP_DYNAMIC", "").lower() in ("true", "1"):
        yield warning("OpenMP", "OMP_DYNAMIC: teams may be smaller than asked for", "unset it")
    limit = variables.get("OMP_THREAD_LIMIT", "")
    if limit.isdecimal() and int(limit) < threads:
        yield warning(
            "OpenMP",
            f"OMP_THREAD_LIMIT={limit} below {counted(threads, 'thread')}",
            "unset it, or ask for fewer --threads",
        )


def build(facts: Facts) -> Iterator[Finding]:
    """Debug builds and sanitizers measure themselves."""
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
            f"{build.type} of commit {build.git_commit[:12]} with changes that are in no commit",
            "commit before measuring what is to be kept",
        )
    else:
        yield ok("build", f"{build.type}, {build.compiler} {build.flags}")


def gpus(facts: Facts) -> Iterator[Finding]:
    """Which there are, or why there is none."""
    cuda = facts.plan.workspan.machine.cuda
    if cuda.gpus:
        yield ok("GPU", ", ".join(gpu.name for gpu in cuda.gpus))
    elif "without CUDA" in cuda.why_none:
        yield note(
            "GPU",
            f"none: {cuda.why_none}",
            "install the CUDA toolkit and build again, where there is one",
        )
    else:
        yield note(
            "GPU",
            f"none: {cuda.why_none or 'unknown why'}",
            "GPU cases are skipped; nvidia-smi tells whether the driver sees one",
        )


def clocks(facts: Facts) -> Iterator[Finding]:
    """What holds the clocks of GPUs down (NVML)."""
    for gpu in facts.after.gpus:
        reasons = ", ".join(gpu.throttled)
        clock = f"{gpu.name} at {gpu.sm_mhz} MHz"
        if HELD_DOWN & set(gpu.throttled):
            yield warning(
                "GPU clocks",
                f"{clock}, slowed down: {reasons}",
                "look after cooling and power supply; nvidia-smi -q -d PERFORMANCE tells more",
            )
        elif reasons:
            yield note(
                "GPU clocks",
                f"{clock}, limited: {reasons}",
                "nvidia-smi -q -d CLOCK,POWER shows the limits that are set",
            )
        else:
            yield ok("GPU clocks", clock)
