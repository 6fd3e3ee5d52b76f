# SPDX-License-Identifier: Apache-2.0
"""One invocation: the binary measures one workload in a process of its own, and whatever happens becomes a record."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from workspan.machine.state import disturbances, take_state
from workspan.process.child import Ended, run_child
from workspan.process.stop_signals import Stop
from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import InvocationRecord, Journal, ResultFile, State, Status
from workspan.resultfile.read import read_result
from workspan.running.bench_binary import as_called
from workspan.running.bench_progress import Standing, read_standing
from workspan.support.errors import InputError
from workspan.support.units import format_bytes, format_duration

LAST_WORDS = 300  # characters of stderr in a reason


@dataclass(frozen=True)
class Request:
    """What to start. Times in seconds, memory in bytes."""

    bench: Path
    workload: str
    cpus: list[int]
    budget: float  # that the binary shares among its cases
    timeout: float
    options: tuple[
        str, ...
    ] = ()  # further ones of the binary: --preset, --variant, --threads, --sizes, --seed
    environment: dict[str, str] = field(default_factory=dict)  # added to ours
    memory_limit: float | None = None
    number: int = 1  # of the invocations of this workload
    attempt: int = 1
    excluded: tuple[str, ...] = ()  # names of cases to leave out


def invoke(
    request: Request,
    *,
    folder: Path,
    watchdog: Watchdog,
    stop: Stop | None = None,
    on_poll: Callable[[Standing | None], None] | None = None,
) -> Journal:
    """Measures. folder: where temporary files may be, on the disk that the result will be kept on; nothing of them stays.

    on_poll gets what the binary is doing, about four times a second. Raises KeyboardInterrupt where `stop` ended it, OSError where the
    folder can no longer be written to (then nothing is known about the workload), UsageError where the binary cannot be started.
    """
    place = Path(tempfile.mkdtemp(prefix=".measuring-", dir=folder))
    try:
        return _invoke(request, place, watchdog, stop, on_poll)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _invoke(
    request: Request,
    place: Path,
    watchdog: Watchdog,
    stop: Stop | None,
    on_poll: Callable[[Standing | None], None] | None,
) -> Journal:
    out, progress = place / "result.json", place / "progress"
    command = _command(request, out, progress)
    standing: Standing | None = None

    def look() -> None:
        nonlocal standing
        standing = read_standing(progress) or standing
        if on_poll:
            on_poll(standing)

    started, before = datetime.now(timezone.utc), take_state()
    ended = run_child(
        command,
        timeout=request.timeout,
        watchdog=watchdog,
        cpus=request.cpus,
        environment=request.environment,
        memory_limit=request.memory_limit,
        on_poll=look,
        stop=stop,
    )
    if ended.interrupted:
        raise KeyboardInterrupt
    after = take_state()
    standing = read_standing(progress) or standing
    status, reason, result = _judge(request, ended, out)
    died = status in (Status.CRASHED, Status.TIMEOUT)
    return Journal(
        record=_record(
            request,
            ended,
            command=command,
            started=started,
            states=(before, after),
            outcome=(status, reason),
            case=standing.case if died and standing else "",
        ),
        result=result,
    )


def _command(request: Request, out: Path, progress: Path) -> list[str]:
    skip = "|".join(name.replace(".", "[.]") for name in request.excluded)
    return [
        as_called(request.bench),
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


def _judge(request: Request, ended: Ended, out: Path) -> tuple[Status, str, ResultFile | None]:
    """How it went, why in one line, and what it measured."""
    if ended.timed_out:
        stuck = ", and SIGKILL does not end it" if ended.undying else ""
        return (
            Status.TIMEOUT,
            _with_words(f"no end after {format_duration(request.timeout)}{stuck}", ended),
            None,
        )
    if ended.out_of_memory:
        limit = (
            f"over the limit of {format_bytes(request.memory_limit)}"
            if request.memory_limit
            else "ended by the kernel"
        )
        return Status.CRASHED, _with_words(f"out of memory ({limit})", ended), None
    if ended.exit_code is None:
        return Status.CRASHED, _with_words(ended.signal or "it does not end", ended), None
    return _judge_file(request, ended, out)


def _judge_file(request: Request, ended: Ended, out: Path) -> tuple[Status, str, ResultFile | None]:
    how = f"exit code {ended.exit_code}"
    if not out.exists():
        _probe(out.parent)
        return Status.CRASHED, _with_words(f"{how} without a result file", ended), None
    try:
        result = read_result(out)
    except InputError as error:
        _probe(out.parent)
        return (
            Status.CRASHED,
            _with_words(
                f"{how} with a result file that breaks a rule: {error.place}: {error.rule}", ended
            ),
            None,
        )
    if {case.workload for case in result.workspan.cases} - {request.workload}:
        return Status.CRASHED, f"{how} with the result of another workload", None
    if ended.exit_code not in (0, 1, 3) or not result.workspan.run.complete:
        return Status.CRASHED, _with_words(f"{how} before all was measured", ended), None
    return (*_judge_cases(result, ended), result)


def _judge_cases(result: ResultFile, ended: Ended) -> tuple[Status, str]:
    failed = [
        case
        for case in result.workspan.cases
        if case.status is not Status.OK and case.status is not Status.SKIPPED
    ]
    if failed:
        return Status.FAILED, f"{failed[0].name}: {failed[0].reason}" + (
            f" (and {len(failed) - 1} more)" if failed[1:] else ""
        )
    return (
        (Status.FAILED, _with_words("exit code 1", ended))
        if ended.exit_code == 1
        else (Status.OK, "")
    )


def _probe(folder: Path) -> None:
    """Raises OSError where the folder is no longer writable: that, and not the workload, is why there is no file."""
    try:
        with (folder / "probe").open("wb") as file:
            file.write(bytes(1 << 16))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(folder.parent)
        raise


def _with_words(reason: str, ended: Ended) -> str:
    """The reason, and the last line that the process said."""
    lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
    return f"{reason}: {lines[-1][:LAST_WORDS]}" if lines else reason


def _record(
    request: Request,
    ended: Ended,
    *,
    command: list[str],
    started: datetime,
    states: tuple[State, State],
    outcome: tuple[Status, str],
    case: str,
) -> InvocationRecord:
    return InvocationRecord(
        workload=request.workload,
        number=request.number,
        attempt=request.attempt,
        status=outcome[0],
        reason=outcome[1],
        case=case,
        excluded=list(request.excluded),
        arguments=[_text(word) for word in command],
        cpus=request.cpus,
        environment={name: _text(value) for name, value in request.environment.items()},
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=ended.seconds,
        exit_code="none" if ended.exit_code is None else ended.exit_code,
        signal=ended.signal,
        stderr=ended.stderr,
        peak_memory=ended.peak_memory,
        user_seconds=ended.user_seconds,
        system_seconds=ended.system_seconds,
        voluntary_switches=ended.voluntary_switches,
        involuntary_switches=ended.involuntary_switches,
        before=states[0],
        after=states[1],
        disturbed=disturbances(
            states[0],
            states[1],
            seconds=ended.seconds,
            cpus=request.cpus,
            own_seconds=ended.user_seconds + ended.system_seconds,
            involuntary_switches=ended.involuntary_switches,
        ),
    )


def _text(word: str) -> str:
    """UTF-8 also where a name is not."""
    return os.fsencode(word).decode("utf-8", "replace")
