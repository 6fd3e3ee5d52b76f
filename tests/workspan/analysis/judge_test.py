# SPDX-License-Identifier: Apache-2.0
"""The judgements on merged cases are those of the binary on one invocation."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT
from sample_results import COMMITTED, case, result

from workspan.analysis.ceilings import CacheSizes, Level, cache_sizes, level_of
from workspan.analysis.judge import IDLE, SHARED, judge
from workspan.resultfile.model import Case, Comparison, Ratio, ResultFile
from workspan.resultfile.read import decode_result

BENCH = ROOT / "build/release/bench"
RATIOS = ("vs_seq", "vs_1_thread", "efficiency", "vs_all_cores", "of_ceiling")


def judged(cases: list[dict[str, Any]], all_threads: int = 2) -> dict[str, Case]:
    file = result(cases)
    return {c.name: c for c in judge(file.workspan.cases, file.workspan.machine, all_threads)}


def comparison(of: Case) -> Comparison:
    assert of.comparison is not None
    return of.comparison


def ratio(of: Case, field: str) -> float | None:
    value = getattr(comparison(of), field)
    return value.ratio if isinstance(value, Ratio) else None


def assert_same_judgements(file: ResultFile) -> None:
    ours = judge(file.workspan.cases, file.workspan.machine, file.workspan.run.all_threads)
    above = "above its ceiling: "  # files made before this note existed have none
    unknown = not any(w.startswith(above) for c in file.workspan.cases for w in c.warnings)
    for theirs, mine in zip(file.workspan.cases, ours, strict=True):
        assert sorted(theirs.warnings) == sorted(
            w for w in mine.warnings if not (unknown and w.startswith(above))
        )
        assert (theirs.comparison is None) == (mine.comparison is None)
        if theirs.comparison is None or mine.comparison is None:
            continue
        assert theirs.comparison.ceiling == mine.comparison.ceiling, theirs.name
        for field in RATIOS:
            a, b = getattr(theirs.comparison, field), getattr(mine.comparison, field)
            assert type(a) is type(b), (theirs.name, field)
            if isinstance(a, Ratio):
                assert b.ratio == pytest.approx(a.ratio, rel=1e-9)
                assert b.interval == (
                    a.interval if a.interval == "none" else pytest.approx(a.interval, rel=1e-9)
                )


@pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_as_the_binary_judged_committed_files(path: Path) -> None:
    assert_same_judgements(decode_result(path.read_bytes(), "committed"))


@pytest.mark.skipif(not BENCH.exists(), reason="the binary is not built")
def test_as_the_binary_judges() -> None:
    chosen = [
        "--preset",
        "smoke",
        "--workload",
        "copy,triad,reduce,fma,mandelbrot",
        "--budget",
        "0.2s",
        "--benchmark_format=json",
    ]
    assert_same_judgements(
        decode_result(
            subprocess.run([BENCH, *chosen], check=True, capture_output=True).stdout, "bench"
        )
    )


def test_speedups_and_their_intervals() -> None:
    cases = [
        case("gemm/seq/n:8/threads:1", [4.0], interval=[3.0, 5.0]),
        case("gemm/omp/n:8/threads:1", [5.0], interval=[4.0, 6.0]),
        case("gemm/omp/n:8/threads:2", [2.0], interval=[1.0, 2.5]),
        case("gemm/omp/n:9/threads:2", [1.0]),
        case("gemm/seq/n:8/input:zipf/threads:1", [1.0]),
        case("gemm/cuda/n:8/threads:1", [0.5], scope="kernel", interval="none"),
    ]
    found = judged(cases)
    omp = comparison(found["gemm/omp/n:8/threads:2"])
    assert omp.vs_seq == Ratio(ratio=2.0, interval=(3.0 / 2.5, 5.0))
    assert omp.vs_1_thread == Ratio(ratio=2.5, interval=(4.0 / 2.5, 6.0))
    assert omp.efficiency == Ratio(ratio=1.25, interval=(4.0 / 5, 3.0))
    assert omp.vs_all_cores == "not measured"
    assert comparison(found["gemm/cuda/n:8/threads:1"]).vs_all_cores == Ratio(
        ratio=4.0, interval="none"
    )
    assert comparison(found["gemm/omp/n:9/threads:2"]).vs_seq == "not measured"
    assert ratio(judged(cases, all_threads=4)["gemm/cuda/n:8/threads:1"], "vs_all_cores") is None


def test_ceilings() -> None:
    def sized(mib: float) -> dict[str, float]:
        return {"host_shared": mib * 2**20, "host_case": 0.0, "device_case": 0.0}

    cases = [
        case("read/seq/n:8/threads:1", [2.0], footprint=sized(512)),
        case("read/omp/n:8/threads:1", [1.0], footprint=sized(512)),
        case("read/omp/n:2/threads:1", [0.5], footprint=sized(0.001)),
        case("histogram/seq/n:8/threads:1", [4.0], footprint=sized(512)),
        case("histogram/seq/n:9/threads:1", [4.0], footprint=sized(512 * 9)),
        case("histogram/omp/n:8/threads:2", [4.0], footprint=sized(512)),
        case("histogram/seq/n:7/threads:1", [4.0], footprint=sized(4)),
    ]
    found = judged(cases)
    seq = comparison(found["histogram/seq/n:8/threads:1"])
    assert (seq.ceiling, ratio(found["histogram/seq/n:8/threads:1"], "of_ceiling")) == (
        "read/omp/n:8/threads:1",
        0.25,
    )
    assert ratio(found["read/seq/n:8/threads:1"], "of_ceiling") == 0.5
    assert (
        ratio(found["histogram/seq/n:9/threads:1"], "of_ceiling") is None
    )  # more than eight times its size
    assert (
        ratio(found["histogram/omp/n:8/threads:2"], "of_ceiling") is None
    )  # no ceiling on two threads
    assert found["histogram/seq/n:7/threads:1"].warnings == [SHARED]
    assert found["histogram/seq/n:8/threads:1"].warnings == []


def test_a_ceiling_of_about_the_same_size_comes_before_a_faster_one() -> None:
    def sized(mib: float) -> dict[str, float]:
        return {"host_shared": mib * 2**20, "host_case": 0.0, "device_case": 0.0}

    cases = [
        case("read/seq/n:8/threads:1", [0.5], footprint=sized(1024 * 6)),
        case("read/seq/n:4/threads:1", [1.0], footprint=sized(1024 * 2)),
        case("histogram/seq/n:8/threads:1", [2.0], footprint=sized(1024)),
    ]
    assert (
        comparison(judged(cases)["histogram/seq/n:8/threads:1"]).ceiling == "read/seq/n:4/threads:1"
    )
    assert (
        comparison(judged([cases[0], cases[2]])["histogram/seq/n:8/threads:1"]).ceiling
        == "read/seq/n:8/threads:1"
    )


def test_a_cold_case_is_held_against_a_cold_ceiling() -> None:
    cases = [
        case("read/cuda/n:8/threads:1", [1.0], scope="kernel"),
        case("histogram/cuda/n:8/threads:1", [4.0], scope="kernel"),
        case("read/cuda/n:8/l2:cold/threads:1", [2.0], scope="kernel"),
        case("histogram/cuda/n:8/l2:cold/threads:1", [4.0], scope="kernel"),
    ]
    found = judged(cases)
    assert ratio(found["histogram/cuda/n:8/threads:1"], "of_ceiling") == 0.25
    assert ratio(found["histogram/cuda/n:8/l2:cold/threads:1"], "of_ceiling") == 0.5
    assert (
        ratio(judged(cases[:1] + cases[3:])["histogram/cuda/n:8/l2:cold/threads:1"], "of_ceiling")
        is None
    )


def test_what_cannot_be_true_is_said() -> None:
    cases = [
        case("copy/seq/n:8/threads:1", [2.0], interval=[2.0, 2.0]),
        case("histogram/seq/n:8/threads:1", [1.0], interval=[1.0, 1.0]),
    ]
    assert (
        judged(cases)["histogram/seq/n:8/threads:1"]
        .warnings[0]
        .startswith("implausible: 2.00 of the ceiling copy/seq/n:8/threads:1")
    )
    cases[1] = case("triad/seq/n:8/threads:1", [1.0], interval=[1.0, 1.0])
    assert judged(cases)["triad/seq/n:8/threads:1"].warnings == []  # a ceiling itself


def test_faster_than_its_own_ceiling_only_is_said_too() -> None:
    cases = [
        case("read/seq/n:8/threads:1", [2.0], interval=[2.0, 2.0]),
        case("copy/seq/n:8/threads:1", [0.5], interval=[0.5, 0.5]),
        case("histogram/seq/n:8/threads:1", [1.0], interval=[1.0, 1.0]),
    ]
    assert (
        judged(cases)["histogram/seq/n:8/threads:1"]
        .warnings[0]
        .startswith("above its ceiling: read/seq/n:8/threads:1")
    )
    cases[0] = case("read/seq/n:8/threads:1", [1.0], interval=[1.0, 1.0])
    assert judged(cases)["histogram/seq/n:8/threads:1"].warnings == []


def test_what_had_not_its_cores_is_no_ceiling() -> None:
    idle = case("copy/omp/n:8/threads:2", [1.0])
    idle["invocations"][0]["cpu"] = [1.5]
    idle["warnings"] = ["kept", "implausible: of another day"]
    found = judged([idle])["copy/omp/n:8/threads:2"]
    assert found.warnings == ["kept", IDLE]
    assert comparison(found).ceiling == ""


def test_levels() -> None:
    file = result()
    assert cache_sizes(file.workspan.machine) == CacheSizes(0, 1048576.0, 0)
    of = result([case("copy/seq/n:1/threads:1", [1.0])]).workspan.cases[0]
    assert level_of(of, CacheSizes(32768, 65536)) is Level.L1
    assert level_of(of, CacheSizes(32767, 65536)) is Level.L2
    assert level_of(of, CacheSizes(0, 0)) is Level.SHARED_CACHE
