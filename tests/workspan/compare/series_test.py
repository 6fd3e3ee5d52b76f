# SPDX-License-Identifier: Apache-2.0
"""The times of a case as comparisons take them."""

import msgspec
from comparing import on, result_of
from sample_results import case, foreign, result, without_times

from workspan.compare.series import series_of
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_any


def test_only_counted_invocations_are_compared() -> None:
    file = result_of(1e-3)
    case = file.workspan.cases[0]
    given = [
        msgspec.structs.replace(i, counted=i.number != 3, disturbed=["steal"] * (i.number < 6))
        for i in case.invocations
    ]
    (found,) = series_of(on(file, "cases", [msgspec.structs.replace(case, invocations=given)]))
    assert found.numbers == (1, 2, 4, 5, 6, 7, 8, 9, 10)
    assert (len(found.samples), len(found.round_trips), found.disturbed) == (9, 9, 4)


def test_a_series_has_the_facts_of_its_case() -> None:
    copy, gemm, failed = series_of(
        result(
            [
                case("copy/omp/n:8/threads:2", [1.0, 3.0]),
                case("gemm/cuda/n:8/threads:1", [2.0], scope="kernel"),
                without_times("copy/seq/n:8/threads:1", "failed", "wrong"),
            ]
        )
    )
    assert (copy.workload, copy.variant, copy.threads) == ("copy", "omp", 2)
    assert [list(samples) for samples in copy.samples] == [[1.0, 3.0]]
    assert (copy.memory_bound, copy.scope, copy.own) == (True, "host", True)
    assert (gemm.memory_bound, gemm.scope) == (False, "kernel")
    assert (failed.status, failed.reason, failed.samples) == (Status.FAILED, "wrong", ())


def test_repetitions_of_other_programs_stand_in_for_invocations() -> None:
    (found,) = series_of(decode_any(foreign(), "FILE"))
    assert [list(samples) for samples in found.samples] == [[2e-6], [3e-6], [4e-6]]
    assert (found.numbers, found.own, found.workload) == ((1, 2, 3), False, "")
