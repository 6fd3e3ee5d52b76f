# SPDX-License-Identifier: Apache-2.0
"""The measuring binary: where it is, whether it is still the same file, and its plan."""

import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result
from workspan.support.errors import Exit, NothingError, UsageError, WorkspanError
from workspan.support.text import valid_utf8

BENCH_VARIABLE: Final = "WORKSPAN_BENCH"
DEFAULT_PATH: Final = Path("build/release/bench")
ANSWER_TIMEOUT: Final = 120.0  # seconds; usually below one, but a cold GPU driver starts slowly
_MAX_MESSAGE: Final = 300  # characters
_OUR_PREFIX: Final = "bench: "  # of the messages of the binary
_BENCH_ONLY: Final = re.compile(r"(?<!bench )--(?:list|benchmark_list_tests)\b")  # run lacks them


def find_bench(given: Path | None = None, folder: Path | None = None) -> Path:
    """The given binary, else $WORKSPAN_BENCH, else build/release/bench here or in a parent folder.

    Raises UsageError.
    """
    choice = given or (Path(os.environ[BENCH_VARIABLE]) if os.environ.get(BENCH_VARIABLE) else None)
    if choice is not None:
        return resolve_executable(choice)
    here = (folder or Path.cwd()).resolve()
    for place in (here, *here.parents):
        if (place / DEFAULT_PATH).is_file():
            return resolve_executable(place / DEFAULT_PATH)
    raise UsageError(
        f"no {DEFAULT_PATH} in {here} or above it: build it (scripts/bench does), "
        f"or name it (--bench FILE, or ${BENCH_VARIABLE})"
    )


def resolve_executable(bench: Path) -> Path:
    """The absolute path of a binary that can be started. Raises UsageError."""
    if not bench.is_file():
        raise UsageError(f"{bench}: binary not found; build it (scripts/bench does)")
    if not os.access(bench, os.X_OK):
        raise UsageError(f"{bench}: cannot be executed; chmod +x it, or name another binary")
    path = bench.resolve()
    if valid_utf8(str(path)) != str(path):  # it is recorded in files of JSON
        raise UsageError(f"{path}: the path of the binary is not valid UTF-8; move it")
    return path


def command_path(bench: Path) -> str:
    """Relative if below the current folder: published results should not name a home folder."""
    here = Path.cwd()
    return (
        f"./{bench.relative_to(here)}"
        if bench.is_absolute() and bench.is_relative_to(here)
        else str(bench)
    )


def ask_plan(
    bench: Path, options: Sequence[str], environment: Mapping[str, str] | None = None
) -> ResultFile:
    """The machine, and the cases that the binary would measure with these options.

    environment is added to ours. Raises UsageError with the binary's message if it refuses, or if
    it is another program; NothingError if nothing matches; InputError for an invalid answer.
    """
    command = [command_path(bench), "--dry-run", "--benchmark_format=json", *options]
    try:
        answer = subprocess.run(
            command,
            capture_output=True,
            timeout=ANSWER_TIMEOUT,
            stdin=subprocess.DEVNULL,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{bench}: no answer to --dry-run after {ANSWER_TIMEOUT:.0f} s") from None
    except OSError as e:
        raise UsageError(f"{bench}: cannot be started: {e.strerror}") from None
    is_plan = answer.returncode in (0, int(Exit.NOTHING))  # that of cases that are all skipped
    if is_plan and answer.stdout.lstrip().startswith(b"{"):
        return decode_result(answer.stdout, f"{bench} --dry-run")
    raise _refusal(bench, answer)


def _refusal(bench: Path, answer: subprocess.CompletedProcess[bytes]) -> WorkspanError:
    """The binary's own message, or that it is not our binary."""
    lines = answer.stderr.decode(errors="replace").strip().splitlines()
    line = lines[-1][:_MAX_MESSAGE] if lines else ""
    if line.startswith(_OUR_PREFIX) and answer.returncode > 0:
        message = _BENCH_ONLY.sub(r"bench \g<0>", line.removeprefix(_OUR_PREFIX))
        return NothingError(message) if answer.returncode == 3 else UsageError(message)
    code = answer.returncode
    ending = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return UsageError(
        f"{bench}: is not Workspan's bench, or cannot run here: --dry-run {ending} and no plan"
        f"{f' ({line})' if line else ''}; build it (scripts/bench does), or name another binary"
    )


def remove_benchmark_variables() -> list[str]:
    """Removes Google Benchmark's variables (filters, output files) from our environment.

    Returns their names.
    """
    names = sorted(name for name in os.environ if name.startswith("BENCHMARK_"))
    for name in names:
        del os.environ[name]
    return names


def sha256_of(bench: Path) -> str:
    """The SHA-256 of a binary."""
    with bench.open("rb") as file:
        return (
            hashlib.file_digest(file, "sha256").hexdigest()
            if hasattr(hashlib, "file_digest")
            else hashlib.sha256(file.read()).hexdigest()
        )


class PinnedBinary:
    """Detects a rebuild during a run: all invocations must measure the same binary."""

    def __init__(self, path: Path, sha256: str, advice: str) -> None:
        """advice: the remedy after a rebuild."""
        self._path, self._sha256, self._advice = path, sha256, advice
        self._stamp: tuple[int, ...] = ()

    def check_unchanged(self) -> None:
        """Raises UsageError if the file was replaced or modified."""
        now = self._path.stat()
        stamp = (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)
        if stamp != self._stamp and sha256_of(self._path) != self._sha256:
            raise UsageError(f"{self._path}: changed while it was measured; {self._advice}")
        self._stamp = stamp
