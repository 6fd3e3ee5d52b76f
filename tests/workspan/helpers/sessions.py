# SPDX-License-Identifier: Apache-2.0
"""A program in a session of its own, by which the processes that it has started are known."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


@contextlib.contextmanager
def in_session(
    command: Sequence[str], folder: Path | None = None, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """The command, in this folder and with more variables; in the end all of it is killed."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | dict(more or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pid in session_members(process.pid):
            with contextlib.suppress(ProcessLookupError):  # it has ended since it was listed
                os.kill(pid, signal.SIGKILL)
        if process.poll() is None:
            process.kill()
        process.communicate()


def session_members(leader: int, *, ended_too: bool = False) -> list[int]:
    """The processes of a session, but for its leader: the living ones, or also those that nobody
    has waited for.
    """
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        is_member = int(session) == leader and stat.parent.name != str(leader)
        if is_member and (ended_too or state != "Z"):
            members.append(int(stat.parent.name))
    return members


def wait_for_members(process: subprocess.Popen[str], least: int, seconds: float = 20) -> None:
    """Until it has started at least that many processes; fails if it ends before."""
    end = time.monotonic() + seconds
    while len(session_members(process.pid)) < least:
        assert time.monotonic() < end and process.poll() is None, "no children appear"
        time.sleep(0.01)


def members_after(leader: int, seconds: float) -> list[int]:
    """Those that are still there after that time, or none as soon as all have ended."""
    end = time.monotonic() + seconds
    while (members := session_members(leader)) and time.monotonic() < end:
        time.sleep(0.05)
    return members
