# SPDX-License-Identifier: Apache-2.0
"""Exit codes, warnings, and the exceptions that end a command with a one-line message."""

import enum
import sys

from workspan.support.text import plain


class Exit(enum.IntEnum):
    """Exit codes, the same in every tool of the suite."""

    GOOD = 0
    FAILED = 1  # a case failed, a regression was found, or an internal error
    USAGE = 2  # usage, or a file that cannot be read or written
    NOTHING = 3  # nothing matched, nothing could be measured, or no comparison was conclusive
    INTERRUPTED = 130


class WorkspanError(Exception):
    """Ends the command with an exit code and one line: the problem, its place and the remedy."""

    code = Exit.USAGE


class UsageError(WorkspanError):
    """Wrong options or names, or a situation that the user can fix."""


class InputError(WorkspanError):
    """An unreadable or invalid file: its name, the place in it and the violated rule."""

    def __init__(self, file: object, place: str, rule: str) -> None:
        self.file, self.place, self.rule = str(file), place, rule
        super().__init__(f"{file}: {place}: {rule}" if place else f"{file}: {rule}")


class StoppedError(WorkspanError):
    """Ctrl-C, or a similar signal."""

    code = Exit.INTERRUPTED


class NothingError(WorkspanError):
    """Nothing matched, or the outcome is inconclusive."""

    code = Exit.NOTHING


def warn(line: str) -> None:
    """Prints one line to stderr; the command goes on."""
    print(plain(f"workspan: {line}"), file=sys.stderr)
