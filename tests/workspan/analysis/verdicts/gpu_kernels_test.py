# SPDX-License-Identifier: Apache-2.0
"""Kernels on a GPU against the library and the host, and from which size on transfers pay."""

from typing import Any

import pytest
from judging import value
from sample_results import case, result, without_times

from workspan.analysis.verdicts.gpu_kernels import is_ours, judge_kernels


def timed(name: str, seconds: float, scope: str = "host", **fields: Any) -> dict[str, Any]:
    return case(name, [seconds], scope=scope, **fields)


GEMM = [
    timed("gemm/omp/n:1024/threads:2", 8.0),
    timed("gemm/cuda/n:512/threads:1", 1.0, "kernel"),
    timed("gemm/cuda/n:1024/threads:1", 2.0, "kernel"),
    timed("gemm/cuda_naive/n:1024/threads:1", 16.0, "kernel"),
    timed("gemm/cublas/n:1024/threads:1", 1.5, "kernel"),
    timed("gemm/cub/n:1024/threads:1", 3.0, "kernel"),
    timed("gemm/cuda_e2e/n:1024/threads:1", 4.0, "e2e"),
    timed("gemm/cuda_pinned/n:1024/threads:1", 3.0, "e2e"),
]


def test_a_kernel_is_judged_at_its_largest_size_against_the_fastest_library() -> None:
    cuda, naive = judge_kernels(result(GEMM))
    assert (cuda.case.name, naive.case.variant) == ("gemm/cuda/n:1024/threads:1", "cuda_naive")
    assert cuda.library and cuda.library.variant == "cublas"
    assert (value(cuda.of_library), value(naive.of_library)) == pytest.approx((0.75, 1.5 / 16))
    assert value(cuda.judgement.vs_best_host) == pytest.approx(4)
    assert cuda.e2e and cuda.pinned
    assert (cuda.e2e.case.time, cuda.pinned.case.time) == (4.0, 3.0)
    assert value(cuda.e2e.vs_best_host) == pytest.approx(2)
    assert value(cuda.pinned.vs_best_host) == pytest.approx(8 / 3)


def test_a_teaching_kernel_has_no_transfers_of_its_own() -> None:
    _, naive = judge_kernels(result(GEMM))
    assert (naive.e2e, naive.pinned) == (None, None)


def test_each_input_is_a_kernel_of_its_own() -> None:
    cases = [
        timed(f"histogram/cuda/n:{n}/input:{word}/threads:1", 1.0, "kernel")
        for n, word in ((8, "zipf"), (16, "uniform"), (4, "zipf"))
    ]
    found = [kernel.case.name for kernel in judge_kernels(result(cases))]
    assert found == [cases[0]["name"], cases[1]["name"]]


def test_a_failed_kernel_is_there_without_numbers_and_a_skipped_one_is_not() -> None:
    failed, skipped = (
        without_times(f"{workload}/cuda/n:8/threads:1", status, "why", scope="kernel")
        for workload, status in (("gemm", "failed"), ("fft", "skipped"))
    )
    (found,) = judge_kernels(result([failed, skipped]))
    assert (found.case.name, found.of_library) == (failed["name"], None)


def test_break_even_is_that_of_the_transfers_and_of_the_input() -> None:
    """Pageable transfers pay between 10 and 20, pinned ones at every size."""
    cases = []
    for key in ("", "/input:zipf"):
        cases += [timed(f"gemm/omp/n:{n}{key}/threads:2", 2.0) for n in (10, 20)]
        cases += [timed(f"gemm/cuda/n:{n}{key}/threads:1", 0.1, "kernel") for n in (10, 20)]
    for name, times in {
        "gemm/cuda_e2e/n:{}/threads:1": (3.0, 1.0),
        "gemm/cuda_pinned/n:{}/threads:1": (1.0, 1.0),
        "gemm/cuda_e2e/n:{}/input:zipf/threads:1": (3.0, 3.0),
    }.items():
        cases += [timed(name.format(n), t, "e2e") for n, t in zip((10, 20), times, strict=True)]
    bare, zipf = judge_kernels(result(cases))
    assert bare.e2e and bare.pinned and zipf.e2e
    assert bare.e2e.break_even and bare.e2e.break_even.brackets == ((10, 20),)
    assert bare.pinned.break_even and bare.pinned.break_even.kind == "always"
    assert zipf.e2e.break_even and zipf.e2e.break_even.kind == "never"
    assert zipf.pinned is None


def test_a_library_on_the_host_is_an_opponent_too() -> None:
    cases = [
        timed("gemm/omp/n:8/threads:2", 4.0),
        timed("gemm/openblas/n:8/threads:2", 0.5),
        timed("gemm/cuda_e2e/n:8/threads:1", 1.0, "e2e"),
        timed("gemm/cuda/n:8/threads:1", 1.0, "kernel"),
    ]
    (found,) = judge_kernels(result(cases))
    assert found.e2e and value(found.e2e.vs_best_host) == pytest.approx(0.5)
    assert found.judgement.best_host == "gemm/openblas/n:8/threads:2"
    assert found.e2e.break_even and found.e2e.break_even.kind == "never"


def test_without_a_host_code_there_is_nothing_to_be_faster_than() -> None:
    cases = [
        timed("gemm/cuda_e2e/n:8/threads:1", 1.0, "e2e"),
        timed("gemm/cuda/n:8/threads:1", 1.0, "kernel"),
    ]
    (found,) = judge_kernels(result(cases))
    assert found.e2e and (found.e2e.vs_best_host, found.e2e.break_even) == (None, None)


def test_ours_is_what_the_file_calls_ours() -> None:
    cases = result([GEMM[2], GEMM[4], GEMM[6], GEMM[0]]).workspan.cases
    assert [is_ours(case) for case in cases] == [True, False, False, False]
