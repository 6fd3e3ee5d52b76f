# SPDX-License-Identifier: Apache-2.0
"""Starts `workspan run` for a goal, alone or beside a neighbour made on purpose."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workspan.resultfile.find import RESULT
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.support.errors import Exit, NothingError

COMMAND: Final = ("-c", "from workspan.cli.entry import main; main()")


@dataclass(frozen=True)
class Measured:
    """A run: its result, the seconds of the whole command, None if it was read, and its folder."""

    file: ResultFile
    seconds: float | None
    folder: Path


@dataclass(frozen=True)
class Place:
    """Where to measure: the binary, None for the usual one, and the folder of the runs."""

    bench: Path | None
    results: Path


def measure(place: Place, options: Sequence[str]) -> Measured:
    """One `workspan run`. Raises NothingError if it left no result."""
    place.results.mkdir(parents=True, exist_ok=True)
    before = set(place.results.glob(f"*/{RESULT}"))
    bench = ["--bench", str(place.bench)] if place.bench else []
    command = ["run", *options, *bench, "--results", str(place.results)]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *COMMAND, *command], stdout=subprocess.DEVNULL, check=False
    )
    seconds = time.monotonic() - began
    new = set(place.results.glob(f"*/{RESULT}")) - before
    if len(new) != 1 or done.returncode not in (Exit.GOOD, Exit.FAILED):
        raise NothingError(f"workspan {' '.join(command)}: ended with {done.returncode}, no result")
    (file,) = new
    return Measured(read_result(file), seconds, file.parent)


@contextmanager
def neighbour(share: int, cpu: int | None = None) -> Iterator[None]:
    """Beside a process that uses that percentage of one CPU; by default of the last we may use."""
    where = max(os.sched_getaffinity(0)) if cpu is None else cpu
    command = [sys.executable, "-m", "workspan.goals.neighbour", str(share), "--cpu", str(where)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield
        finally:
            process.terminate()
            said, _ = process.communicate()
            print(f"neighbour on CPU {where}: {said.strip()}", file=sys.stderr)
