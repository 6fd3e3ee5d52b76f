# SPDX-License-Identifier: Apache-2.0
"""The manifest of a run, or of one side of an `ab`: from the options and the binary's plan."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from workspan.machine.pinning import on_cpus, usable_cpus
from workspan.resultfile.model import ResultFile, Status
from workspan.running.bench_binary import ask_plan, sha256_of
from workspan.running.manifest import Manifest, Options
from workspan.support.errors import NothingError, UsageError
from workspan.support.presets import MEMORY_SHARE
from workspan.support.text import name_list, valid_utf8


@dataclass(frozen=True)
class PlanRequest:
    """A run, or one side of an `ab`. environment: added to ours; side: set for this side only."""

    bench: Path
    environment: Mapping[str, str]
    options: Options
    arguments: Sequence[str]
    side: Mapping[str, str] | None = None  # None: not an `ab`
    label: str = ""  # of the side, in reports


def make_manifest(request: PlanRequest) -> Manifest:
    """Raises UsageError if the binary refuses, NothingError if nothing can be measured."""
    bench, options, side = request.bench, request.options, request.side or {}
    pairs = ["--pairs"] if request.side is None else []  # once a run: which CPUs share a core
    plan = plan_of(request, pairs)
    return Manifest(
        kind="run" if request.side is None else "ab",
        label=valid_utf8(request.label),
        environment={name: valid_utf8(value) for name, value in side.items()},
        started=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        arguments=[valid_utf8(word) for word in request.arguments],
        options=options,
        bench=str(bench),
        sha256=sha256_of(bench),
        cpus=_cpus(options),
        memory_limit=options.memory_limit or _default_memory_limit(plan),
        plan=plan,
        workloads=_workloads(bench, plan),
    )


def plan_of(request: PlanRequest, further: Sequence[str] = ()) -> ResultFile:
    """The cases of a run, on its CPUs. Raises UsageError if the binary refuses."""
    options = request.options
    workload = ["--workload", ",".join(options.workload)] if options.workload else []
    environment = {**request.environment, **(request.side or {})}
    with on_cpus(_cpus(options)):
        return ask_plan(request.bench, [*options.for_bench(), *workload, *further], environment)


def require_gpu(plan: ResultFile) -> None:
    """For --break-even. Raises NothingError if no workload could have one."""
    cuda = plan.workspan.machine.cuda
    if not cuda.gpus:
        raise NothingError(
            f"--break-even: compares the host with a GPU, and there is none ({cuda.why_none});"
            " leave the option out"
        )
    planned = [c for c in plan.workspan.cases if c.status is Status.PLANNED]
    on_host = {c.workload for c in planned if c.scope == "host"}
    if not any(c.workload in on_host and c.scope != "host" and c.ours for c in planned):
        raise NothingError(
            "--break-even: no workload is planned on the host and on the GPU;"
            " choose other workloads or variants"
        )


def require_teams(options: Options, plan: ResultFile) -> None:
    """For --weak, which compares a code on several threads with itself on one. Raises UsageError if
    the options leave no such code, NothingError if the machine does.
    """
    teams: dict[object, set[int]] = defaultdict(set)
    for case in plan.workspan.cases:
        if case.status is Status.PLANNED and case.scope == "host":
            key = case.workload, case.variant, tuple(case.keys.items())
            teams[key].add(case.threads)
    if any(min(threads) == 1 < max(threads) for threads in teams.values()):
        return
    given = {"--threads": options.threads, "--variant": options.variant}
    words = [f"{name} {','.join(values)}" for name, values in given.items() if values]
    compares = "compares a code on several threads with the same on one"
    if not words:
        raise NothingError(f"--weak: {compares}, and none is planned on both here")
    raise UsageError(
        f"--weak: {compares}, and {' '.join(words)} leaves none;"
        " give --threads 1,2,4,all and a code that makes a team, such as omp"
    )


def left_out_of_weak_scaling(options: Options, plan: ResultFile) -> str:
    """A line about the workloads that were asked for and that --weak leaves out, or empty."""
    planned = {case.workload for case in plan.workspan.cases}
    left_out = [name for name in dict.fromkeys(options.workload) if name not in planned]
    if not options.weak or not left_out:
        return ""
    return (
        f"--weak: left out: {name_list(left_out)}: no size follows from their work, or none of"
        " their codes of the host runs on several threads"
    )


def _cpus(options: Options) -> list[int]:
    return list(options.cpus) or usable_cpus()


def _workloads(bench: Path, plan: ResultFile) -> list[str]:
    """Those with a case to measure. Raises NothingError if there are none."""
    cases = plan.workspan.cases
    workloads = list(dict.fromkeys(c.workload for c in cases if c.status is Status.PLANNED))
    if not workloads:
        raise NothingError(
            f"{bench}: nothing can be measured here"
            + (f": {cases[0].name}: {cases[0].reason}" if cases else "")
        )
    return workloads


def _default_memory_limit(plan: ResultFile) -> float | None:
    machine = plan.workspan.machine
    known = [
        value
        for value in (machine.limits.memory_left, machine.memory.available)
        if not isinstance(value, str) and value > 0
    ]
    return MEMORY_SHARE * min(known) if known else None
