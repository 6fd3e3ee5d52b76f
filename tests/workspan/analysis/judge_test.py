# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, ceilings, and results that cannot be true."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest
from judging import computing, judgements_of, moving, sized
from paths import ROOT
from sample_results import COMMITTED_1, case, result, without_times

from workspan.analysis.judge import Judgement, is_noisy, judge, ratio_to, relative_half_width
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_result, read_result

BENCH = ROOT / "build/release/bench"
RATIOS = ("vs_seq", "vs_1_thread", "efficiency", "vs_all_cores", "of_ceiling")
CODES = {
    "implausible: ": "implausible",
    "above its ceiling: ": "above_ceiling",
    "cores shared or idle: ": "starved",
    "shared cache: ": "shared_cache",
}


def codes(of: Judgement) -> list[str]:
    return [warning.code for warning in of.warnings]


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


def test_speedups_say_against_what() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:1", 8),
        moving("reduce/omp/n:8/threads:2", 16),
        moving("reduce/cuda/n:8/threads:1", 160),
        moving("reduce/cuda_e2e/n:8/threads:1", 4),
    ]
    seq, alone, team, cuda, e2e = judgements_of(cases).values()
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
    found = judgements_of(cases)
    assert [j.vs_seq for j in found.values()] == [1, None, None, 2]
    assert [j.vs_1_thread for j in found.values()] == [None] * 4


def test_a_failed_or_absent_baseline_gives_no_speedup() -> None:
    failed = without_times("reduce/seq/n:8/threads:1", "failed", "wrong")
    found = judgements_of([failed, moving("reduce/omp/n:8/threads:2", 16)])
    assert found["reduce/omp/n:8/threads:2"].vs_seq is None
    assert found["reduce/omp/n:8/threads:2"].vs_1_thread is None
    assert found["reduce/seq/n:8/threads:1"] == Judgement()


def test_all_cores_means_all_cores() -> None:
    cases = [moving("reduce/omp/n:8/threads:1", 10), moving("reduce/cuda/n:8/threads:1", 100)]
    assert judgements_of(cases)["reduce/cuda/n:8/threads:1"].vs_all_cores is None
    found = judgements_of(cases, all_threads=1)["reduce/cuda/n:8/threads:1"]
    assert found.vs_all_cores == pytest.approx(10)


def test_a_ratio_beyond_all_numbers_is_none() -> None:
    cases = [case("gemm/seq/n:8/threads:1", [1e290]), case("gemm/omp/n:8/threads:2", [1e-300])]
    assert judgements_of(cases)["gemm/omp/n:8/threads:2"].vs_seq is None


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
    warnings = judgements_of(cases)["reduce/seq/n:8/threads:1"].warnings
    assert [w.code for w in warnings] == ["implausible"] * warned
    assert all(
        w.detail == f"{rate / 10:.2f} x the ceiling read/seq/n:8/threads:1" for w in warnings
    )


def test_faster_than_fma_is_implausible_too() -> None:
    cases = [computing("fma/seq/n:8/threads:1", 100), computing("gemm/seq/n:8/threads:1", 150)]
    assert codes(judgements_of(cases)["gemm/seq/n:8/threads:1"]) == ["implausible"]


@pytest.mark.parametrize(("rate", "warned"), [(10, False), (11.19, False), (11.3, True)])
def test_faster_than_its_own_ceiling_only_is_said_too(rate: float, warned: bool) -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 10),
        moving("copy/seq/n:8/threads:1", 20),
        moving("reduce/seq/n:8/threads:1", rate),
    ]
    warnings = judgements_of(cases)["reduce/seq/n:8/threads:1"].warnings
    named = [("above_ceiling", "read/seq/n:8/threads:1")]
    assert [(w.code, w.detail) for w in warnings] == named * warned


def test_ceilings_are_held_against_each_other() -> None:
    cases = [moving("read/seq/n:8/threads:1", 100), moving("copy/seq/n:8/threads:1", 10)]
    found = judgements_of(cases)
    assert codes(found["read/seq/n:8/threads:1"]) == ["implausible"]
    assert codes(found["copy/seq/n:8/threads:1"]) == []
    cases[0] = moving("read/seq/n:8/threads:1", 39)
    assert codes(judgements_of(cases)["read/seq/n:8/threads:1"]) == []


def test_a_parallel_case_on_one_cpu_says_so_and_keeps_its_speedup() -> None:
    cases = [
        moving("busy/seq/n:8/threads:1", 10),
        moving("busy/pool/n:8/threads:2", 9.9, counters={"cpus_used": 1.0}),
    ]
    found = judgements_of(cases)["busy/pool/n:8/threads:2"]
    assert codes(found) == ["one_cpu"]
    assert found.vs_seq == pytest.approx(0.99)


def test_a_ratio_to_a_time_that_was_not_measured_is_judged_like_others() -> None:
    (short,) = result([case("copy/seq/n:8/threads:1", [1e-300])]).workspan.cases
    assert ratio_to(5e-300, short) == pytest.approx(5)
    assert ratio_to(1e10, short) is None
    assert ratio_to(0.0, short) is None
    assert ratio_to(1.0, msgspec.structs.replace(short, time=None)) is None


def test_a_case_without_its_cores_is_not_a_ceiling_and_says_so() -> None:
    starved = moving("read/omp/n:8/threads:2", 1)
    starved["invocations"][0]["cpu_share"] = 0.5  # both threads on one core
    found = judgements_of([starved, moving("reduce/omp/n:8/threads:2", 30)])
    assert codes(found["read/omp/n:8/threads:2"]) == ["starved"]
    assert found["read/omp/n:8/threads:2"].ceiling == ""
    assert found["reduce/omp/n:8/threads:2"] == Judgement()
    starved["invocations"][0]["cpu_share"] = 0.8
    assert codes(judgements_of([starved])["read/omp/n:8/threads:2"]) == []


def test_only_counted_invocations_say_whether_a_case_had_its_cores() -> None:
    one = case("copy/omp/n:8/threads:2", [1.0])
    repeated = one["invocations"][0] | {"attempt": 2}
    one["invocations"][0] |= {"cpu_share": 0.1, "counted": False, "disturbed": ["steal"]}
    one["invocations"].append(repeated)
    assert codes(judgements_of([one])["copy/omp/n:8/threads:2"]) == []


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
    found = judgements_of([moving(name, 10, level=level, footprint=sized(64))])[name]
    assert codes(found) == ["shared_cache"] * warned


def test_warnings_of_the_file_are_not_judgements() -> None:
    fact = {"code": "gpu_clock_held", "detail": "after 1 of 3 samples"}
    file = result([case("copy/seq/n:8/threads:1", [1.0], warnings=[fact])])
    assert judge(file)["copy/seq/n:8/threads:1"].warnings == ()
    assert [w.code for w in file.workspan.cases[0].warnings] == ["gpu_clock_held"]


def test_the_relative_half_width_is_half_the_interval_over_the_time() -> None:
    wide, without = result(
        [
            case("copy/seq/n:8/threads:1", [2.0], interval=[1.0, 3.0]),
            case("copy/omp/n:8/threads:1", [2.0], interval="none"),
        ]
    ).workspan.cases
    assert (relative_half_width(wide), relative_half_width(without)) == (0.5, None)
    assert [is_noisy(wide, target) for target in (0.4, 0.5)] == [True, False]
    assert is_noisy(without, 1.0)
