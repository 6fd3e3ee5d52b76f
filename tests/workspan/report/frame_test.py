# SPDX-License-Identifier: Apache-2.0
"""Result files as data frames: a row per invocation or sample, with types kept."""

from pathlib import Path

import pandas as pd
import pytest
from asynchronous import served, spread
from block_files import SEQ, decoded, file_with, in_blocks
from sample_results import case, encoded, foreign, result

import workspan
from workspan.cli.app import invoke
from workspan.report.frame import frame_of, load
from workspan.resultfile.names import AXES
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


def test_its_documentation_lists_all_axes() -> None:
    text = " ".join((load.__doc__ or "").split())
    assert f"the axes ({', '.join(AXES)})" in text


def test_samples_have_their_blocks_and_whether_they_were_disturbed() -> None:
    wall = {1: 1.0, 4: 2.0}
    cases = [in_blocks(SEQ, wall, disturbed=(4,)), case("reduce/omp/n:8/threads:2", [1.0])]
    frame = frame_of(decoded(file_with(cases, [])), "FILE", samples=True)
    of_seq = frame[frame.variant == "seq"]
    assert of_seq.block.tolist() == [1, 4] and of_seq.runs.tolist() == [7, 7]
    assert of_seq["clean"].tolist() == [True, False]
    assert of_seq.waited.tolist() == [0.0, 1e-3]
    assert of_seq["at"].tolist() == pytest.approx([0.1, 0.4])
    assert frame[frame.variant == "omp"][["block", "clean", "at"]].isna().all(axis=None)
    assert "block" not in frame_of(decoded(file_with(cases, [])), "FILE")


def test_medians_are_of_the_samples_that_count() -> None:
    wall = {k: float(k) for k in range(1, 10)}
    file = decoded(file_with([in_blocks(SEQ, wall, disturbed=(7, 8, 9))], []))
    assert frame_of(file, "FILE").wall.tolist() == [3.5]


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


def test_latencies_are_percentiles_where_they_are_known() -> None:
    name = "echo/seq/n:8/rate:{}/threads:1"
    few, many = {1000: 15, 9000: 5}, spread(40, 91, 290)
    cases = [
        served(name.format("closed"), 1.0, many),
        served(name.format("20000"), 1.0, many),
        served("fileio/seq/n:8/threads:1", 1.0, few),
    ]
    frame = frame_of(result(cases), "FILE")
    columns = [c for c in frame.columns if c.startswith("latency_")]
    assert columns == [f"latency_p{p}_ns" for p in ("50", "90", "99", "99_9")]
    first = frame[frame.invocation == 1]
    assert first[columns].astype(object).where(first[columns].notna(), None).values.tolist() == [
        [40_000, None, None, None],
        [40_000, 91_000, 91_000, 290_000],
        [1000, None, None, None],
    ]
    assert [str(frame[c].dtype) for c in columns] == ["Int64"] * 4
    assert not [c for c in frame_of(result(), "FILE").columns if c.startswith("latency_")]
    text = " ".join((load.__doc__ or "").split())
    assert all(column in text for column in columns)
