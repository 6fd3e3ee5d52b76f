# SPDX-License-Identifier: Apache-2.0
"""Processes that a program has started, known by the session that they share with it."""

import time
from pathlib import Path


def session_members(leader: int) -> list[int]:
    """The living processes of a session, but for its leader."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(session) == leader and state != "Z" and stat.parent.name != str(leader):
            members.append(int(stat.parent.name))
    return members


def members_after(leader: int, seconds: float) -> list[int]:
    """Those that are still there after that time, or none as soon as all have ended."""
    end = time.monotonic() + seconds
    while (members := session_members(leader)) and time.monotonic() < end:
        time.sleep(0.05)
    return members
