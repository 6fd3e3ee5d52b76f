# SPDX-License-Identifier: Apache-2.0
"""The last bytes of a child's output, however much it writes."""

import contextlib
import fcntl
import os

_PIPE_BYTES = 1 << 20  # a child that writes more between two polls blocks until the next
_MAX_DRAINED = 16 << 20  # bytes per poll, so that a flood cannot keep us from watching the child


class OutputTail:
    """The reading end of a pipe; keeps the last `size` bytes.

    It never blocks, so a descendant that keeps the pipe open cannot delay us.
    """

    def __init__(self, size: int) -> None:
        """Opens the pipe; the child gets `writing`."""
        self._reading, self.writing = os.pipe()
        self._size, self._data, self._last = size, bytearray(), 0
        os.set_blocking(self._reading, False)
        with contextlib.suppress(OSError):  # the user's pipe memory may be used up
            fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def close_writer(self) -> None:
        """Closes our copy of the writing end, once the child has its own."""
        os.close(self.writing)

    def drain(self) -> None:
        """Reads all that is available."""
        self._last = 0
        with contextlib.suppress(BlockingIOError):
            while self._last < _MAX_DRAINED and (part := os.read(self._reading, _PIPE_BYTES)):
                self._data += part
                self._last += len(part)
                del self._data[: -self._size]

    def is_flooded(self) -> bool:
        """Whether the last poll read so much that the child may be blocked on a full pipe."""
        return self._last >= _PIPE_BYTES // 2

    def close(self) -> None:
        """Reads the rest and closes the pipe."""
        self.drain()
        os.close(self._reading)

    def text(self) -> str:
        """These bytes as text; invalid UTF-8 is replaced."""
        return self._data.decode("utf-8", "replace")
