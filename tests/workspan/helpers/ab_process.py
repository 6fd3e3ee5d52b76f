# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` in this process or in another one, and the files it leaves behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

from fake_run import MAIN, QUIET
from in_process import run_in_process
from paths import HELPERS, SCRIPTS

from workspan.resultfile.model import Journal
from workspan.running.run_folder import read_run

Verdicts = dict[str, set[str]]  # by workload


def fake_ab_binary(folder: Path) -> Path:
    """A script that starts the fake binary with adjustable times."""
    script = folder / "bench"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -IS {HELPERS / "fake_ab.py"} "$@"\n')
    script.chmod(0o755)
    return script


def variables(bench: Path) -> dict[str, str]:
    """The environment: a log of the starts of the binary, beside it."""
    return {"WORKSPAN_FAKE_STARTS": str(bench.parent / "starts")}


def start(bench: Path, *words: str, patch: str = QUIET) -> subprocess.Popen[str]:
    """Starts `workspan ab BENCH words` in the folder of the binary."""
    ours = {**variables(bench), "PYTHONPATH": str(SCRIPTS), "COLUMNS": "200"}
    return subprocess.Popen(
        [sys.executable, "-c", f"{patch}\n{MAIN}", "ab", str(bench), *words],
        cwd=bench.parent,
        env={**os.environ, **ours},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ab(bench: Path, *words: str, patch: str = QUIET) -> subprocess.CompletedProcess[str]:
    """Runs it to its end; with another patch as a process of its own."""
    if patch == QUIET:
        return run_in_process(["ab", str(bench), *words], bench.parent, variables(bench))
    with start(bench, *words, patch=patch) as child:
        out, errors = child.communicate(timeout=600)
    assert "Traceback" not in errors, errors
    return subprocess.CompletedProcess(child.args, child.returncode, out, errors)


def verdicts(done: subprocess.CompletedProcess[str]) -> Verdicts:
    """The verdicts of a report in JSON."""
    found: Verdicts = {}
    for row in json.loads(done.stdout)["rows"]:
        found.setdefault(row["name"].split("/")[0], set()).add(row["verdict"])
    return found


def folder(bench: Path) -> Path:
    """The folder of the only `ab`."""
    (place,) = (bench.parent / "results/local").glob("*-ab")
    return place


def journals(bench: Path, side: str) -> list[Journal]:
    """The journals of a side."""
    return read_run(folder(bench) / side)[1]


def has_started(bench: Path) -> bool:
    """Whether the binary has measured anything."""
    return (bench.parent / "starts").exists()
