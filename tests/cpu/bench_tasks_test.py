# SPDX-License-Identifier: Apache-2.0
"""--axis and --trace of the binary: mistakes have one line, and a trace never costs the results."""

import json
import os
import subprocess
from pathlib import Path

import pytest

BENCH = os.environ.get("BENCH", "build/release/bench")


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BENCH, *arguments], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--workload", "copy", "--trace", "t.json"], 2, "none of the cases has tasks"),
        (["--workload", "busy", "--trace", "t", "--out", "./t"], 2, "name two files, not t twice"),
        (["--workload", "copy", "--trace", "t", "--dry-run"], 2, "none of the cases has tasks"),
        (["--workload", "waiters", "--variant", "seq", "--sizes", "101"], 3, "does not suit"),
        (["--trace", ""], 2, "--trace: the name is empty"),
        (["--workload", "overlap", "--axis", "chunks:0"], 2, "'0' is not a size from 1"),
        (["--workload", "overlap", "--axis", "chunks:4097"], 3, "does not suit"),
    ],
)
def test_mistakes_get_one_line_and_the_documented_code(
    arguments: list[str], code: int, says: str
) -> None:
    done = bench(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_trace_that_cannot_be_written_costs_no_result(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    chosen = ["--workload", "dispatch", "--variant", "seq", "--sizes", "10"]
    done = bench(*chosen, "--benchmark_repetitions=1", "--out", str(out), "--trace", "/dev/full")
    assert done.returncode == 2
    assert "--trace: " in done.stderr
    assert "ok seq" in done.stdout
    assert json.loads(out.read_text())["workspan"]["cases"][0]["status"] == "ok"
