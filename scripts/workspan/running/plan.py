# SPDX-License-Identifier: Apache-2.0
"""The manifest of a run, or of one side of an `ab`: from the options and the binary's plan."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from workspan.machine.pinning import on_cpus, usable_cpus
from workspan.resultfile.model import ResultFile, Status
from workspan.running.bench_binary import ask_plan, sha256_of
from workspan.running.manifest import Manifest, Options
from workspan.support.errors import NothingError

MEMORY_SHARE: Final = 0.9  # of the available memory; the binary itself plans with half of it


def make_manifest(
    bench: Path,
    environment: Mapping[str, str],
    options: Options,
    arguments: Sequence[str],
    *,
    side: Mapping[str, str] | None = None,
    label: str = "",
) -> Manifest:
    """environment is added to ours, and `side` on top of it for a side of an `ab`.

    Raises UsageError if the binary refuses, NothingError if nothing can be measured.
    """
    cpus = list(options.cpus) or usable_cpus()
    chosen = ["--workload", ",".join(options.workload)] if options.workload else []
    with on_cpus(cpus):
        plan = ask_plan(bench, [*options.for_bench(), *chosen], {**environment, **(side or {})})
    return Manifest(
        kind="run" if side is None else "ab",
        label=_text(label),
        environment={name: _text(value) for name, value in (side or {}).items()},
        started=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        arguments=[_text(word) for word in arguments],
        options=options,
        bench=str(bench),
        sha256=sha256_of(bench),
        cpus=cpus,
        memory_limit=options.memory_limit or _default_memory_limit(plan),
        plan=plan,
        workloads=_workloads(bench, plan),
    )


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


def _text(word: str) -> str:
    """Valid UTF-8, even if the name is not."""
    return os.fsencode(word).decode("utf-8", "replace")


def _default_memory_limit(plan: ResultFile) -> float | None:
    machine = plan.workspan.machine
    known = [
        value
        for value in (machine.limits.memory_left, machine.memory.available)
        if not isinstance(value, str) and value > 0
    ]
    return MEMORY_SHARE * min(known) if known else None
