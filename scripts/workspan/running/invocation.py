# SPDX-License-Identifier: Apache-2.0
"""One invocation: the binary measures one workload in its own process; any outcome is recorded."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from workspan.machine.disturbance import CpuUse, disturbances
from workspan.machine.state import take_state
from workspan.process.child import ChildOutcome, ChildRequest, run_child
from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import InvocationRecord, Journal, ResultFile, State, Status
from workspan.resultfile.read import read_result
from workspan.running.bench_binary import command_path
from workspan.running.bench_progress import BenchProgress, read_bench_progress
from workspan.support.errors import InputError
from workspan.support.text import valid_utf8
from workspan.support.units import format_bytes, format_duration

MAX_QUOTE = 300  # characters of stderr in a reason
WISDOM = ".fftw-wisdom"  # the plans that FFTW has measured, for the later processes of a run


OnPoll = Callable[[BenchProgress | None], None]


@dataclass(frozen=True)
class Request:
    """The invocation to start. Times in seconds, memory in bytes."""

    bench: Path
    workload: str
    cpus: list[int]
    budget: float  # shared among the cases by the binary
    timeout: float
    options: tuple[str, ...] = ()  # of the binary: --preset, --variant, --threads, --sizes, --seed
    environment: dict[str, str] = field(default_factory=dict)  # added to ours
    memory_limit: float | None = None
    number: int = 1  # of the invocations of this workload
    attempt: int = 1
    excluded: tuple[str, ...] = ()  # names of cases not to run
    sizes: tuple[int, ...] = ()  # of `run --break-even`, which are among the options


@dataclass(frozen=True)
class _Classification:
    """Status, its reason in one line, and the measurements if they are valid."""

    status: Status
    reason: str
    result: ResultFile | None = None


def run_invocation(
    request: Request,
    *,
    folder: Path,
    watchdog: Watchdog,
    stop: StopSignals | None = None,
    on_poll: OnPoll | None = None,
) -> Journal:
    """Measures. folder: for temporary files, all removed at the end, on the disk of the result.

    on_poll gets the binary's progress about four times a second. Raises KeyboardInterrupt if `stop`
    ended it, OSError if the folder can no longer be written to (so the failure says nothing about
    the workload), UsageError if the binary cannot be started.
    """
    place = Path(tempfile.mkdtemp(prefix=".measuring-", dir=folder))
    try:
        return _run(request, place, watchdog, stop, on_poll)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(
    request: Request,
    place: Path,
    watchdog: Watchdog,
    stop: StopSignals | None,
    on_poll: OnPoll | None,
) -> Journal:
    until = time.monotonic() + request.timeout
    out, progress = place / "result.json", _ProgressReader(place / "progress", on_poll, until)
    command = _command(request, out, progress.file)
    started, before = datetime.now(timezone.utc), take_state()
    child = run_child(
        ChildRequest(
            command,
            timeout=request.timeout,
            memory_limit=request.memory_limit,
            cpus=request.cpus,
            environment=request.environment | {"WORKSPAN_FFTW_WISDOM": str(place.parent / WISDOM)},
        ),
        watchdog=watchdog,
        on_poll=progress.poll,
        stop=stop,
    )
    if child.interrupted:
        raise KeyboardInterrupt
    after = take_state()
    progress.read()
    outcome = _classify(request, child, out)
    was_ended = outcome.status in (Status.CRASHED, Status.TIMEOUT)
    record = InvocationRecord(
        case=progress.case if was_ended else "",
        status=outcome.status,
        reason=outcome.reason,
        **_request_fields(request, command, started),
        **_child_fields(child),
        **_state_fields(request, child, (before, after)),
    )
    return Journal(record=record, result=outcome.result)


class _ProgressReader:
    """Remembers the last progress that the binary wrote, and passes it on.

    until: the time of its limit, after which it only gives up the remaining cases, one by one.
    """

    def __init__(self, file: Path, on_poll: OnPoll | None, until: float) -> None:
        self.file, self._on_poll, self._until = file, on_poll, until
        self._last: BenchProgress | None = None

    def read(self) -> None:
        if time.monotonic() < self._until:
            self._last = read_bench_progress(self.file) or self._last

    def poll(self) -> None:
        self.read()
        if self._on_poll:
            self._on_poll(self._last)

    @property
    def case(self) -> str:
        """The last case that was started, or empty."""
        return self._last.case if self._last else ""


def _command(request: Request, out: Path, progress: Path) -> list[str]:
    skip = "|".join(name.replace(".", "[.]") for name in request.excluded)
    return [
        command_path(request.bench),
        "--workload",
        request.workload,
        *request.options,
        *([f"--benchmark_filter=-^({skip})$"] if skip else []),
        "--budget",
        f"{request.budget:.6g}s",
        "--out",
        str(out),
        "--progress-file",
        str(progress),
    ]


def _classify(request: Request, child: ChildOutcome, out: Path) -> _Classification:
    if child.timed_out:
        stuck = ", and survived SIGKILL" if child.unkillable else ""
        reason = f"did not end within {format_duration(request.timeout)}{stuck}"
        return _Classification(Status.TIMEOUT, _with_last_line(reason, child))
    if child.out_of_memory:
        limit = (
            f"over the limit of {format_bytes(request.memory_limit)}"
            if request.memory_limit
            else "killed by the kernel"
        )
        return _Classification(Status.CRASHED, _with_last_line(f"out of memory ({limit})", child))
    if child.exit_code is None:
        return _Classification(
            Status.CRASHED, _with_last_line(child.signal or "did not end", child)
        )
    return _classify_file(request, child, out)


def _classify_file(request: Request, child: ChildOutcome, out: Path) -> _Classification:
    how = f"exit code {child.exit_code}"
    if not out.exists():
        _check_disk(out.parent)
        return _Classification(
            Status.CRASHED, _with_last_line(f"{how} without a result file", child)
        )
    try:
        result = read_result(out)
    except InputError as error:
        _check_disk(out.parent)
        reason = f"{how} with an invalid result file: {error.place}: {error.rule}"
        return _Classification(Status.CRASHED, _with_last_line(reason, child))
    if {case.workload for case in result.workspan.cases} - {request.workload}:
        return _Classification(Status.CRASHED, f"{how} with the result of another workload")
    if child.exit_code not in (0, 1, 3) or not result.workspan.run.complete:
        return _Classification(Status.CRASHED, _with_last_line(f"{how} before the end", child))
    return _classify_cases(result, child)


def _classify_cases(result: ResultFile, child: ChildOutcome) -> _Classification:
    failed = [
        case
        for case in result.workspan.cases
        if case.status is not Status.OK and case.status is not Status.SKIPPED
    ]
    if failed:
        more = f" (and {len(failed) - 1} more)" if failed[1:] else ""
        return _Classification(Status.FAILED, f"{failed[0].name}: {failed[0].reason}{more}", result)
    if child.exit_code == 1:
        return _Classification(Status.FAILED, _with_last_line("exit code 1", child), result)
    return _Classification(Status.OK, "", result)


def _check_disk(folder: Path) -> None:
    """Raises OSError if the folder is not writable: then the workload is not to blame."""
    try:
        with (folder / "probe").open("wb") as file:
            file.write(bytes(1 << 16))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(folder.parent)
        raise


def _with_last_line(reason: str, child: ChildOutcome) -> str:
    """The reason, and the last line that the process wrote to stderr."""
    lines = [line.strip() for line in child.stderr.splitlines() if line.strip()]
    return f"{reason}: {lines[-1][:MAX_QUOTE]}" if lines else reason


def _request_fields(request: Request, command: list[str], started: datetime) -> dict[str, Any]:
    return {
        "workload": request.workload,
        "number": request.number,
        "attempt": request.attempt,
        "excluded": list(request.excluded),
        "sizes": list(request.sizes),
        "arguments": [valid_utf8(word) for word in command],
        "cpus": request.cpus,
        "environment": {name: valid_utf8(value) for name, value in request.environment.items()},
        "started": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _child_fields(child: ChildOutcome) -> dict[str, Any]:
    return {
        "seconds": child.seconds,
        "exit_code": "none" if child.exit_code is None else child.exit_code,
        "signal": child.signal,
        "stderr": child.stderr,
        "peak_memory": child.peak_memory,
        "user_seconds": child.user_seconds,
        "system_seconds": child.system_seconds,
        "voluntary_switches": child.voluntary_switches,
        "involuntary_switches": child.involuntary_switches,
    }


def _state_fields(
    request: Request, child: ChildOutcome, states: tuple[State, State]
) -> dict[str, Any]:
    before, after = states
    use = CpuUse(
        cpus=request.cpus,
        seconds=child.seconds,
        own_seconds=child.user_seconds + child.system_seconds,
        involuntary_switches=child.involuntary_switches,
    )
    return {
        "before": before,
        "after": after,
        "disturbed": disturbances(before, after, use),
    }
