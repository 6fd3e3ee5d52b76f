# SPDX-License-Identifier: Apache-2.0
"""The small text files of /proc, /sys and cgroups; reading them never raises."""

from pathlib import Path


def contents(file: Path) -> str:
    """The text of a file; empty if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def field(text: str, name: str) -> int | None:
    """The number in the row "name number"; None if there is none."""
    for row in text.splitlines():
        words = row.split()
        if len(words) == 2 and words[0] == name and words[1].isdecimal():
            return int(words[1])
    return None
