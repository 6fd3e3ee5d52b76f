# SPDX-License-Identifier: Apache-2.0
"""Goals of a large file: it is analysed and shown in little time and memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workspan.goals.goal import Goal
from workspan.goals.grown import Growth, write_grown
from workspan.goals.measuring import COMMAND
from workspan.resultfile.find import COMMITTED
from workspan.resultfile.read import read_result
from workspan.support.errors import Exit, NothingError
from workspan.support.text import quantity

# As many processes as an interval needs, as many samples as the shortest rows have.
LARGE: Final = Growth(rows=100_000, processes=3, samples=3)
GROWN_FROM: Final = COMMITTED / "epyc-vm-2-cores" / "quick.json"

ANALYSED: Final = 5.0  # seconds
MEMORY: Final = 1 << 30  # bytes
SHOWN: Final = 2.0  # seconds more than the analysis
PAGE: Final = 3 << 20  # bytes


@dataclass(frozen=True)
class Spent:
    """By a command: seconds of the clock, and its largest resident memory in bytes."""

    seconds: float
    memory: float


def make_large(folder: Path) -> Path:
    """The made-up file."""
    path = folder / "large.json"
    write_grown(read_result(GROWN_FROM), LARGE, path)
    return path


def spent(arguments: Sequence[str]) -> Spent:
    """Runs workspan with these arguments. Raises NothingError if it does not succeed."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *COMMAND, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != Exit.GOOD:
        raise NothingError(f"workspan {' '.join(arguments)}: ended with {process.returncode}")
    return Spent(time.monotonic() - began, usage.ru_maxrss * 1024.0)


def is_analysed_soon(analysis: Spent) -> Goal:
    """By workspan analyze."""
    met = analysis.seconds <= ANALYSED and analysis.memory <= MEMORY
    return Goal(
        f"{_file()}: analysed in <= {ANALYSED:g} s and {MEMORY / 2**30:g} GiB",
        f"{analysis.seconds:.1f} s, {analysis.memory / 2**30:.2f} GiB",
        met,
    )


def is_shown_soon(analysis: Spent, page: Spent, size: int) -> Goal:
    """By workspan report, which analyses it too."""
    more = page.seconds - analysis.seconds
    return Goal(
        f"{_file()}: a page of <= {PAGE / 2**20:g} MiB in <= {SHOWN:g} s more",
        f"{size / 2**20:.2f} MiB, {page.seconds:.1f} s, {more:.1f} s more",
        more <= SHOWN and size <= PAGE,
    )


def _file() -> str:
    return f"{LARGE.rows} rows of {quantity(LARGE.processes, 'process')}"
