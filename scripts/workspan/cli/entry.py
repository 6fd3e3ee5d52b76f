# SPDX-License-Identifier: Apache-2.0
"""The entry point: sets up the streams and catches Ctrl-C before any slow import."""

import io
import os
import sys
from typing import Any


class _PipeTolerantStream(io.FileIO):
    """A stream whose reader may go away: `run | head` must end as `run` does.

    Once the pipe is broken, further output is discarded without an error.
    """

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            return len(data)


def _open_stream(number: int) -> io.TextIOWrapper:
    """stdout or stderr; a character that the terminal cannot encode becomes its code point."""
    try:
        os.fstat(number)
    except OSError:  # closed by the parent process
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    raw = _PipeTolerantStream(number, "w", closefd=False)
    encoding = getattr(sys.stdout if number == 1 else sys.stderr, "encoding", None) or "utf-8"
    buffered = io.BufferedWriter(raw)
    return io.TextIOWrapper(
        buffered, encoding, errors="backslashreplace", line_buffering=number == 2 or raw.isatty()
    )


def main() -> None:
    """The command `workspan`."""
    sys.stdout, sys.stderr = _open_stream(1), _open_stream(2)
    try:
        from workspan.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("workspan: interrupted\n")
        sys.stderr.flush()
        os._exit(130)
