# SPDX-License-Identifier: Apache-2.0
"""The measuring binary: where it is, and what it would measure."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result
from workspan.support.errors import NothingError, UsageError

VARIABLE: Final = "WORKSPAN_BENCH"
USUAL: Final = Path("build/release/bench")
PATIENCE: Final = (
    120.0  # seconds; an answer takes less than one, but a cold GPU driver starts slowly
)
_WORDS: Final = 300


def find_bench(given: Path | None = None, folder: Path | None = None) -> Path:
    """The given binary, or $WORKSPAN_BENCH, or build/release/bench of this folder or one above it. Raises UsageError."""
    named = given or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None)
    if named is not None:
        return checked(named)
    here = (folder or Path.cwd()).resolve()
    for place in (here, *here.parents):
        if (place / USUAL).is_file():
            return checked(place / USUAL)
    raise UsageError(
        f"no {USUAL} in {here} or above it: build it (scripts/bench does), or name it (--bench FILE, or ${VARIABLE})"
    )


def checked(bench: Path) -> Path:
    """The whole path of a binary that can be started. Raises UsageError."""
    if not bench.is_file():
        raise UsageError(f"{bench}: there is no such binary; build it (scripts/bench does)")
    if not os.access(bench, os.X_OK):
        raise UsageError(f"{bench}: cannot be executed; chmod +x it, or name another binary")
    return bench.resolve()


def as_called(bench: Path) -> str:
    """Relative where it lies below the current folder: results are published, and need not say whose home they come from."""
    here = Path.cwd()
    return (
        f"./{bench.relative_to(here)}"
        if bench.is_absolute() and bench.is_relative_to(here)
        else str(bench)
    )


def ask_plan(
    bench: Path, options: Sequence[str], environment: Mapping[str, str] | None = None
) -> ResultFile:
    """What the binary would measure with these options, and on what machine: nothing is measured.

    environment is added to ours. Raises UsageError with the words of the binary where it refuses, NothingError where it finds nothing to
    measure, InputError where it does not answer with a result file.
    """
    command = [as_called(bench), "--dry-run", "--benchmark_format=json", *options]
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{bench}: no answer to --dry-run after {PATIENCE:.0f} s") from None
    except OSError as e:
        raise UsageError(f"{bench}: cannot be started: {e.strerror}") from None
    if answer.returncode == 0 and answer.stdout.strip():
        return decode_result(answer.stdout, f"{bench} --dry-run")
    words = answer.stderr.decode(errors="replace").strip().splitlines()
    said = words[-1][:_WORDS] if words else f"--dry-run ended with {answer.returncode}"
    raise (NothingError if answer.returncode == 3 else UsageError)(f"{bench}: {said}")


def without_benchmark_variables() -> list[str]:
    """Takes Google Benchmark's variables out of our environment, filters and files that nobody here knows of; their names."""
    names = sorted(name for name in os.environ if name.startswith("BENCHMARK_"))
    for name in names:
        del os.environ[name]
    return names
