# SPDX-License-Identifier: Apache-2.0
"""`workspan run` with the fake binary, in this process or in one that can be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from in_process import run_in_process
from paths import HELPERS, SCRIPTS

from workspan.resultfile.model import Journal
from workspan.running.run_folder import read_run

WORKLOADS = ("alpha", "beta", "gamma")
# Other load on this machine must not affect the number of repeats.
QUIET = "import workspan.running.invocation as i; i.disturbances = lambda *_, **__: []"
MAIN = "from workspan.cli.app import main; main()"


def fake_binary(folder: Path) -> Path:
    """A script that starts the fake binary."""
    script = folder / "bench"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {HELPERS / "fake_bench.py"} "$@"\n')
    script.chmod(0o755)
    return script


def variables(bench: Path) -> dict[str, str]:
    """The environment: this binary, and a log of its starts beside it."""
    return {"WORKSPAN_BENCH": str(bench), "WORKSPAN_FAKE_LOG": str(bench.parent / "log")}


def start(
    bench: Path, *arguments: str, more: Mapping[str, str] | None = None, patch: str = QUIET
) -> subprocess.Popen[str]:
    """Starts `workspan run` in the binary's folder, as a process of its own."""
    ours = {**variables(bench), "PYTHONPATH": str(SCRIPTS)}
    return subprocess.Popen(
        [sys.executable, "-c", f"{patch}\n{MAIN}", "run", *arguments],
        cwd=bench.parent,
        env={**os.environ, **ours, "COLUMNS": "200", **(more or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def workspan(
    bench: Path, *arguments: str, patch: str = QUIET, **more: str
) -> subprocess.CompletedProcess[str]:
    """Runs it to its end; with another patch as a process of its own."""
    if patch == QUIET:
        return run_in_process(["run", *arguments], bench.parent, variables(bench) | more)
    with start(bench, *arguments, more=more, patch=patch) as runner:
        out, errors = runner.communicate(timeout=300)
    return subprocess.CompletedProcess(runner.args, runner.returncode, out, errors)


def wait_for_start(bench: Path, runner: subprocess.Popen[str]) -> None:
    """Waits until the binary measures."""
    while not (bench.parent / "log").exists():
        assert runner.poll() is None, runner.communicate()
        time.sleep(0.01)


def only_run(bench: Path) -> Path:
    """The folder of the only run."""
    (folder,) = (bench.parent / "results/local").glob("2*")
    return folder


def journals(bench: Path) -> list[Journal]:
    """The journals of the only run."""
    return read_run(only_run(bench))[1]


def one_line(text: str) -> str:
    """The text, which must be one line and not a traceback."""
    assert text.count("\n") == 1 and "Traceback" not in text, text
    return text
