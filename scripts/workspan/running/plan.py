# SPDX-License-Identifier: Apache-2.0
"""What a run, or one side of an `ab`, is going to do: its manifest, from the options and what the binary says of this machine."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Final

from workspan.machine.pinning import on_cpus, usable_cpus
from workspan.resultfile.model import ResultFile, Status
from workspan.running.bench_binary import ask_plan
from workspan.running.manifest import Manifest, Options
from workspan.running.runner import identity
from workspan.support.errors import NothingError

MEMORY_SHARE: Final = 0.9  # of what is left: the binary itself plans with half of it


def make_manifest(
    bench: Path,
    environment: Mapping[str, str],
    options: Options,
    arguments: Sequence[str],
    *,
    side: Mapping[str, str] | None = None,
    label: str = "",
) -> Manifest:
    """environment is added to ours, and that of `side` to it, where this is a side of an `ab`.

    Raises UsageError where the binary refuses, NothingError where nothing can be measured.
    """
    cpus = list(options.cpus) or usable_cpus()
    chosen = ["--workload", ",".join(options.workload)] if options.workload else []
    with on_cpus(cpus):
        plan = ask_plan(bench, [*options.for_bench(), *chosen], {**environment, **(side or {})})
    cases = plan.workspan.cases
    workloads = list(dict.fromkeys(c.workload for c in cases if c.status is Status.PLANNED))
    if not workloads:
        raise NothingError(
            f"{bench}: nothing can be measured here"
            + (f": {cases[0].name}: {cases[0].reason}" if cases else "")
        )
    return Manifest(
        kind="run" if side is None else "ab",
        label=_text(label),
        environment={name: _text(value) for name, value in (side or {}).items()},
        started=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        arguments=[_text(word) for word in arguments],
        options=options,
        bench=str(bench),
        sha256=identity(bench),
        cpus=cpus,
        memory_limit=options.memory_limit or _most_memory(plan),
        plan=plan,
        workloads=workloads,
    )


def _text(word: str) -> str:
    """UTF-8 also where a name is not."""
    return os.fsencode(word).decode("utf-8", "replace")


def _most_memory(plan: ResultFile) -> float | None:
    machine = plan.workspan.machine
    known = [
        value
        for value in (machine.limits.memory_left, machine.memory.available)
        if not isinstance(value, str) and value > 0
    ]
    return MEMORY_SHARE * min(known) if known else None
