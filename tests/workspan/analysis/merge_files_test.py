# SPDX-License-Identifier: Apache-2.0
"""Result files of single invocations merged by `workspan merge`, if they belong together."""

import json
import math
import shlex
from pathlib import Path
from typing import Any

import pytest
from sample_results import case, changed, encoded, result, tree

from workspan.analysis.merge_files import merge_files
from workspan.cli.app import invoke
from workspan.resultfile.encode import encode_result
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result, read_result
from workspan.support.errors import UsageError

SEQ, OMP = "copy/seq/n:8/threads:1", "copy/omp/n:8/threads:2"


def seq(time: float, **fields: Any) -> dict[str, Any]:
    return case(SEQ, [time], **fields)


def test_times_that_no_clock_told_still_make_strict_json() -> None:
    for time in (1e300, 5e-324):
        extreme = case(
            SEQ,
            [time, time],
            invocations=[
                {"wall": [time, time], "cpu": [1e300, 0.0], "iterations": 1, "cpu_share": 1e300}
            ],
        )
        days = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
        files = [
            (day, result_without_rows([extreme | {"interval": "none"}], started=day))
            for day in days
        ]
        data = encode_result(merge_files(files))
        decode_result(data, "extreme")
        assert b"null" not in data


def result_without_rows(cases: list[dict[str, Any]], **run: Any) -> ResultFile:
    file = tree(cases)
    file["benchmarks"] = []
    file["workspan"]["run"] |= run
    return decode_result(json.dumps(file).encode(), "sample")


def test_merging_files() -> None:
    a, b = (
        result([seq(1.0)]),
        result_without_rows([seq(3.0)], ended="2026-02-02T03:04:05Z", complete=False),
    )
    file = merge_files([("a", a), ("b", b)])
    assert file.workspan.cases[0].time == pytest.approx(math.sqrt(3))
    run = file.workspan.run
    assert (run.invocations, run.complete, run.ended, run.arguments) == (
        2,
        False,
        "2026-02-02T03:04:05Z",
        ["bench"],
    )


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (
            "bench --preset full --out a.json",
            "bench --out=b.json --preset full",
            "bench --preset full",
        ),
        ("bench --benchmark_out a --seed 2 --progress-file p", "bench --seed 2", "bench --seed 2"),
        ("bench --out --out --seed 2", "bench --seed 2", "bench --seed 2"),
        (
            "bench --workload gemm --out a",
            "bench --workload fft",
            "workspan merge 'bench --workload gemm' 'bench --workload fft'",
        ),
        (
            "bench --benchmark_out_format json",
            "bench --benchmark_out_format json",
            "bench --benchmark_out_format json",
        ),
    ],
)
def test_the_command_that_measured_is_kept_and_where_it_wrote_is_not(
    one: str, other: str, kept: str
) -> None:
    files = [
        result_without_rows([seq(t)], arguments=shlex.split(words))
        for t, words in ((1.0, one), (2.0, other))
    ]
    assert merge_files([("a", files[0]), ("b", files[1])]).workspan.run.arguments == shlex.split(
        kept
    )
    again = merge_files([("a", files[0])])
    assert merge_files([("again", again)]).workspan.run.arguments == again.workspan.run.arguments, (
        "merged once more"
    )


def test_other_workloads_join() -> None:
    file = merge_files(
        [("a", result([seq(1.0)])), ("b", result([case("triad/seq/n:8/threads:1", [1.0])]))]
    )
    assert (len(file.workspan.cases), file.workspan.run.invocations) == (2, 1)


def test_what_does_not_belong_together_is_refused() -> None:
    a = result([seq(1.0)])
    build = changed(
        a,
        build=result().workspan.build.__class__(
            **{**dict.fromkeys(a.workspan.build.__struct_fields__, "x"), "flags": "-O2"}
        ),
    )
    with pytest.raises(UsageError, match="a and b do not belong to one run: build flags x and -O2"):
        merge_files([("a", a), ("b", build)])
    with pytest.raises(UsageError, match="option seed 1 and 2"):
        merge_files([("a", a), ("b", result_without_rows([seq(2.0)], seed=2))])
    with pytest.raises(UsageError, match="a and b are the same invocation"):
        merge_files([("a", a), ("b", result([seq(1.0)]))])
    with pytest.raises(UsageError, match="b is merged already"):
        merge_files([("a", a), ("b", merge_files([("a", a), ("c", result([seq(2.0)]))]))])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, time in (("a", 1.0), ("b", 3.0)):
        (tmp_path / name).write_bytes(encoded([seq(time)]))
    a, b, out = (str(tmp_path / name) for name in ("a", "b", "out.json"))
    assert invoke(["merge", a, b, "--out", out]) == 0
    assert "out.json: Verified and timed: 1. Skipped: 0. Failed: 0." in capsys.readouterr().out
    assert read_result(Path(out)).workspan.cases[0].time == pytest.approx(math.sqrt(3))
    assert invoke(["merge", a, b, "--out", a]) == 2
    assert "is one of the inputs" in capsys.readouterr().err
    assert invoke(["merge", a, str(tmp_path / "none"), "--out", out]) == 2
    assert invoke(["merge", a, "--out", str(tmp_path / "no/folder")]) == 2
    assert read_result(Path(out)).workspan.cases[0].time == pytest.approx(math.sqrt(3))
