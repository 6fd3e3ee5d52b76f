# SPDX-License-Identifier: Apache-2.0
"""A run from its first invocation to its last: what is measured is kept before anything else is begun."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from workspan.machine.pinning import openmp_environment
from workspan.process.stop_signals import Stop
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Journal, Status
from workspan.running.bench_progress import Standing
from workspan.running.invocation import Request, invoke
from workspan.running.manifest import Manifest
from workspan.running.run_folder import RunFolder
from workspan.running.schedule import Step, next_step
from workspan.support.errors import UsageError

LEAST_TIMEOUT = (
    60.0  # seconds, on top of ten times the budget: preparing and verifying are not in it
)

Show = Callable[[Step, Standing | None], None]
Finished = Callable[[Journal], None]


def run_all(
    folder: RunFolder, *, watchdog: Watchdog, stop: Stop, show: Show, finished: Finished
) -> bool:
    """Measures what is left to measure; True where all is done, False where somebody asked to stop.

    show is called before each invocation and about four times a second. Raises OSError where the folder can no longer be written to;
    all that was finished before is in it.
    """
    binary = Binary(
        folder.manifest, "with the old one back, --resume goes on, else start a new run"
    )
    while step := next_step(folder.manifest, [journal.record for journal in folder.journals]):
        if stop.asked:
            return False
        binary.check()
        show(step, None)
        try:
            journal = invoke(
                request_of(folder.manifest, step),
                folder=folder.path,
                watchdog=watchdog,
                stop=stop,
                on_poll=lambda standing, step=step: show(step, standing),  # type: ignore[misc]
            )
        except KeyboardInterrupt:
            return False
        binary.check()
        folder.add(journal)
        finished(journal)
    return True


def identity(bench: Path) -> str:
    """The SHA-256 of a binary."""
    with bench.open("rb") as file:
        return (
            hashlib.file_digest(file, "sha256").hexdigest()
            if hasattr(hashlib, "file_digest")
            else hashlib.sha256(file.read()).hexdigest()
        )


class Binary:
    """Somebody may build while we measure: then what is measured is no longer what the run began with."""

    def __init__(self, manifest: Manifest, advice: str) -> None:
        """advice: what to do about it."""
        self._manifest, self._advice = manifest, advice
        self._seen: tuple[int, ...] = ()

    def check(self) -> None:
        """Raises UsageError where it is another one by now."""
        path = Path(self._manifest.bench)
        now = path.stat()
        seen = (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
        if seen != self._seen and identity(path) != self._manifest.sha256:
            raise UsageError(f"{path}: changed while it was measured; {self._advice}")
        self._seen = seen


def request_of(manifest: Manifest, step: Step) -> Request:
    """What to start for one step."""
    options = manifest.options
    return Request(
        bench=Path(manifest.bench),
        workload=step.workload,
        cpus=list(manifest.cpus),
        budget=step.budget,
        timeout=options.timeout or LEAST_TIMEOUT + 10 * step.budget,
        options=tuple(options.for_bench()),
        environment=openmp_environment(_threadings(manifest, step), manifest.cpus),
        memory_limit=manifest.memory_limit,
        number=step.number,
        attempt=step.attempt,
        excluded=step.excluded,
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
