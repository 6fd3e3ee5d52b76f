# SPDX-License-Identifier: Apache-2.0
"""Result files as CSV, Go's benchmark format and JUnit; hostile text stays text."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hostile import CONTROL, hostile
from sample_results import foreign, result

from workspan.cli.app import invoke
from workspan.report.export import to_csv, to_gobench, to_junit
from workspan.report.frame import frame_of
from workspan.resultfile.read import decode_any


def test_csv_is_text_only() -> None:
    data = to_csv(frame_of(hostile(), "FILE")).decode()
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == 3
    assert rows[2]["reason"].startswith("' =cmd()")
    assert not CONTROL.search(data.replace("\r\n", "\n"))
    assert all(
        not cell.lstrip().startswith(("=", "+", "@", "-")) for row in rows for cell in row.values()
    )


def test_gobench_is_a_line_per_invocation() -> None:
    lines = to_gobench(result()).decode().splitlines()
    assert "cpu: Test CPU" in lines
    assert (
        "BenchmarkHistogram/seq/n=1024/input=zipf/threads=1\t7\t5000 ns/op\t3276800000 B/s" in lines
    )
    for line in (
        to_gobench(hostile()).decode().splitlines()
        + to_gobench(decode_any(foreign(), "x")).decode().splitlines()
    ):
        assert re.fullmatch(r"[a-z]+: .*|Benchmark[A-Z]\S*\t\d+(\t[0-9.e+-]+ \S+)+", line)


def test_junit_counts_and_escapes() -> None:
    data = to_junit(hostile())
    suite = ET.fromstring(data)[0]
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
    }
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert (
        failure.get("message")
        == "<U+001B>[31m<U+202E>[bold]=1+1|`<U+000A><U+0000><U+FFFE><U+E0001>"
    )
    assert ET.fromstring(to_junit(result()))[0].get("skipped") == "1"


def test_export_refuses_what_it_cannot_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(foreign())
    assert invoke(["export", str(path), "--format", "junit"]) == 2
    assert invoke(["export", str(path), "--format", "csv", "--out", str(path)]) == 2
    assert path.read_bytes() == foreign()
    assert invoke(["export", str(path), "--format", "xml"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert invoke(["export", str(path)]) == 0
    assert capsys.readouterr().out.startswith("name,threads,status,invocation,wall")
