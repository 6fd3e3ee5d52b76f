# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, ceilings, and results that cannot be true."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from paths import ROOT
from sample_results import COMMITTED_1, case, result, without_times

from workspan.analysis.judge import Judgements, Judgement, judge, judge_cases, noise
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_result, read_result

BENCH = ROOT / "build/release/bench"
RATIOS = ("vs_seq", "vs_1_thread", "efficiency", "vs_all_cores", "of_ceiling")
CODES = {
    "implausible: ": "implausible",
    "above its ceiling: ": "above_ceiling",
    "cores shared or idle: ": "idle",
    "shared cache: ": "shared_cache",
}


def judged(cases: list[dict[str, Any]], all_threads: int = 2) -> Judgements:
    return judge_cases(result(cases).workspan.cases, all_threads)


def codes(of: Judgement) -> list[str]:
    return [warning.code for warning in of.warnings]


def sized(mib: float) -> dict[str, float]:
    return {"host_shared": mib * 2**20, "host_case": 0.0, "device_case": mib * 2**20}


def timed(name: str, seconds: float, **changed: Any) -> dict[str, Any]:
    """A case in memory with 1 % of interval on each side; the scope is the variant's."""
    variant = name.split("/")[1]
    scope = "e2e" if variant == "cuda_e2e" else "kernel" if variant == "cuda" else "host"
    fields = {"scope": scope, "level": "memory", "footprint": sized(1024)} | changed
    return case(name, [seconds * 0.99, seconds, seconds * 1.01], **fields)


def moving(name: str, gigabytes: float, **changed: Any) -> dict[str, Any]:
    """A case with this rate per second."""
    cost = {"flops": 0.0, "bytes": 1e9, "items": 1.0}
    return timed(name, 1 / gigabytes, cost=cost, **changed)


def computing(name: str, gigaflops: float, **changed: Any) -> dict[str, Any]:
    cost = {"flops": 1e9, "bytes": 1000.0, "items": 1.0}
    return timed(name, 1 / gigaflops, cost=cost, **changed)


# --- real files


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_are_judged_as_when_they_were_written(path: Path) -> None:
    """Their schema 1 holds the judgements of then."""
    then = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    said = {warning for c in then.values() for warning in c["warnings"]}
    knew_above = any(text.startswith("above its ceiling: ") for text in said)
    for name, now in judge(read_result(path)).items():
        old = then[name].get("comparison", dict.fromkeys(RATIOS, "") | {"ceiling": ""})
        assert now.ceiling == old["ceiling"], name
        for field in RATIOS:
            ratio = old[field]["ratio"] if isinstance(old[field], dict) else None
            assert getattr(now, field) == (ratio and pytest.approx(ratio, rel=1e-9)), (name, field)
        old_codes = [
            code
            for text in then[name]["warnings"]
            for start, code in CODES.items()
            if text.startswith(start)
        ]
        assert [c for c in codes(now) if c != "above_ceiling" or knew_above] == old_codes


@pytest.mark.skipif(not BENCH.exists(), reason="the binary is not built")
def test_a_file_of_the_binary_has_what_the_judge_needs() -> None:
    words = "--preset smoke --workload copy,triad,reduce,fma --budget 0.2s --benchmark_format=json"
    written = subprocess.run([BENCH, *words.split()], check=True, capture_output=True).stdout
    file = decode_result(written, "bench")
    assert json.loads(written)["workspan"]["schema_version"] == 2
    found = judge(file)
    ok = [c for c in file.workspan.cases if c.status is Status.OK]
    assert {c.variant for c in ok} >= {"seq", "omp"}
    assert all(found[c.name].vs_seq for c in ok if c.scope == "host")
    assert all(found[c.name].vs_seq == 1 for c in ok if c.variant == "seq")
    assert any(found[c.name].of_ceiling for c in ok)
    assert all(found[c.name].ceiling.split("/")[0] in ("", c.ceiling) for c in ok)


# --- speedups


def test_speedups_say_against_what() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:1", 8),
        moving("reduce/omp/n:8/threads:2", 16),
        moving("reduce/cuda/n:8/threads:1", 160),
        moving("reduce/cuda_e2e/n:8/threads:1", 4),
    ]
    seq, alone, team, cuda, e2e = judged(cases).values()
    assert seq.vs_seq == 1
    assert team.vs_seq == pytest.approx(1.6)
    assert team.vs_1_thread == pytest.approx(2)
    assert team.efficiency == pytest.approx(1)
    assert cuda.vs_all_cores == pytest.approx(10)  # against the faster omp
    assert e2e.vs_all_cores == pytest.approx(0.25)
    assert (seq.vs_1_thread, seq.vs_all_cores, alone.vs_1_thread) == (None, None, None)
    assert cuda.vs_1_thread is None


def test_speedups_are_within_one_size_and_input() -> None:
    cases = [
        case("gemm/seq/n:8/threads:1", [4.0]),
        case("gemm/omp/n:9/threads:2", [1.0]),
        case("gemm/omp/n:8/input:zipf/threads:2", [1.0]),
        case("gemm/omp/n:8/threads:2", [2.0], interval="none"),
    ]
    found = judged(cases)
    assert [j.vs_seq for j in found.values()] == [1, None, None, 2]
    assert [j.vs_1_thread for j in found.values()] == [None] * 4


def test_a_failed_or_absent_baseline_gives_no_speedup() -> None:
    failed = without_times("reduce/seq/n:8/threads:1", "failed", "wrong")
    found = judged([failed, moving("reduce/omp/n:8/threads:2", 16)])
    assert found["reduce/omp/n:8/threads:2"].vs_seq is None
    assert found["reduce/omp/n:8/threads:2"].vs_1_thread is None
    assert found["reduce/seq/n:8/threads:1"] == Judgement()


def test_all_cores_means_all_cores() -> None:
    cases = [moving("reduce/omp/n:8/threads:1", 10), moving("reduce/cuda/n:8/threads:1", 100)]
    assert judged(cases)["reduce/cuda/n:8/threads:1"].vs_all_cores is None
    assert judged(cases, all_threads=1)["reduce/cuda/n:8/threads:1"].vs_all_cores == pytest.approx(
        10
    )


def test_a_ratio_beyond_all_numbers_is_none() -> None:
    cases = [case("gemm/seq/n:8/threads:1", [1e290]), case("gemm/omp/n:8/threads:2", [1e-300])]
    assert judged(cases)["gemm/omp/n:8/threads:2"].vs_seq is None


# --- ceilings


def test_a_ceiling_is_the_fastest_of_the_same_threads_and_level() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("read/omp/n:8/threads:1", 20),
        moving("read/omp/n:8/threads:2", 40),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:2", 30),
        moving("read/seq/n:2/threads:1", 100, footprint=sized(0.1), level="l2"),
    ]
    found = judged(cases)
    reduce = found["reduce/seq/n:8/threads:1"]
    assert (reduce.ceiling, reduce.of_ceiling) == ("read/omp/n:8/threads:1", pytest.approx(0.5))
    assert found["reduce/omp/n:8/threads:2"].of_ceiling == pytest.approx(0.75)
    # A variant of a ceiling is held against the best one of its own size.
    assert found["read/seq/n:8/threads:1"].of_ceiling == pytest.approx(0.75)
    assert found["read/seq/n:2/threads:1"].ceiling == "read/seq/n:2/threads:1"


@pytest.mark.parametrize(
    ("mib", "level", "held"),
    [
        (1024, "memory", True),
        (512, "shared", True),  # one octave, whatever the level
        (256, "memory", True),  # up to three octaves in one level
        (256, "shared", False),
        (8 * 1024, "memory", True),
        (9 * 1024, "memory", False),
        (0, "none", False),
    ],
)
def test_a_memory_ceiling_holds_for_like_working_sets(mib: float, level: str, held: bool) -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20),
        moving("reduce/seq/n:9/threads:1", 10, footprint=sized(mib), level=level),
    ]
    found = judged(cases)["reduce/seq/n:9/threads:1"]
    assert found.of_ceiling == (pytest.approx(0.5) if held else None)


def test_a_ceiling_of_about_the_same_size_comes_before_a_faster_one() -> None:
    cases = [
        moving("copy/seq/n:8/threads:1", 90, footprint=sized(1024 * 6)),
        moving("copy/omp/n:8/threads:1", 70, footprint=sized(1024 * 2)),
        moving("scan/seq/n:8/threads:1", 63, footprint=sized(1024), ceiling="copy"),
    ]
    near = judged(cases)["scan/seq/n:8/threads:1"]
    assert (near.ceiling, near.of_ceiling) == ("copy/omp/n:8/threads:1", pytest.approx(0.9))
    far = judged([cases[0], cases[2]])["scan/seq/n:8/threads:1"]
    assert (far.ceiling, far.of_ceiling) == ("copy/seq/n:8/threads:1", pytest.approx(0.7))


def test_a_compute_ceiling_counts_flops_at_every_size() -> None:
    cases = [
        computing("fma/seq/n:8/threads:1", 100, footprint=sized(0.01), level="l1"),
        computing("gemm/seq/n:8/threads:1", 80),
    ]
    assert judged(cases)["gemm/seq/n:8/threads:1"].of_ceiling == pytest.approx(0.8)


def test_device_cases_are_held_against_device_ceilings_only() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("reduce/cuda/n:8/threads:1", 3000),
        moving("reduce/cuda_e2e/n:8/threads:1", 10),
    ]
    found = judged(cases)["reduce/cuda/n:8/threads:1"]
    assert (found.of_ceiling, found.warnings) == (None, ())
    found = judged([*cases, moving("read/cuda/n:8/threads:1", 4000)])
    assert found["reduce/cuda/n:8/threads:1"].of_ceiling == pytest.approx(0.75)
    assert found["reduce/cuda_e2e/n:8/threads:1"].of_ceiling is None


def test_a_cold_case_is_held_against_a_cold_ceiling() -> None:
    cases = [
        moving("read/cuda/n:8/threads:1", 4000),
        moving("reduce/cuda/n:8/l2:cold/threads:1", 1000),
        moving("read/cuda/n:8/l2:cold/threads:1", 2000),
        moving("reduce/cuda/n:8/threads:1", 2500),
    ]
    found = judged(cases)
    assert found["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling == pytest.approx(0.5)
    assert found["reduce/cuda/n:8/threads:1"].of_ceiling == pytest.approx(0.625)
    assert judged(cases[:2])["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling is None


def test_only_what_the_file_calls_a_ceiling_is_one() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20, ceiling="triad"),
        moving("gather/seq/n:8/threads:1", 30, ceiling="gather"),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("spmv/seq/n:8/threads:1", 15, ceiling="gather"),
    ]
    found = judged(cases)
    assert found["reduce/seq/n:8/threads:1"].of_ceiling is None
    assert found["spmv/seq/n:8/threads:1"].of_ceiling == pytest.approx(0.5)


# --- warnings


@pytest.mark.parametrize(
    ("rate", "warned"), [(10, False), (11.1, False), (11.19, False), (11.3, True), (20, True)]
)
def test_faster_than_every_ceiling_is_implausible(rate: float, warned: bool) -> None:
    """The limit is 1.1, and 1 % for each interval."""
    cases = [
        moving("read/seq/n:8/threads:1", 10),
        moving("copy/seq/n:8/threads:1", 9),
        moving("reduce/seq/n:8/threads:1", rate),
    ]
    warnings = judged(cases)["reduce/seq/n:8/threads:1"].warnings
    assert [w.code for w in warnings] == ["implausible"] * warned
    assert all(
        w.detail == f"{rate / 10:.2f} of the ceiling read/seq/n:8/threads:1" for w in warnings
    )


def test_faster_than_fma_is_implausible_too() -> None:
    cases = [computing("fma/seq/n:8/threads:1", 100), computing("gemm/seq/n:8/threads:1", 150)]
    assert codes(judged(cases)["gemm/seq/n:8/threads:1"]) == ["implausible"]


@pytest.mark.parametrize(("rate", "warned"), [(10, False), (11.19, False), (11.3, True)])
def test_faster_than_its_own_ceiling_only_is_said_too(rate: float, warned: bool) -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 10),
        moving("copy/seq/n:8/threads:1", 20),
        moving("reduce/seq/n:8/threads:1", rate),
    ]
    warnings = judged(cases)["reduce/seq/n:8/threads:1"].warnings
    named = [("above_ceiling", "read/seq/n:8/threads:1")]
    assert [(w.code, w.detail) for w in warnings] == named * warned


def test_ceilings_are_held_against_each_other() -> None:
    cases = [moving("read/seq/n:8/threads:1", 100), moving("copy/seq/n:8/threads:1", 10)]
    found = judged(cases)
    assert codes(found["read/seq/n:8/threads:1"]) == ["implausible"]
    assert codes(found["copy/seq/n:8/threads:1"]) == []
    cases[0] = moving("read/seq/n:8/threads:1", 39)
    assert codes(judged(cases)["read/seq/n:8/threads:1"]) == []


def test_a_case_without_its_cores_is_not_a_ceiling_and_says_so() -> None:
    idle = moving("read/omp/n:8/threads:2", 1)
    idle["invocations"][0]["cpu_share"] = 0.5  # both threads on one core
    found = judged([idle, moving("reduce/omp/n:8/threads:2", 30)])
    assert codes(found["read/omp/n:8/threads:2"]) == ["idle"]
    assert found["read/omp/n:8/threads:2"].ceiling == ""
    assert found["reduce/omp/n:8/threads:2"] == Judgement()
    idle["invocations"][0]["cpu_share"] = 0.8
    assert codes(judged([idle])["read/omp/n:8/threads:2"]) == []


def test_only_counted_invocations_say_whether_a_case_had_its_cores() -> None:
    one = case("copy/omp/n:8/threads:2", [1.0])
    repeated = one["invocations"][0] | {"attempt": 2}
    one["invocations"][0] |= {"cpu_share": 0.1, "counted": False, "disturbed": ["steal"]}
    one["invocations"].append(repeated)
    assert codes(judged([one])["copy/omp/n:8/threads:2"]) == []


@pytest.mark.parametrize(
    ("name", "level", "warned"),
    [
        ("reduce/seq/n:8/threads:1", "shared", True),
        ("reduce/seq/n:8/threads:1", "memory", False),
        ("reduce/seq/n:8/threads:1", "none", False),
        ("reduce/cuda/n:8/threads:1", "shared", False),
        ("gemm/seq/n:8/threads:1", "shared", False),
    ],
)
def test_a_shared_cache_is_said_of_memory_bound_host_cases(
    name: str, level: str, warned: bool
) -> None:
    found = judged([moving(name, 10, level=level, footprint=sized(64))])[name]
    assert codes(found) == ["shared_cache"] * warned


def test_warnings_of_the_file_are_not_judgements() -> None:
    fact = {"code": "gpu_clock_held", "detail": "after 1 of 3 samples"}
    file = result([case("copy/seq/n:8/threads:1", [1.0], warnings=[fact])])
    assert judge(file)["copy/seq/n:8/threads:1"].warnings == ()
    assert [w.code for w in file.workspan.cases[0].warnings] == ["gpu_clock_held"]


def test_noise_is_half_the_interval() -> None:
    wide, without = result(
        [
            case("copy/seq/n:8/threads:1", [2.0], interval=[1.0, 3.0]),
            case("copy/omp/n:8/threads:1", [2.0], interval="none"),
        ]
    ).workspan.cases
    assert (noise(wide), noise(without)) == (0.5, None)
