# SPDX-License-Identifier: Apache-2.0
"""One child process, from its start until nothing of it is left.

It gets its own session, CPUs, a time limit and a memory limit. All waiting is done by the calling thread, which wakes four times a
second, so that it hardly disturbs what the child measures.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workspan.process.memory_use import oom_kills, peak, resident
from workspan.process.stderr_tail import Tail
from workspan.process.stop_signals import Stop
from workspan.process.watchdog import PATIENCE, Watchdog, end_group, sweep
from workspan.support.errors import UsageError

TICK = 0.25  # seconds between two looks at the child
HURRY = 0.01  # the same where a child writes faster than the pipe takes
GRACE = 3.0  # seconds between SIGTERM and SIGKILL
KEPT = 65536  # bytes of the last output
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_libc = ctypes.CDLL(None)  # loaded here: not between fork and exec


@dataclass(frozen=True)
class Ended:
    """How a child ended, and what it used. Times in seconds, memory in bytes."""

    exit_code: int | None  # None where a signal ended it
    signal: str  # SIGSEGV, ..., or empty
    timed_out: bool  # we ended it: it took too long
    out_of_memory: bool  # we ended it: over the limit; or the kernel did
    interrupted: bool  # we ended it: somebody asked us to stop
    undying: bool  # it did not even end on SIGKILL: stuck in the kernel
    stderr: str  # the last 64 KiB
    stdout: str  # the last 64 KiB, or as many bytes as asked for
    peak_memory: float | Literal["unknown"]
    user_seconds: float
    system_seconds: float
    voluntary_switches: int
    involuntary_switches: int
    seconds: float


def run_child(
    command: Sequence[str],
    *,
    timeout: float,
    watchdog: Watchdog,
    cpus: Sequence[int] | None = None,
    environment: Mapping[str, str] | None = None,
    memory_limit: float | None = None,
    on_poll: Callable[[], None] | None = None,
    stop: Stop | None = None,
    keep_stdout: int = KEPT,
) -> Ended:
    """Runs a command to its end, for at most `timeout` seconds and with at most `memory_limit` bytes, and ends all it leaves behind.

    environment is added to ours. on_poll is called about four times a second; what it raises ends the child. Without `stop` an
    interrupt ends the child and is raised again. Raises UsageError where the command cannot be started.
    """
    watchdog.ensure()
    kills, begun = oom_kills(), time.monotonic()
    outputs = Tail(keep_stdout), Tail(KEPT)
    life = _Life(begun + timeout, memory_limit, stop)
    pid = _start(
        command,
        cpus,
        {**os.environ, **(environment or {}), **watchdog.environment},
        watchdog,
        outputs,
    )
    try:
        with _pidfd(pid) as descriptor:
            while not _over(pid, descriptor, HURRY if any(o.flooded() for o in outputs) else TICK):
                for output in outputs:
                    output.drain()
                life.look(pid)
                if on_poll:
                    on_poll()
                if life.lost():
                    break
    finally:
        end_group(
            pid, signal.SIGKILL
        )  # before it is waited for: the number cannot be another's yet
        status, usage = _wait(pid)
        seconds = time.monotonic() - begun
        for output in outputs:
            output.close()
        if status is not None and sweep([pid], watchdog.word):
            watchdog.forget(pid)
    code = None if status is None else os.waitstatus_to_exitcode(status)
    return Ended(
        exit_code=code if code is not None and code >= 0 else None,
        signal=_signal_name(-code) if code is not None and code < 0 else "",
        timed_out=life.cause == "timeout",
        out_of_memory=life.cause == "memory"
        or (code == -signal.SIGKILL and not life.cause and oom_kills() > kills),
        interrupted=life.cause == "stop",
        undying=status is None,
        stderr=outputs[1].text(),
        stdout=outputs[0].text(),
        peak_memory=peak(usage, life.most_memory),
        user_seconds=usage.ru_utime,
        system_seconds=usage.ru_stime,
        voluntary_switches=usage.ru_nvcsw,
        involuntary_switches=usage.ru_nivcsw,
        seconds=seconds,
    )


class _Life:
    """Looks at the child four times a second, and ends it where it must."""

    def __init__(self, deadline: float, memory_limit: float | None, stop: Stop | None) -> None:
        self._deadline, self._memory_limit, self._stop = deadline, memory_limit, stop
        self._asked_before, self._kill_at = 0, 0.0
        self.cause: Literal["", "timeout", "memory", "stop"] = ""
        self.most_memory = 0.0

    def look(self, pid: int) -> None:
        """Asks it to end, or makes it end."""
        now = time.monotonic()
        memory = resident(pid)
        self.most_memory = max(self.most_memory, memory)
        asked = self._stop.asked if self._stop else 0
        if not self.cause:
            self.cause = self._why(now, memory, asked)
            if self.cause:
                self._kill_at, self._asked_before = now + GRACE, asked
                end_group(
                    pid, signal.SIGKILL if self.cause == "memory" else signal.SIGTERM
                )  # in the grace it would take more
        if self.cause and (now >= self._kill_at or asked > self._asked_before):
            end_group(pid, signal.SIGKILL)

    def _why(
        self, now: float, memory: float, asked: int
    ) -> Literal["", "timeout", "memory", "stop"]:
        if self._memory_limit is not None and memory > self._memory_limit:
            return "memory"
        if asked:
            return "stop"
        return "timeout" if now >= self._deadline else ""

    def lost(self) -> bool:
        """Whether not even SIGKILL helps."""
        return bool(self.cause) and time.monotonic() > self._kill_at + PATIENCE


def _start(
    command: Sequence[str],
    cpus: Sequence[int] | None,
    environment: dict[str, str],
    watchdog: Watchdog,
    outputs: tuple[Tail, Tail],
) -> int:
    parent = os.getpid()

    def between_fork_and_exec() -> None:
        _libc.prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # it had ended before we asked to be told
        watchdog.register()
        if cpus is not None:
            os.sched_setaffinity(0, cpus)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(
                "1000", "ascii"
            )  # whom the kernel shall end first

    try:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=outputs[0].writing,
            stderr=outputs[1].writing,
            env=environment,
            start_new_session=True,
            preexec_fn=between_fork_and_exec,  # noqa: PLW1509 (we have no threads)
        )
    except (OSError, subprocess.SubprocessError) as error:
        for output in outputs:
            output.started()
            output.close()
        raise UsageError(
            f"cannot start {command[0]}: {getattr(error, 'strerror', None) or f'CPUs {cpus} cannot be used'}"
        ) from None
    for output in outputs:
        output.started()
    child.returncode = 0  # we wait for it ourselves
    return child.pid


@contextlib.contextmanager
def _pidfd(pid: int) -> Iterator[int | None]:
    """Readable when the process ends; None where the kernel is older than 5.3."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _over(pid: int, descriptor: int | None, seconds: float) -> bool:
    """Whether it has ended, after at most so many seconds; it can still be waited for."""
    if descriptor is None:
        time.sleep(seconds)
    else:
        select.select([descriptor], [], [], seconds)
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _wait(pid: int) -> tuple[int | None, resource.struct_rusage]:
    """Status and use of a killed child; no status where it does not die."""
    end = time.monotonic() + PATIENCE
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, usage
        if time.monotonic() > end:
            return None, usage
        time.sleep(0.002)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
