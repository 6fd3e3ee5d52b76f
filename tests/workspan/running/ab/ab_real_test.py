# SPDX-License-Identifier: Apache-2.0
"""`workspan ab` with the real binary: it finds a slowdown, and raises no false alarm.

If WORKSPAN_LONG is set, 20 runs each, on a quiet machine: the smallest detectable difference
depends on its noise. Else one run of one workload, twice as slow, which must pass under any load.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ab_process import ab
from paths import ROOT

SLOWED = Path(os.environ.get("BENCH_SLOWED", ROOT / "build/release/tests/bench_slowed"))
LONG = bool(os.environ.get("WORKSPAN_LONG"))
RUNS = 20 if LONG else 1
SLOW = "mandelbrot:1.10" if LONG else "mandelbrot:2.00"
# 12 pairs and 8 cases, or 8 pairs and 2 cases: the signed-rank test stays significant after
# correction even if a burst of load reverses one pair.
AMOUNT = (
    "--workload mandelbrot,fma,triad --threads 2 --budget 0.3s --pairs 12"
    if LONG
    else "--workload mandelbrot --variant seq,omp --threads 2 --budget 0.1s --pairs 8"
)
LEAST = 10  # pairs per case


def real(tmp_path: Path, number: int, slow: str) -> dict[str, Any]:
    link = tmp_path / f"{number}" / "bench_slowed"
    link.parent.mkdir()
    link.symlink_to(SLOWED)
    done = ab(
        link,
        str(link),
        *AMOUNT.split(),
        "--format",
        "json",
        "--seed",
        str(number),
        "--env-b",
        f"WORKSPAN_TEST_SLOW={slow}",
        patch="",
    )
    assert done.returncode in (0, 1, 3), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return {row["name"]: row for row in report["rows"]}


@pytest.mark.skipif(not LONG, reason="the rate of false alarms needs many runs")
@pytest.mark.skipif(not SLOWED.exists(), reason="the binary for tests is not built")
def test_identical_sides_raise_no_alarm(tmp_path: Path) -> None:
    alarms, conclusive = [], 0
    for number in range(RUNS):
        rows = real(tmp_path, number, "")
        pairs = {
            name: (row["old_invocations"], row["new_invocations"]) for name, row in rows.items()
        }
        assert pairs and all(min(counts) >= LEAST for counts in pairs.values()), pairs
        conclusive += sum(row["verdict"] in ("SAME", "SLOWER", "FASTER") for row in rows.values())
        alarms.append(
            [
                f"{name}: {row['verdict']}"
                for name, row in rows.items()
                if row["verdict"] in ("SLOWER", "FASTER")
            ]
        )
    assert sum(map(bool, alarms)) <= 1, alarms
    assert conclusive, "no comparison was conclusive"


@pytest.mark.skipif(not SLOWED.exists(), reason="the binary for tests is not built")
def test_a_slowed_workload_is_found(tmp_path: Path) -> None:
    missed = []
    for number in range(RUNS):
        rows = real(tmp_path, number, SLOW)
        if not any(
            row["verdict"] == "SLOWER"
            for name, row in rows.items()
            if name.startswith("mandelbrot/")
        ):
            missed.append(
                {
                    name: (row["verdict"], row["effect"], row["interval"], row["q"])
                    for name, row in rows.items()
                }
            )
    assert len(missed) <= (1 if LONG else 0), missed
