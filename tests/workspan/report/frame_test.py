# SPDX-License-Identifier: Apache-2.0
"""Result files as data frames: a row per invocation or sample, with types kept."""

from pathlib import Path

import pandas as pd
import pytest
from sample_results import case, encoded, foreign, result

import workspan
from workspan.cli.app import invoke
from workspan.report.frame import frame_of
from workspan.support.errors import InputError


def test_a_frame_has_a_row_per_invocation_or_sample(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(encoded())
    frame = workspan.load(path)
    assert len(frame) == 4
    assert frame.groupby("name").wall.median()["copy/omp/n:1024/threads:2"] == pytest.approx(
        1.125e-6
    )
    assert list(workspan.load(path, samples=True).groupby("name").size()) == [1, 2, 3, 1]
    assert frame["counter.p99"].count() == 1
    facts = frame[["scope", "ceiling", "role", "ours", "threading", "level"]].iloc[1].tolist()
    assert facts == ["host", "copy", "main", True, "team", "none"]
    assert frame[frame.status == "skipped"].wall.isna().all()
    path.write_bytes(foreign())
    assert list(workspan.load(str(path)).wall) == pytest.approx([2e-6, 3e-6, 4e-6])
    path.write_bytes(b"{}")
    with pytest.raises(InputError):
        workspan.load(path)


def test_too_many_kinds_of_counters_are_refused() -> None:
    many = case("copy/seq/n:8/threads:1", [1.0], counters={f"c{k}": 1.0 for k in range(1001)})
    with pytest.raises(InputError, match="1001 kinds of counters"):
        frame_of(result([many]), "FILE")


def test_parquet_keeps_types(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_bytes(encoded())
    assert (
        invoke(
            [
                "export",
                str(tmp_path / "r.json"),
                "--format",
                "parquet",
                "--samples",
                "--out",
                str(tmp_path / "p"),
            ]
        )
        == 0
    )
    frame = pd.read_parquet(tmp_path / "p")
    assert (frame.n.dtype, frame.wall.dtype, len(frame)) == ("Int64", "float64", 7)
