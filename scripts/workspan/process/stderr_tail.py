# SPDX-License-Identifier: Apache-2.0
"""The last words of a child, however many there were before."""

import contextlib
import fcntl
import os

_PIPE = 1 << 20  # bytes; a child that writes more between two looks waits for the next
_AT_ONCE = 16 << 20  # bytes; more in one look would be a child that keeps us from watching it


class Tail:
    """The reading end of a pipe: keeps the last `kept` bytes. It never waits, so that nobody who keeps the pipe open can hold us up."""

    def __init__(self, kept: int) -> None:
        """A pipe; the child gets `writing`."""
        self._reading, self.writing = os.pipe()
        self._kept, self._data, self._last = kept, bytearray(), 0
        os.set_blocking(self._reading, False)
        with contextlib.suppress(OSError):  # the user's share of pipe memory may be used up
            fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, _PIPE)

    def started(self) -> None:
        """The child has the writing end now."""
        os.close(self.writing)

    def drain(self) -> None:
        """Takes what is there."""
        self._last = 0
        with contextlib.suppress(BlockingIOError):
            while self._last < _AT_ONCE and (part := os.read(self._reading, _PIPE)):
                self._data += part
                self._last += len(part)
                del self._data[: -self._kept]

    def flooded(self) -> bool:
        """Whether so much came since the look before that the child may be waiting for us."""
        return self._last >= _PIPE // 2

    def close(self) -> None:
        """Takes the rest that is there."""
        self.drain()
        os.close(self._reading)

    def text(self) -> str:
        """What was kept; bytes that are no UTF-8 are replaced."""
        return self._data.decode("utf-8", "replace")
