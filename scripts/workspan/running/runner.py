# SPDX-License-Identifier: Apache-2.0
"""A run from its first invocation to its last; each one is saved before the next one starts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from workspan.machine.pinning import openmp_environment
from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Journal, Status
from workspan.running.bench_binary import PinnedBinary
from workspan.running.bench_progress import BenchProgress
from workspan.running.invocation import Request, run_invocation
from workspan.running.manifest import Manifest
from workspan.running.rounds import Round
from workspan.running.run_folder import RunFolder
from workspan.running.schedule import Step, next_step

MIN_TIMEOUT = 60.0  # seconds, added to ten times the budget, which excludes set-up and verification
REBUILD_ADVICE = "restore the old one and use --resume, or start a new run"

Show = Callable[[Step, BenchProgress | None], None]
OnFinish = Callable[[Journal], None]


def measure_all(
    folder: RunFolder,
    *,
    watchdog: Watchdog,
    stop: StopSignals,
    show: Show,
    on_finish: OnFinish,
    round_: Round | None = None,
) -> bool:
    """Measures the remaining invocations; True once all are done, False if interrupted.

    round_: only those of this one. show is called before each invocation and about four times a
    second. Raises OSError if the folder can no longer be written to; all invocations finished
    before are in it.
    """
    manifest = round_.manifest if round_ else folder.manifest
    next_of = round_.next_step if round_ else partial(next_step, manifest)
    binary = PinnedBinary(Path(manifest.bench), manifest.sha256, REBUILD_ADVICE)
    while step := next_of([journal.record for journal in folder.journals]):
        if stop.received:
            return False
        binary.check_unchanged()
        show(step, None)
        try:
            journal = run_invocation(
                make_request(manifest, step),
                folder=folder.path,
                watchdog=watchdog,
                stop=stop,
                on_poll=lambda progress, step=step: show(step, progress),  # type: ignore[misc]
            )
        except KeyboardInterrupt:
            return False
        binary.check_unchanged()
        folder.add(journal)
        on_finish(journal)
    return True


def make_request(manifest: Manifest, step: Step) -> Request:
    """The invocation to start for one step."""
    options = manifest.options
    if step.sizes:
        options = msgspec.structs.replace(
            options, sizes=tuple(map(str, step.sizes)), variant=step.variants
        )
    return Request(
        bench=Path(manifest.bench),
        workload=step.workload,
        cpus=list(manifest.cpus),
        budget=step.budget,
        timeout=options.timeout or MIN_TIMEOUT + 10 * step.budget,
        options=tuple(options.for_bench()),
        environment=openmp_environment(_threadings(manifest, step), manifest.cpus),
        memory_limit=manifest.memory_limit,
        number=step.number,
        attempt=step.attempt,
        excluded=step.excluded,
        sizes=step.sizes,
    )


def _threadings(manifest: Manifest, step: Step) -> set[str]:
    cases = manifest.plan.workspan.cases
    return {
        c.threading
        for c in cases
        if c.workload == step.workload
        and c.status is Status.PLANNED
        and c.name not in step.excluded
    }
