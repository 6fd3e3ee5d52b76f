# SPDX-License-Identifier: Apache-2.0
"""A process that outlives ours by a moment and ends whatever we started, however we end (kill -9 included).

It holds the reading end of a pipe. Every child writes its process group into it before exec, the runner takes it back once nothing of
the child is left; when the pipe closes, the runner is gone. A random word in the environment of every child finds also those
descendants that have left their group and their session.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import NoReturn

MARK = "WORKSPAN_CHILD_OF"
_PIPE = 3  # the descriptor it reads from
PATIENCE = (
    30.0  # seconds until a process that does not die of SIGKILL (stuck in a driver) is given up
)


class Watchdog:
    """Start it before any thread, once per run: `with Watchdog() as watchdog:`. One child at a time. Leaving ends what is left of it."""

    def __init__(self) -> None:
        """Not started yet."""
        self.word = secrets.token_hex(16)
        self._pid, self._pipe = 0, -1

    def __enter__(self) -> "Watchdog":
        """Starts it."""
        self.ensure()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ends it."""
        self.close()

    @property
    def environment(self) -> dict[str, str]:
        """What every child must have in its environment."""
        return {MARK: self.word}

    def ensure(self) -> None:
        """Starts the process, again where somebody killed it. Call before every child."""
        if (
            signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN
        ):  # inherited; nobody could be waited for
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0] == 0:
            return
        if self._pid:
            os.close(self._pipe)
            self._pid, self._pipe = 0, -1
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _watch(reading, self.word)
        os.close(reading)
        self._pid, self._pipe = pid, writing

    def register(self) -> None:
        """In the child, between fork and exec, as the leader of its group: puts the group under watch."""
        signal.signal(
            signal.SIGPIPE, signal.SIG_IGN
        )  # a killed watchdog must not kill the child: ensure() starts another
        self._tell(b"+", os.getpid())
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)

    def forget(self, group: int) -> None:
        """In the runner, when nothing of the group is left: its number may soon be another's."""
        self._tell(b"-", group)

    def _tell(self, sign: bytes, group: int) -> None:
        with contextlib.suppress(OSError):
            os.write(self._pipe, b"%s%d\n" % (sign, group))

    def close(self) -> None:
        """Ends what is left of the children, and the process itself."""
        if self._pid:
            os.close(self._pipe)
            os.waitpid(self._pid, 0)
            self._pid, self._pipe = 0, -1


def _watch(pipe: int, word: str) -> NoReturn:
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        _keep_only(pipe)
        sweep(_groups_left(), word)
    finally:
        os._exit(0)


def _keep_only(pipe: int) -> None:
    """Closes the terminal, the run's lock and all pipes: nobody may wait for us."""
    os.dup2(pipe, _PIPE)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(_PIPE):
        os.dup2(nothing, number)
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > _PIPE:
            with contextlib.suppress(OSError):
                os.close(number)


def _groups_left() -> set[int]:
    """Reads until the runner and all children before their exec are gone; what was not taken back."""
    groups: set[int] = set()
    with os.fdopen(_PIPE, "rb") as lines:
        for line in lines:
            change = groups.add if line.startswith(b"+") else groups.discard
            change(int(line[1:]))
    return groups


def sweep(groups: Collection[int], word: str) -> bool:
    """Kills these groups and sessions and all processes with the word in their environment; False where some do not die."""
    end = time.monotonic() + PATIENCE
    for group in groups:
        end_group(group, signal.SIGKILL)
    while left := members(groups, word):
        for pid in left:
            _kill(pid)
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def end_group(group: int, number: int) -> None:
    """Sends a signal to all processes of a group, if there are any."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def members(groups: Collection[int], word: str) -> list[int]:
    """The living processes of these groups or sessions, or with the word in their environment."""
    mark = f"{MARK}={word}".encode()
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
    except (OSError, ValueError):  # it has ended meanwhile, or is not ours
        return False
