# SPDX-License-Identifier: Apache-2.0
"""The entry point: puts the streams in order and catches Ctrl-C before anything that takes time to import."""

import io
import os
import sys
from typing import Any


class _Patient(io.FileIO):
    """A stream whose reader may go away: what is written then is nobody's, and no error; `run | head` must end as `run` does."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def _stream(number: int) -> io.TextIOWrapper:
    """stdout or stderr. A terminal that does not know a character gets its number."""
    try:
        os.fstat(number)
    except OSError:  # closed by whoever started us
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    raw = _Patient(number, "w", closefd=False)
    encoding = getattr(sys.stdout if number == 1 else sys.stderr, "encoding", None) or "utf-8"
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(
        buffered, encoding, errors="backslashreplace", line_buffering=number == 2 or raw.isatty()
    )


def main() -> None:
    """The command `workspan`."""
    sys.stdout, sys.stderr = _stream(1), _stream(2)
    try:
        from workspan.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("workspan: interrupted\n")
        sys.stderr.flush()
        os._exit(130)
