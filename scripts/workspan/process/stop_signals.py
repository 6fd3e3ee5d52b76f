# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, SIGTERM and SIGHUP as a counter, checked at points where stopping is safe."""

import signal
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """`with StopSignals() as stop:` the signals only increment `stop.received`."""

    def __init__(self) -> None:
        """Counts from zero."""
        self.received = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "StopSignals":
        """Installs the handlers, except for signals that are ignored."""
        for number in SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # by nohup, for example
                self._before[number] = signal.signal(number, self._count)
        return self

    def __exit__(self, *error: object) -> None:
        """Restores the previous handlers."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.received += 1
