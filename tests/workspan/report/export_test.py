# SPDX-License-Identifier: Apache-2.0
"""Tables, info, lists, CSV, Parquet, Go's format, JUnit; hostile text stays text."""

import csv
import io
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest
from rich.console import Console
from sample_results import (
    COMMITTED,
    case,
    changed,
    encoded,
    foreign,
    journal,
    planned,
    record,
    result,
    without_times,
)

import workspan
from workspan.analysis.judge import judge
from workspan.analysis.merge import encode_result, merge_run
from workspan.cli.app import invoke
from workspan.report.export import to_csv, to_gobench, to_junit
from workspan.report.frame import frame_of
from workspan.report.run_info import heading, print_info
from workspan.report.run_list import find_runs
from workspan.report.run_table import power
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import decode_any
from workspan.support.errors import InputError
from workspan.support.units import format_bytes, format_number, format_time

HOSTILE = "\x1b[31m\u202e[bold]=1+1|`\n\x00\ufffe\U000e0001"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\U000e0001]")


def hostile() -> ResultFile:
    cases = [
        case(
            "copy/seq/n:1024/threads:1",
            [1e-6, 1e-6],
            warnings=[{"code": "of_tomorrow", "detail": HOSTILE}],
            counters={HOSTILE: 1.0},
        ),
        without_times("copy/omp/n:1024/threads:2", "failed", HOSTILE),
        without_times("copy/cuda/n:1024/threads:1", "crashed", " =cmd()" + "x" * 60000),
    ]
    file = result(cases)
    bad = record(
        number=2, status=Status.CRASHED, reason=HOSTILE, stderr=HOSTILE, disturbed=[HOSTILE]
    )
    return changed(file, invocations=[record(), bad])


def shown(file: Any, columns: int, terminal: bool) -> str:
    out = io.StringIO()
    print_info(
        file,
        Console(
            file=out,
            width=columns,
            force_terminal=terminal,
            color_system=None,
            highlight=False,
            markup=False,
        ),
    )
    return out.getvalue()


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_a_terminal_gets_no_line_wider_than_it_and_no_foreign_control(columns: int) -> None:
    text = shown(hostile(), columns, terminal=True)
    assert not CONTROL.search(text)
    table = [line for line in text.splitlines() if line.startswith(("variant", "seq"))]
    assert len(table) == 2
    assert all(len(line) <= columns for line in table)
    assert "[bold]=1+1|`<U+000A><U+0000>" in text
    assert max(map(len, text.splitlines())) < 1000


@pytest.mark.parametrize("columns", [70, 80, 200])
def test_no_number_is_cut_off(columns: int) -> None:
    file = decode_any(COMMITTED[0].read_bytes(), "committed")
    text = shown(file, columns, terminal=True)
    assert isinstance(file, ResultFile)
    measured = [c for c in file.workspan.cases if c.status is Status.OK]
    first_words = {"variant"} | {c.variant for c in measured}
    table = [line for line in text.splitlines() if line.split(" ")[0] in first_words]
    assert len(table) > len(measured)
    assert max(map(len, table)) <= columns
    assert all(f" {format_time(c.time or 0)} " in text for c in measured)
    ratios = [judgement.vs_all_cores or judgement.efficiency for judgement in judge(file).values()]
    assert all(
        re.search(rf" {format_number(ratio)}$", text, re.MULTILINE) for ratio in ratios if ratio
    )


def test_a_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(encoded())
    assert invoke(["info", str(path)]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "Verified and timed: 3. Skipped: 1. Failed: 0." in text
    row = next(line for line in text.splitlines() if line.startswith("omp"))
    assert row.split() == ["omp", "2", "1.12", "us", "11.1%~", "14.6", "1.00", "1.87"]
    assert "n = 2^10, input zipf (16.4 kB)" in text
    assert "skipped: no CUDA device (1): copy/cuda/n:1024/threads:1" in text


def test_a_merged_run_tells_its_disturbances() -> None:
    died = journal(
        None, "copy", 2, status=Status.CRASHED, reason="SIGSEGV", case="copy/omp/n:8/threads:2"
    )
    good = journal([case("copy/seq/n:8/threads:1", [1.0])], "copy", 1, disturbed=["steal 9 %"])
    plan = result([planned("copy/omp/n:8/threads:2")])
    text = shown(
        merge_run([good, died], plan, complete=False, arguments=[], preset="quick", invocations=3),
        100,
        terminal=False,
    )
    assert "disturbed   copy 1: steal 9 %" in text
    assert "crashed     copy 2: SIGSEGV" in text
    assert "INCOMPLETE" in text
    assert "CRASHED: invocation 2: SIGSEGV (1): copy/omp/n:8/threads:2" in text
    assert "Crashed: 1." in text


def test_numbers_line_up() -> None:
    assert [format_number(x) for x in (0, 0.001, 0.5, 9.99, 9.996, 99.96, 123456, 2e6)] == [
        *("0.00", "1.0e-03", "0.50", "9.99", "10.0", "100", "123456", "2.0e+06")
    ]
    assert [format_time(x) for x in (5e-324, 9.99e-10, 9.996e-7, 1.5e-3, 12, 1e300)] == [
        *("4.9e-315 ns", "1.00 ns", "1.00 us", "1.50 ms", "12.0 s", "1.0e+300 s")
    ]
    assert [format_bytes(x) for x in (0, 999, 999.6, 1e3, 1.5e9, 1.6e13, 1.6e16, 1e18, 1e300)] == [
        *(
            "0 B",
            "999 B",
            "1.00 kB",
            "1.00 kB",
            "1.50 GB",
            "16.0 TB",
            "16.0 PB",
            "1.00 EB",
            "1.0e+282 EB",
        )
    ]
    assert [power(n) for n in (0, 1000, 1023, 1024, 2**40, 2**40 + 1)] == [
        "0",
        "1000",
        "1023",
        "2^10",
        "2^40",
        str(2**40 + 1),
    ]


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


def test_csv_is_text_only() -> None:
    data = to_csv(frame_of(hostile(), "FILE")).decode()
    rows = list(csv.DictReader(io.StringIO(data)))
    assert len(rows) == 3
    assert rows[2]["reason"].startswith("' =cmd()")
    assert not CONTROL.search(data.replace("\r\n", "\n"))
    assert all(
        not cell.lstrip().startswith(("=", "+", "@", "-")) for row in rows for cell in row.values()
    )


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


def test_the_list_names_runs_and_what_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "local/2026-a"
    run.mkdir(parents=True)
    for name in ("manifest.json", "0001-copy-1-1.json", "0002-copy-2-1.json"):
        (run / name).write_text("{}")
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine/quick.json").write_bytes(encode_result(result()))
    (tmp_path / "machine/bad.json").write_text("{")
    os.mkfifo(tmp_path / "machine/pipe.json")
    (tmp_path / "again").symlink_to(tmp_path)
    runs = {r.name: r for r in find_runs(tmp_path)}
    assert set(runs) == {"local/2026-a", "machine/quick", "machine/bad", "machine/pipe"}
    assert runs["local/2026-a"].state.startswith("unfinished, 2 invocations")
    assert (runs["machine/quick"].cases, runs["machine/quick"].date) == (
        "3 ok, 1 skipped",
        "2026-01-02 03:04:05",
    )
    assert "a pipe" in runs["machine/pipe"].broken
    assert invoke(["list", str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "broken: " in out
    assert "bad.json: line 1, column 2" in out
    (tmp_path / "machine/bad.json").unlink()
    (tmp_path / "machine/pipe.json").unlink()
    assert invoke(["list", str(tmp_path)]) == 0
    (tmp_path / "empty").mkdir()
    assert invoke(["list", str(tmp_path / "empty")]) == 3
    assert invoke(["list", str(tmp_path / "none")]) == 2


def test_what_went_wrong_is_named_in_full_however_much_it_is() -> None:
    names = [f"copy/omp/n:{n}/threads:2" for n in range(8, 18)]
    for status, whole in (
        ("failed", True),
        ("crashed", True),
        ("timeout", True),
        ("skipped", False),
    ):
        text = shown(
            result([without_times(name, status, "one reason") for name in names]),
            200,
            terminal=False,
        )
        assert all(name in text for name in names) is whole, status


def test_one_of_a_thing_is_no_plural() -> None:
    text = shown(result(), 200, terminal=False)
    assert "1 NUMA node\n" in text and "1 invocation of each workload" in text
    one = result()
    head = heading(changed(one, run=msgspec.structs.replace(one.workspan.run, all_threads=1)))
    assert ", 1 usable thread, " in head and ", 1 process per workload, " in head


def test_repetitions_are_not_called_invocations() -> None:
    assert (
        "repetitions"
        in shown(decode_any(foreign(), "FILE"), 200, terminal=False)
        .split("BM_x/8")[0]
        .splitlines()[-1]
    )
