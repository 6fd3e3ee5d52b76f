# SPDX-License-Identifier: Apache-2.0
"""One child process, from its start until all its descendants are gone.

It gets its own session, CPUs, a time limit and a memory limit. The calling thread does all the
waiting; it wakes four times a second, so that it hardly disturbs the child's measurements.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from workspan.process.memory_use import oom_kills, peak_bytes, proportional_bytes, resident_bytes
from workspan.process.output_tail import OutputTail
from workspan.process.stop_signals import StopSignals
from workspan.process.watchdog import PATIENCE, Watchdog, kill_all, signal_group
from workspan.support.errors import UsageError

TICK = 0.25  # seconds between two polls of the child
BUSY_TICK = 0.01  # the same while the child fills the pipe faster than that
GRACE = 3.0  # seconds between SIGTERM and SIGKILL
TAIL_BYTES = 65536  # of the end of the output
_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None)  # loaded here, not between fork and exec


@dataclass(frozen=True)
class ChildOutcome:
    """The end of a child, and the resources it used. Times in seconds, memory in bytes."""

    exit_code: int | None  # None if a signal ended it
    signal: str  # SIGSEGV, ..., or empty
    timed_out: bool  # we ended it: time limit
    out_of_memory: bool  # we ended it: memory limit; or the kernel did
    interrupted: bool  # we ended it: stop signal
    unkillable: bool  # it survived SIGKILL: stuck in the kernel
    stderr: str  # the last 64 KiB
    stdout: str  # the last stdout_bytes
    peak_memory: float | Literal["unknown"]
    user_seconds: float
    system_seconds: float
    voluntary_switches: int
    involuntary_switches: int
    seconds: float


@dataclass(frozen=True)
class ChildRequest:
    """The command to run, and its limits in seconds and bytes."""

    command: Sequence[str]
    timeout: float
    memory_limit: float | None = None
    cpus: Sequence[int] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)  # added to ours
    stdout_bytes: int = TAIL_BYTES  # of the end of its stdout


class _Outputs(NamedTuple):
    stdout: OutputTail
    stderr: OutputTail


class _Ending(NamedTuple):
    status: int | None  # of wait(2); None: it survived SIGKILL
    usage: resource.struct_rusage
    seconds: float


def run_child(
    request: ChildRequest,
    *,
    watchdog: Watchdog,
    on_poll: Callable[[], None] | None = None,
    stop: StopSignals | None = None,
) -> ChildOutcome:
    """Runs a command within its limits; kills all its descendants.

    on_poll is called about four times a second; an exception from it ends the child. Without
    `stop`, an interrupt ends the child and is raised again. Raises UsageError if the command cannot
    be started.
    """
    watchdog.ensure()
    kills, start = oom_kills(), time.monotonic()
    outputs = _Outputs(OutputTail(request.stdout_bytes), OutputTail(TAIL_BYTES))
    limits = _Limits(start + request.timeout, request.memory_limit, stop)
    pid = _start(request, watchdog, outputs)
    try:
        _supervise(pid, outputs, limits, on_poll)
    finally:
        # before it is waited for: until then its number cannot be reused
        signal_group(pid, signal.SIGKILL)
        status, usage = _wait(pid)
        ending = _Ending(status, usage, time.monotonic() - start)
        for output in outputs:
            output.close()
        if status is not None and kill_all([pid], watchdog.token):
            watchdog.forget(pid)
    return _outcome(ending, outputs, limits, oom_kills() > kills)


def _outcome(ending: _Ending, outputs: _Outputs, limits: "_Limits", oom_kill: bool) -> ChildOutcome:
    status, usage, seconds = ending
    code = None if status is None else os.waitstatus_to_exitcode(status)
    by_kernel = code == -signal.SIGKILL and not limits.cause and oom_kill
    return ChildOutcome(
        exit_code=code if code is not None and code >= 0 else None,
        signal=_signal_name(-code) if code is not None and code < 0 else "",
        timed_out=limits.cause == "timeout",
        out_of_memory=limits.cause == "memory" or by_kernel,
        interrupted=limits.cause == "stop",
        unkillable=status is None,
        stderr=outputs.stderr.text(),
        stdout=outputs.stdout.text(),
        peak_memory=peak_bytes(usage, limits.peak_memory),
        user_seconds=usage.ru_utime,
        system_seconds=usage.ru_stime,
        voluntary_switches=usage.ru_nvcsw,
        involuntary_switches=usage.ru_nivcsw,
        seconds=seconds,
    )


def _supervise(
    pid: int, outputs: _Outputs, limits: "_Limits", on_poll: Callable[[], None] | None
) -> None:
    """Polls the child until it ends, or survives even SIGKILL."""

    def tick() -> float:
        return BUSY_TICK if any(output.is_flooded() for output in outputs) else TICK

    with _pidfd(pid) as descriptor:
        while not _has_ended(pid, descriptor, tick()):
            for output in outputs:
                output.drain()
            limits.enforce(pid)
            if on_poll:
                on_poll()
            if limits.is_unkillable():
                break


LimitName = Literal["", "timeout", "memory", "stop"]


class _Limits:
    """Time limit, memory limit and stop signals of a child, enforced at every poll."""

    def __init__(
        self, deadline: float, memory_limit: float | None, stop: StopSignals | None
    ) -> None:
        self._deadline, self._memory_limit, self._stop = deadline, memory_limit, stop
        self._stops_before, self._kill_at = 0, 0.0
        self.cause: LimitName = ""
        self.peak_memory = 0.0

    def enforce(self, pid: int) -> None:
        """Sends SIGTERM at a limit, and SIGKILL after the grace period or a second stop signal."""
        now = time.monotonic()
        memory = self._memory_of(pid)
        self.peak_memory = max(self.peak_memory, memory)
        stops = self._stop.received if self._stop else 0
        if not self.cause:
            self.cause = self._exceeded(now, memory, stops)
            if self.cause:
                self._kill_at, self._stops_before = now + GRACE, stops
                # during a grace period it would allocate even more
                hard = self.cause == "memory"
                signal_group(pid, signal.SIGKILL if hard else signal.SIGTERM)
        if self.cause and (now >= self._kill_at or stops > self._stops_before):
            signal_group(pid, signal.SIGKILL)

    def _memory_of(self, pid: int) -> float:
        """Exact above the limit only: most pages of forked tasks are those of their parent."""
        memory = resident_bytes(pid)
        above = self._memory_limit is not None and memory > self._memory_limit
        return min(memory, proportional_bytes(pid)) if above else memory

    def _exceeded(self, now: float, memory: float, stops: int) -> LimitName:
        if self._memory_limit is not None and memory > self._memory_limit:
            return "memory"
        if stops:
            return "stop"
        return "timeout" if now >= self._deadline else ""

    def is_unkillable(self) -> bool:
        """Whether it survived SIGKILL."""
        return bool(self.cause) and time.monotonic() > self._kill_at + PATIENCE


def _start(request: ChildRequest, watchdog: Watchdog, outputs: _Outputs) -> int:
    try:
        child = subprocess.Popen(
            list(request.command),
            stdin=subprocess.DEVNULL,
            stdout=outputs.stdout.writing,
            stderr=outputs.stderr.writing,
            env={**os.environ, **request.environment, **watchdog.environment},
            start_new_session=True,
            preexec_fn=_child_setup(request.cpus, watchdog),  # noqa: PLW1509 (we have no threads)
        )
    except (OSError, subprocess.SubprocessError) as error:
        for output in outputs:
            output.close_writer()
            output.close()
        reason = getattr(error, "strerror", None) or f"CPUs {request.cpus} cannot be used"
        raise UsageError(f"cannot start {request.command[0]}: {reason}") from None
    for output in outputs:
        output.close_writer()
    child.returncode = 0  # we wait for it ourselves
    return child.pid


def _child_setup(cpus: Sequence[int] | None, watchdog: Watchdog) -> Callable[[], None]:
    """The function to run in the child between fork and exec."""
    parent = os.getpid()

    def set_up() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before prctl took effect
        watchdog.register()
        if cpus is not None:
            os.sched_setaffinity(0, cpus)
        with contextlib.suppress(OSError):  # the kernel shall kill it first
            Path("/proc/self/oom_score_adj").write_text("1000", "ascii")

    return set_up


@contextlib.contextmanager
def _pidfd(pid: int) -> Iterator[int | None]:
    """A descriptor that is readable once the process ends; None on kernels before 5.3."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _has_ended(pid: int, descriptor: int | None, seconds: float) -> bool:
    """Waits up to `seconds` for its end; leaves it as a zombie, so it can still be waited for."""
    if descriptor is None:
        time.sleep(seconds)
    else:
        select.select([descriptor], [], [], seconds)
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _wait(pid: int) -> tuple[int | None, resource.struct_rusage]:
    """Exit status and resource usage of a killed child; no status if it survives."""
    end = time.monotonic() + PATIENCE
    while True:
        zombie, status, usage = os.wait4(pid, os.WNOHANG)
        if zombie:
            return status, usage
        if time.monotonic() > end:
            return None, usage
        time.sleep(0.002)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
