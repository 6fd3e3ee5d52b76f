# SPDX-License-Identifier: Apache-2.0
"""Where code runs by its facts, and the fastest code of each place."""

import pytest
from sample_results import case, result, without_times
from transfers import copies

from workspan.analysis.ratios.places import Place, largest_sizes, place_of, run_codes
from workspan.resultfile.model import Case, ResultFile


def the_case(name: str, **facts: object) -> Case:
    return result([case(name, [1e-3, 1e-3], **facts)]).workspan.cases[0]


@pytest.mark.parametrize(
    ("name", "facts", "place"),
    [
        ("reduce/seq/n:8/threads:1", {}, Place.ONE),
        ("reduce/omp/n:8/threads:1", {}, Place.ONE),
        ("reduce/omp/n:8/threads:2", {}, Place.TEAM),
        ("gemm/openblas/n:8/threads:1", {}, Place.HOST_LIBRARY),
        ("gemm/openblas/n:8/threads:2", {}, Place.HOST_LIBRARY),
        ("reduce/cuda/n:8/threads:1", {"scope": "kernel"}, Place.GPU),
        ("reduce/cub/n:8/threads:1", {"scope": "kernel"}, Place.GPU_LIBRARY),
        ("reduce/cuda_e2e/n:8/threads:1", {"scope": "e2e"}, Place.TRANSFERS),
        ("busy/threads/n:8/threads:2", {"subject": "concurrency"}, Place.MODEL),
    ],
)
def test_facts_tell_where_a_case_runs(name: str, facts: dict[str, object], place: Place) -> None:
    assert place_of(the_case(name, **facts)) is place


def times(**seconds: float) -> ResultFile:
    """Cases of reduce by variant and threads: omp_2=1e-3."""
    cases = []
    for key, time in seconds.items():
        variant, _, threads = key.rpartition("_")
        scope = {"cuda": "kernel", "cub": "kernel", "cuda_e2e": "e2e", "cuda_pinned": "e2e"}
        cases.append(
            case(
                f"reduce/{variant}/n:8/threads:{threads}",
                [time, time],
                scope=scope.get(variant, "host"),
            )
        )
    return result(cases)


def test_the_fastest_code_of_a_place_stands_for_it() -> None:
    file = times(seq_1=4e-3, omp_2=3e-3, omp_tiled_2=2e-3, cuda_1=1e-3, cub_1=5e-4)
    (problem,) = run_codes(file).problems
    names = {place: code.case.variant for place, code in problem.codes.items()}
    assert names == {
        Place.ONE: "seq",
        Place.TEAM: "omp_tiled",
        Place.GPU: "cuda",
        Place.GPU_LIBRARY: "cub",
    }
    assert problem.codes[Place.TEAM].judgement.vs_seq is not None
    assert problem.codes[Place.TEAM].judgement.vs_seq.value == pytest.approx(2)


def test_one_cpu_is_the_baseline_and_transfers_are_those_from_pageable_memory() -> None:
    file = times(seq_1=4e-3, seq_plain_1=1e-3, omp_1=1e-3, cuda_e2e_1=3e-3, cuda_pinned_1=1e-3)
    (problem,) = run_codes(file).problems
    names = {place: code.case.variant for place, code in problem.codes.items()}
    assert names == {Place.ONE: "seq", Place.TRANSFERS: "cuda_e2e"}


def test_what_was_not_verified_or_does_not_compute_is_left_out() -> None:
    good, bad = "reduce/seq/n:8/threads:1", "reduce/omp/n:8/threads:2"
    cases = [case(good, [1e-3, 1e-3]), without_times(bad, "failed", "wrong")]
    cases.append(case("busy/threads/n:8/threads:2", [1e-3, 1e-3], subject="concurrency"))
    cases += copies("h2d", 12.0, 6e-6)
    (problem,) = run_codes(result(cases)).problems
    assert [code.case.name for code in problem.codes.values()] == [good]


def test_sizes_are_the_largest_ones_that_the_host_measured() -> None:
    names = [
        *(f"histogram/seq/n:{n}/input:{i}/threads:1" for n in (8, 16) for i in ("zipf", "uniform")),
        "histogram/cuda/n:32/input:zipf/threads:1",
        "reduce/cuda/n:8/threads:1",
        "reduce/cuda/n:4/threads:1",
    ]
    scopes = {True: "kernel", False: "host"}
    cases = [case(name, [1e-3, 1e-3], scope=scopes["cuda" in name]) for name in names]
    found = largest_sizes(run_codes(result(cases)).problems)
    assert [(p.name, p.n) for p in found] == [
        ("histogram zipf", 16),
        ("histogram uniform", 16),
        ("reduce", 8),
    ]
