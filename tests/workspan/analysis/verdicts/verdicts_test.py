# SPDX-License-Identifier: Apache-2.0
"""Verdicts: one of each problem, the largest size first; the cores as which the CPUs work."""

import pytest
from expert_cases import LARGE, SMALL, fma, gemm, read
from sample_results import result

from workspan.analysis.verdicts.verdicts import machine_gains, verdicts


def test_one_of_each_problem_the_largest_size_first() -> None:
    found = verdicts(result([*gemm(10, 19), *fma(), *gemm(10, 19, LARGE)]))
    assert [(v.workload, v.n) for v in found] == [("gemm", LARGE), ("gemm", SMALL), ("fma", 64)]
    assert found[0].case == f"gemm/omp/n:{LARGE}/threads:2"


def test_of_smaller_sizes_only_those_too_small_for_threads_may_be_wanted() -> None:
    few = [*gemm(10, 8, 32), *gemm(10, 19, SMALL), *gemm(10, 19, LARGE), *fma()]
    every = verdicts(result(few))
    assert [(v.workload, v.n) for v in every] == [("gemm", n) for n in (LARGE, SMALL, 32)] + [
        ("fma", 64)
    ]
    assert every[2].findings[0].code == "too_small"
    assert verdicts(result(few), sizes=1) == (every[0], *every[2:])
    assert verdicts(result(few), sizes=2) == every


def test_cpus_are_cores_if_arithmetic_and_memory_gain_alike() -> None:
    assert machine_gains(result([*fma(20, 38), *read(20, 41)])).cores == 2
    assert machine_gains(result([*fma(20, 40), *read(20, 30)])).cores is None
    assert machine_gains(result(fma())).cores is None  # nothing is known of memory
    assert machine_gains(result(fma(20, 39))).by_workload["fma"] == pytest.approx(1.95)


@pytest.mark.parametrize("subject", ["concurrency", "transfers"])
def test_what_does_not_compute_has_no_verdict(subject: str) -> None:
    cases = gemm(10, 19)
    for case in cases:
        case["subject"] = subject
    assert verdicts(result(cases)) == ()
