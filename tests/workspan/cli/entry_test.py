# SPDX-License-Identifier: Apache-2.0
"""The entry point as a process: closed, full and abandoned streams, and Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paths import SCRIPTS
from sample_results import encoded

WORKSPAN = [sys.executable, "-c", "from workspan.cli.entry import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SCRIPTS)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    path.write_bytes(encoded())
    return path


def shell(line: str, file: Path) -> subprocess.CompletedProcess[str]:
    script = f'workspan() {{ "$0" -c "from workspan.cli.entry import main; main()" "$@"; }}; {line}'
    command = ["bash", "-c", script, sys.executable]
    return subprocess.run(
        command, capture_output=True, text=True, env={**ENVIRONMENT, "FILE": str(file)}, timeout=60
    )


@pytest.mark.parametrize("command", ["info", "export", "compare $FILE", "validate", "--help;:"])
def test_a_reader_that_goes_away_changes_no_exit_code(command: str, file: Path) -> None:
    with_all = shell(f"workspan {command} $FILE", file)
    cut_off = shell(
        f"workspan {command} $FILE | head -n 1 >/dev/null; exit ${{PIPESTATUS[0]}}", file
    )
    assert (cut_off.returncode, cut_off.stderr) == (with_all.returncode, with_all.stderr)


def test_a_closed_stdout_is_not_a_traceback(file: Path) -> None:
    done = shell("workspan info $FILE >&-", file)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["info", "export"])
def test_a_full_stdout_is_one_line(command: str, file: Path) -> None:
    done = shell(f"workspan {command} $FILE >/dev/full", file)
    assert (done.returncode, done.stderr) == (
        2,
        "workspan: cannot write to stdout: No space left on device\n",
    )


def test_ctrl_c_is_reported(tmp_path: Path) -> None:
    slow = tmp_path / "bench"
    slow.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\nexec sleep 30\n")
    slow.chmod(0o755)
    process = subprocess.Popen(
        [*WORKSPAN, "doctor", "--bench", str(slow)],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "workspan: interrupted\n")
