# SPDX-License-Identifier: Apache-2.0
"""The times of a case as comparisons take them."""

import math

import msgspec
import pytest
from block_files import TEAM, ceiling, decoded, file_with, in_blocks
from comparing import on, result_of
from sample_results import case, foreign, result, without_times

from workspan.compare.series import series_of
from workspan.resultfile.model import Status
from workspan.resultfile.read import decode_any
from workspan.stats.pairs import Blocks


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
    found, failed = series_of(decode_any(foreign(), "FILE"))
    assert (failed.status, failed.reason, failed.samples) == (Status.FAILED, "no", ())
    assert [list(samples) for samples in found.samples] == [[2e-6], [3e-6], [4e-6]]
    assert (found.numbers, found.own, found.workload) == ((1, 2, 3), False, "")


def test_a_disturbed_sample_counts_only_where_too_few_are_clean() -> None:
    wall = {k: 1.0 + k for k in range(1, 9)}
    few, many = (
        series_of(decoded(file_with([in_blocks(TEAM, wall, disturbed=hit)], [])))[0]
        for hit in ({1, 2, 3}, {1, 2})
    )
    assert len(few.samples[0]) == 8
    assert many.samples[0].tolist() == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert many.by_number == {1: Blocks([*range(3, 9)], [wall[k] for k in range(3, 9)])}


def test_the_share_is_that_of_pairs_of_a_block_by_rates() -> None:
    wall = {k: 1e-3 * k for k in range(1, 9)}
    beside = [
        ceiling(
            "read/omp/n:8/threads:2",
            {k: t / 8 for k, t in wall.items() if k != 8},
            TEAM,
            cost={"flops": 0.0, "bytes": 8192.0, "items": 1.0},  # half of the work of the case
        ),
        ceiling("read/omp/n:8/threads:1", wall, TEAM),  # of one thread: not its ceiling
        ceiling("read/omp/n:8/threads:2", wall, "scan/omp/n:8/threads:2"),  # of another group
    ]
    cases = [in_blocks(TEAM, wall), in_blocks("scan/omp/n:8/threads:2", wall)]
    found, _ = series_of(decoded(file_with(cases, beside)))
    assert found.ceiling
    assert found.ceiling.name == "read/omp/n:8/threads:2"
    assert math.exp(found.ceiling.shares[1]) == pytest.approx(1 / 4)
    assert math.exp(found.ceiling.works) == pytest.approx(2)
    assert found.cost and found.cost.bytes == 16384
    assert found.ceiling.times[1] == pytest.approx(math.log(1e-3 / 2))


def test_a_ceiling_itself_and_a_case_without_pairs_have_no_share() -> None:
    read = "read/omp/n:8/threads:2"
    wall = dict.fromkeys(range(1, 9), 1e-3)
    (own,) = series_of(decoded(file_with([in_blocks(read, wall)], [ceiling(read, wall, read)])))
    assert own.ceiling is None and own.is_ceiling
    apart = [ceiling(read, dict.fromkeys(range(11, 19), 1e-3), TEAM)]
    (alone,) = series_of(decoded(file_with([in_blocks(TEAM, wall)], apart)))
    assert alone.ceiling is None
