# SPDX-License-Identifier: Apache-2.0
"""Doubts: results that cannot be true, ceilings that are none, cores and libraries at fault."""

import pytest
from block_files import ceiling, in_blocks, merged, process
from comparing import on
from judging import codes, computing, judgements_of, moving, sized, value
from sample_results import case, result

from workspan.analysis.ratios.judge import Judgement, judge


@pytest.mark.parametrize(
    ("rate", "warned"), [(10, False), (11.1, False), (11.19, False), (11.3, True), (20, True)]
)
def test_faster_than_every_ceiling_is_implausible(rate: float, warned: bool) -> None:
    """The limit is 1.1, and 1 % for each interval of a time."""
    cases = [
        moving("read/seq/n:8/threads:1", 10),
        moving("copy/seq/n:8/threads:1", 9),
        moving("reduce/seq/n:8/threads:1", rate),
    ]
    warnings = judgements_of(cases)["reduce/seq/n:8/threads:1"].warnings
    found = [w.detail for w in warnings if w.code == "implausible"]
    assert found == [f"{rate / 10:.2f} x the ceiling read/seq/n:8/threads:1"] * warned


def test_faster_than_fma_is_implausible_too() -> None:
    cases = [computing("fma/seq/n:8/threads:1", 100), computing("gemm/seq/n:8/threads:1", 150)]
    assert codes(judgements_of(cases)["gemm/seq/n:8/threads:1"]) == ["implausible"]


@pytest.mark.parametrize(("rate", "warned"), [(10, False), (10.99, False), (11.01, True)])
def test_faster_than_its_own_ceiling_only_is_said_too(rate: float, warned: bool) -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 10),
        moving("copy/seq/n:8/threads:1", 20),
        moving("reduce/seq/n:8/threads:1", rate),
    ]
    warnings = judgements_of(cases)["reduce/seq/n:8/threads:1"].warnings
    named = [("above_ceiling", "read/seq/n:8/threads:1")]
    assert [(w.code, w.detail) for w in warnings] == named * warned


def shares(*of: float) -> list[str]:
    """The codes of reduce, whose share of read beside it is this in each process."""
    name, blocks = "reduce/seq/n:8/threads:1", range(1, 9)
    journals = []
    for number, share in enumerate(of, 1):
        beside = ceiling("read/omp/n:8/threads:1", dict.fromkeys(blocks, 1.0), name)
        cases = [in_blocks(name, dict.fromkeys(blocks, 1 / share), level="memory")]
        journals.append(process(number, cases, [beside]))
    return codes(judge(merged(journals))[name])


def test_above_its_ceiling_is_a_share_whose_whole_interval_is_10_percent_above() -> None:
    assert shares(1.12, 1.13, 1.14) == ["above_ceiling"]
    assert shares(1.07, 1.13, 1.19) == [], "the interval begins below 1.1"
    assert shares(1.07, 1.08, 1.09) == [], "not by 10 %"
    assert shares(1.11) == ["above_ceiling"]
    assert shares(1.11, 1.2) == ["above_ceiling"], "two processes have no interval: by value"


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


def test_the_settings_of_a_library_are_the_variables_with_its_name() -> None:
    names = ("gemm/seq/n:8/threads:1", "gemm/openblas/n:8/threads:1", "gemm/cublas/n:8/threads:1")
    variables = {"OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell", "SEQ_X": "1"}
    file = on(result([case(name, [1.0]) for name in names]), "environment.variables", variables)
    found = {
        n: [w.detail for w in j.warnings if w.code == "library_setting"]
        for n, j in judge(file).items()
    }
    assert found == {
        names[0]: [],
        names[1]: ["OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1"],
        names[2]: [],
    }


def test_a_baseline_is_weak_beside_a_faster_code_on_one_thread() -> None:
    seq, other = "gemm/seq/n:8/threads:1", "gemm/{}/n:8/threads:{}"

    def weak(*rates: tuple[str, int, float]) -> list[str]:
        cases = [computing(seq, 10, invocations=six(0.1))]
        cases += [
            computing(other.format(v, p), rate, invocations=six(1 / rate)) for v, p, rate in rates
        ]
        found = judgements_of(cases)[seq].warnings
        return [w.detail for w in found if w.code == "weak_baseline"]

    assert weak(("omp", 1, 10.4)) == []
    assert weak(("omp", 1, 11)) == [other.format("omp", 1)]
    assert weak(("omp", 1, 11), ("openblas", 1, 12)) == [other.format("openblas", 1)]
    assert weak(("omp", 2, 19)) == []  # a code on two threads cannot be a baseline


def six(seconds: float) -> list[dict[str, object]]:
    """An invocation of so many equal samples, enough for an interval."""
    wall = [seconds] * 6
    return [{"wall": wall, "cpu": wall, "iterations": 7, "cpu_share": 1.0}]
