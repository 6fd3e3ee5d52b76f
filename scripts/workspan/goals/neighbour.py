# SPDX-License-Identifier: Apache-2.0
"""A neighbour made on purpose: a process that keeps one CPU busy for a share of every period.

Shows what other processes do to a measurement: scripts/neighbour 25 --cpu 1 --seconds 60. The
share is held by the clock of its own CPU time: beside a competitor it needs longer for its share
of a period, as real work does. What a period could not hold is not made up for.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

PERIOD: Final = 0.02  # seconds
SHARES: Final = range(10, 91)  # percent; beyond, there are no pauses or no work
NANO: Final = 1e-9


@dataclass(frozen=True)
class Load:
    """What it did: seconds of CPU time and of the clock, and periods begun."""

    cpu: float
    wall: float
    periods: int

    @property
    def share(self) -> float:
        """CPU time over wall time."""
        return self.cpu / self.wall if self.wall > 0 else 0.0


def keep_busy(share: float, goes_on: Callable[[], bool], period: float = PERIOD) -> Load:
    """Alternates work and sleep as long as `goes_on`, which is asked once a period."""
    began, used_before = time.monotonic(), time.thread_time_ns()
    due, used, periods = began, used_before, 0
    while goes_on():
        periods += 1
        used += round(share * period / NANO)
        while (now := time.thread_time_ns()) < used:
            pass
        due += period
        if (left := due - time.monotonic()) > 0:
            time.sleep(left)
        else:  # a competitor had the CPU: neither the time nor the work is made up for
            due, used = time.monotonic(), now
    cpu = (time.thread_time_ns() - used_before) * NANO
    return Load(cpu, time.monotonic() - began, periods)


def main(arguments: Sequence[str] | None = None) -> int:
    """Keeps a CPU busy until the time is over, it is told to stop, or its parent has ended."""
    given = _parse(arguments)
    if given.cpu is not None:
        try:
            os.sched_setaffinity(0, {given.cpu})
        except OSError:
            print(f"neighbour: --cpu: this process may not use CPU {given.cpu}", file=sys.stderr)
            return 2
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stop.append(number))
    parent, end = os.getppid(), time.monotonic() + given.seconds
    load = keep_busy(
        given.share / 100,
        lambda: not stop and time.monotonic() < end and os.getppid() == parent,
    )
    print(
        f"{load.cpu:.3f} s of CPU time in {load.wall:.3f} s: {load.share * 100:.1f} %", flush=True
    )
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "scripts/neighbour",
        description=f"Keeps a CPU busy for a share of every {PERIOD * 1e3:.0f} ms.",
        allow_abbrev=False,
    )
    parser.add_argument("share", type=_share, metavar="PERCENT", help="10 to 90 of one CPU")
    parser.add_argument("--cpu", type=int, metavar="N", help="pinned to CPU N; default: unpinned")
    parser.add_argument(
        "--seconds", type=float, default=3600.0, metavar="S", help="ends by itself; default: 3600"
    )
    return parser.parse_args(arguments)


def _share(word: str) -> int:
    if not word.isdecimal() or int(word) not in SHARES:
        raise argparse.ArgumentTypeError(f"'{word}' is not a number from 10 to 90")
    return int(word)


if __name__ == "__main__":
    sys.exit(main())
