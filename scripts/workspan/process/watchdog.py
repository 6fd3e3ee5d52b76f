# SPDX-License-Identifier: Apache-2.0
"""A process that outlives ours briefly and kills all our children, even after our own kill -9.

It holds the reading end of a pipe. Every child registers its process group there before exec, and
the runner deregisters it once all its processes are gone; when the pipe closes, the runner is gone.
A random token in the environment of every child also identifies descendants that have left their
group and session.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

MARK = "WORKSPAN_CHILD_OF"
_PIPE = 3  # the file descriptor that it reads from
PATIENCE = 30.0  # seconds until a process that survives SIGKILL (stuck in a driver) is given up


class Watchdog:
    """`with Watchdog() as watchdog:` once per run, before any thread; one child at a time.

    The end of the block kills the remaining processes.
    """

    def __init__(self) -> None:
        """Not started yet."""
        self.token = secrets.token_hex(16)
        self._pid, self._pipe = 0, -1

    def __enter__(self) -> "Watchdog":
        """Starts it."""
        self.ensure()
        return self

    def __exit__(self, *error: object) -> None:
        """Stops it."""
        self.close()

    @property
    def environment(self) -> dict[str, str]:
        """The variable that every child must have in its environment."""
        return {MARK: self.token}

    def ensure(self) -> None:
        """Starts the process, or restarts it if it was killed. Call before every child."""
        if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:  # inherited; waitpid would fail
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0] == 0:
            return
        if self._pid:
            os.close(self._pipe)
            self._pid, self._pipe = 0, -1
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _watch(reading, self.token)
        os.close(reading)
        self._pid, self._pipe = pid, writing

    def register(self) -> None:
        """In the child, between fork and exec, as the leader of its group: registers the group."""
        # a killed watchdog must not kill the child: ensure() starts another
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        self._send(b"+", os.getpid())
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    def forget(self, group: int) -> None:
        """In the runner, once the group is empty: its number may soon be reused."""
        self._send(b"-", group)

    def _send(self, sign: bytes, group: int) -> None:
        with contextlib.suppress(OSError):
            os.write(self._pipe, b"%s%d\n" % (sign, group))

    def close(self) -> None:
        """Kills the remaining children, and ends the watchdog."""
        if self._pid:
            os.close(self._pipe)
            os.waitpid(self._pid, 0)
            self._pid, self._pipe = 0, -1


def _watch(pipe: int, token: str) -> NoReturn:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        _close_all_but(pipe)
        kill_all(_read_groups(), token)
    finally:
        os._exit(0)


def _close_all_but(pipe: int) -> None:
    """Closes the terminal, the run's lock and all pipes: no process may wait for us."""
    os.dup2(pipe, _PIPE)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(_PIPE):
        os.dup2(nothing, number)
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > _PIPE:
            with contextlib.suppress(OSError):
                os.close(number)


def _read_groups() -> set[int]:
    """Reads until the runner and all its forks are gone; the groups still registered."""
    groups: set[int] = set()
    with os.fdopen(_PIPE, "rb") as lines:
        for line in lines:
            change = groups.add if line.startswith(b"+") else groups.discard
            change(int(line[1:]))
    return groups


def kill_all(groups: Collection[int], token: str) -> bool:
    """Kills these groups and sessions, and all processes with the token; False if some survive."""
    end = time.monotonic() + PATIENCE
    for group in groups:
        signal_group(group, signal.SIGKILL)
    while survivors := members(groups, token):
        for pid in survivors:
            _kill(pid)
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def signal_group(group: int, number: int) -> None:
    """Sends a signal to all processes of a group, if any."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def members(groups: Collection[int], token: str) -> list[int]:
    """The living processes of these groups or sessions, or with the token in the environment."""
    mark = f"{MARK}={token}".encode()
    return [
        pid
        for folder in Path("/proc").glob("[0-9]*")
        if _belongs(pid := int(folder.name), groups, mark)
    ]


def _belongs(pid: int, groups: Collection[int], mark: bytes) -> bool:
    folder = Path("/proc", str(pid))
    try:
        state, _, group, session = (folder / "stat").read_bytes().rpartition(b")")[2].split()[:4]
        if state in b"ZX" or pid == os.getpid():
            return False
        return (
            int(group) in groups
            or int(session) in groups
            or mark in (folder / "environ").read_bytes().split(b"\0")
        )
    except (OSError, ValueError):  # it has ended, or belongs to another user
        return False
