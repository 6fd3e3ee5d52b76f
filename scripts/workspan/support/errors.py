# SPDX-License-Identifier: Apache-2.0
"""Exit codes, and the errors that end a command with one line."""

import enum


class Exit(enum.IntEnum):
    """The same in every tool of the suite."""

    GOOD = 0
    FAILED = 1  # a case failed, or a regression was found
    USAGE = 2  # wrong options, or input that cannot be read
    NOTHING = 3  # nothing matched, or no compared case could be told
    INTERRUPTED = 130


class WorkspanError(Exception):
    """Ends the command: one line that says what, where and what to do, and the exit code."""

    code = Exit.USAGE


class UsageError(WorkspanError):
    """Options, names or a state of affairs that the user can put right."""


class InputError(WorkspanError):
    """A file that cannot be read, or breaks a rule: its name, the place in it and the rule."""

    def __init__(self, file: object, place: str, rule: str) -> None:
        self.file, self.place, self.rule = str(file), place, rule
        super().__init__(f"{file}: {place}: {rule}" if place else f"{file}: {rule}")


class StoppedError(WorkspanError):
    """Ctrl-C, or a signal like it."""

    code = Exit.INTERRUPTED


class NothingError(WorkspanError):
    """Nothing matched, or nothing could be told."""

    code = Exit.NOTHING
