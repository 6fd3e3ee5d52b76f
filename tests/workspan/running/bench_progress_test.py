# SPDX-License-Identifier: Apache-2.0
"""The progress file of the binary: whole lines are read, half-written ones are not."""

from pathlib import Path

import pytest

from workspan.running.bench_progress import BenchProgress, read_bench_progress

LINE = b'{"case": "copy/seq/n:8/threads:1", "position": 2, "cases": 5, "left": 1.5}'


@pytest.mark.parametrize("padding", [b"", b"\n", b"      \n", b"\0\0\0"])
def test_a_padded_line_is_read(padding: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(LINE + padding)
    assert read_bench_progress(tmp_path / "x") == BenchProgress(
        case="copy/seq/n:8/threads:1", position=2, cases=5, left=1.5
    )


@pytest.mark.parametrize(
    "data", [b"", LINE[:-9], LINE + LINE, LINE.replace(b"1.5", b"-1"), b" " * 9000 + LINE]
)
def test_anything_else_is_not(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    assert read_bench_progress(tmp_path / "x") is None
    assert read_bench_progress(tmp_path / "missing") is None
