# SPDX-License-Identifier: Apache-2.0
"""The one judge: speedups, ceilings, and results that cannot be true."""

import json
import math
import subprocess
from pathlib import Path
from statistics import fmean, median
from typing import Any

import msgspec
import pytest
from comparing import on
from judging import computing, judgements_of, moving, sized, value
from paths import ROOT
from sample_results import COMMITTED_1, case, result, without_times

from workspan.analysis.judge import Judgement, is_noisy, judge, ratio_to, relative_half_width
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_result, read_result
from workspan.stats.ratios import Estimate

BENCH = ROOT / "build/release/bench"
RATIOS = ("vs_seq", "vs_1_thread", "efficiency", "of_ceiling")
CODES = {
    "implausible: ": "implausible",
    "above its ceiling: ": "above_ceiling",
    "cores shared or idle: ": "starved",
    "shared cache: ": "shared_cache",
}


def codes(of: Judgement) -> list[str]:
    return [warning.code for warning in of.warnings]


def log_times(case: dict[str, Any]) -> dict[object, float]:
    """By process: the median of the logarithms of its samples."""
    return {
        (i.get("number"), i.get("attempt")): median(map(math.log, i["wall"]))
        for i in case["invocations"]
        if i.get("counted", True)
    }


def ratio_by_hand(other: dict[str, Any], case: dict[str, Any], paired: bool) -> float:
    above, below = log_times(other), log_times(case)
    if paired:
        return math.exp(fmean(above[p] - below[p] for p in above if p in below))
    return math.exp(fmean(above.values()) - fmean(below.values()))


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_have_the_ratios_of_their_samples(path: Path) -> None:
    """Their schema 1 holds what was judged then, of medians of medians: the same ones exist."""
    then = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    for name, now in judge(read_result(path)).items():
        case, old = then[name], then[name].get("comparison", dict.fromkeys(RATIOS, ""))
        for field in RATIOS:
            assert (getattr(now, field) is not None) == isinstance(old[field], dict), (name, field)
        problem = name.split("/")
        seq = then.get("/".join([problem[0], "seq", *problem[2:-1], "threads:1"]))
        if now.vs_seq and seq:
            assert now.vs_seq.value == pytest.approx(ratio_by_hand(seq, case, True), rel=1e-9)
        if now.of_ceiling:
            ceiling, unit = then[now.ceiling], then[now.ceiling]["cost"]
            kind = "flops" if ceiling["workload"] in ("fma", "dfma") else "bytes"
            of_work = case["cost"][kind] / unit[kind]
            paired = ceiling["workload"] == case["workload"]
            by_hand = of_work * ratio_by_hand(ceiling, case, paired)
            assert now.of_ceiling.value == pytest.approx(by_hand, rel=1e-9), name


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_have_the_ceilings_and_doubts_of_when_they_were_written(path: Path) -> None:
    then = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    said = {warning for c in then.values() for warning in c["warnings"]}
    knew_above = any(text.startswith("above its ceiling: ") for text in said)
    for name, now in judge(read_result(path)).items():
        assert now.ceiling == then[name].get("comparison", {"ceiling": ""})["ceiling"], name
        old_codes = [
            code
            for text in then[name]["warnings"]
            for start, code in CODES.items()
            if text.startswith(start)
        ]
        known = [c for c in codes(now) if c not in ("weak_baseline", "launch")]
        if now.is_launch:  # was held against ceilings that are launches too
            old_codes = [c for c in old_codes if c not in ("implausible", "above_ceiling")]
        assert [c for c in known if c != "above_ceiling" or knew_above] == old_codes


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
    assert all(value(found[c.name].vs_seq) == 1 for c in ok if c.variant == "seq")
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
    assert seq.vs_seq == Estimate(1.0, None, 1, exact=True)
    assert value(team.vs_seq) == pytest.approx(1.6)
    assert value(team.vs_1_thread) == pytest.approx(2)
    assert value(team.efficiency) == pytest.approx(1)
    assert value(cuda.vs_best_host) == pytest.approx(10)  # against the faster omp
    assert value(e2e.vs_best_host) == pytest.approx(0.25)
    assert cuda.best_host == e2e.best_host == "reduce/omp/n:8/threads:2"
    assert (seq.vs_1_thread, seq.vs_best_host, alone.vs_1_thread) == (None, None, None)
    assert (cuda.vs_1_thread, cuda.machine, cuda.code) == (None, None, None)


def test_speedups_are_within_one_size_and_input() -> None:
    cases = [
        case("gemm/seq/n:8/threads:1", [4.0]),
        case("gemm/omp/n:9/threads:2", [1.0]),
        case("gemm/omp/n:8/input:zipf/threads:2", [1.0]),
        case("gemm/omp/n:8/threads:2", [2.0], interval="none"),
    ]
    found = judgements_of(cases)
    assert [value(j.vs_seq) for j in found.values()] == [1, None, None, pytest.approx(2)]
    assert [j.vs_1_thread for j in found.values()] == [None] * 4


def test_a_failed_or_absent_baseline_gives_no_speedup() -> None:
    failed = without_times("reduce/seq/n:8/threads:1", "failed", "wrong")
    found = judgements_of([failed, moving("reduce/omp/n:8/threads:2", 16)])
    assert found["reduce/omp/n:8/threads:2"].vs_seq is None
    assert found["reduce/omp/n:8/threads:2"].vs_1_thread is None
    assert found["reduce/seq/n:8/threads:1"] == Judgement()


def test_the_best_host_code_may_be_a_library_or_run_on_one_thread() -> None:
    cases = [
        moving("reduce/seq/n:8/threads:1", 30),
        moving("reduce/omp/n:8/threads:2", 20),
        moving("reduce/cuda/n:8/threads:1", 60),
    ]
    cuda = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (cuda.best_host, value(cuda.vs_best_host)) == (cases[0]["name"], pytest.approx(2))
    cases.append(moving("reduce/tbb/n:8/threads:2", 120))
    cuda = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (cuda.best_host, value(cuda.vs_best_host)) == (cases[3]["name"], pytest.approx(0.5))


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


def of_kernels(*gigabytes: float) -> list[list[str]]:
    """The codes of a kernel of reduce after those of its ceilings read and copy, in GB/s."""
    names = ("reduce", "read", "copy")
    cases = [
        moving(f"{name}/cuda/n:8/threads:1", rate)
        for name, rate in zip(names, gigabytes, strict=True)
    ]
    found = judgements_of(cases)
    return [codes(found[case["name"]]) for case in cases]


def test_a_launch_is_above_no_ceiling_and_not_implausible() -> None:
    """1e9 bytes in 2.5 us at 4e5 GB/s."""
    assert of_kernels(4e5, 3e5, 2.9e5) == [["launch"]] * 3
    assert of_kernels(4e3, 3e3, 2.9e3) == [["implausible"], [], []], "0.25 ms is not a launch"
    assert of_kernels(4e3, 3e3, 5e3) == [["above_ceiling"], [], []]
    assert judgements_of([moving("read/cuda/n:8/threads:1", 4e5)])[
        "read/cuda/n:8/threads:1"
    ].is_launch


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
    assert value(found.vs_seq) == pytest.approx(0.99)


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


def test_a_library_is_bent_by_the_variables_with_its_name() -> None:
    names = ("gemm/seq/n:8/threads:1", "gemm/openblas/n:8/threads:1", "gemm/cublas/n:8/threads:1")
    variables = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell", "SEQ_X": "1"}
    file = on(result([case(name, [1.0]) for name in names]), "environment.variables", variables)
    bent = {
        n: [w.detail for w in j.warnings if w.code == "bent_library"]
        for n, j in judge(file).items()
    }
    assert bent == {
        names[0]: [],
        names[1]: ["OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1"],
        names[2]: [],
    }
