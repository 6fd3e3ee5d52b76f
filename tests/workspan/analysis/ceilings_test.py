# SPDX-License-Identifier: Apache-2.0
"""Ceilings: which measured rate a case is compared with, and the working set that decides it."""

import pytest
from judging import computing, judgements_of, moving, sized


def test_a_ceiling_is_the_fastest_of_the_same_threads_and_level() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("read/omp/n:8/threads:1", 20),
        moving("read/omp/n:8/threads:2", 40),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:2", 30),
        moving("read/seq/n:2/threads:1", 100, footprint=sized(0.1), level="l2"),
    ]
    found = judgements_of(cases)
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
    found = judgements_of(cases)["reduce/seq/n:9/threads:1"]
    assert found.of_ceiling == (pytest.approx(0.5) if held else None)


def test_a_ceiling_of_about_the_same_size_comes_before_a_faster_one() -> None:
    cases = [
        moving("copy/seq/n:8/threads:1", 90, footprint=sized(1024 * 6)),
        moving("copy/omp/n:8/threads:1", 70, footprint=sized(1024 * 2)),
        moving("scan/seq/n:8/threads:1", 63, footprint=sized(1024), ceiling="copy"),
    ]
    near = judgements_of(cases)["scan/seq/n:8/threads:1"]
    assert (near.ceiling, near.of_ceiling) == ("copy/omp/n:8/threads:1", pytest.approx(0.9))
    far = judgements_of([cases[0], cases[2]])["scan/seq/n:8/threads:1"]
    assert (far.ceiling, far.of_ceiling) == ("copy/seq/n:8/threads:1", pytest.approx(0.7))


def test_a_compute_ceiling_counts_flops_at_every_size() -> None:
    cases = [
        computing("fma/seq/n:8/threads:1", 100, footprint=sized(0.01), level="l1"),
        computing("gemm/seq/n:8/threads:1", 80),
    ]
    assert judgements_of(cases)["gemm/seq/n:8/threads:1"].of_ceiling == pytest.approx(0.8)


def test_device_cases_are_held_against_device_ceilings_only() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("reduce/cuda/n:8/threads:1", 3000),
        moving("reduce/cuda_e2e/n:8/threads:1", 10),
    ]
    found = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (found.of_ceiling, found.warnings) == (None, ())
    found = judgements_of([*cases, moving("read/cuda/n:8/threads:1", 4000)])
    assert found["reduce/cuda/n:8/threads:1"].of_ceiling == pytest.approx(0.75)
    assert found["reduce/cuda_e2e/n:8/threads:1"].of_ceiling is None


def test_a_cold_case_is_held_against_a_cold_ceiling() -> None:
    cases = [
        moving("read/cuda/n:8/threads:1", 4000),
        moving("reduce/cuda/n:8/l2:cold/threads:1", 1000),
        moving("read/cuda/n:8/l2:cold/threads:1", 2000),
        moving("reduce/cuda/n:8/threads:1", 2500),
    ]
    found = judgements_of(cases)
    assert found["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling == pytest.approx(0.5)
    assert found["reduce/cuda/n:8/threads:1"].of_ceiling == pytest.approx(0.625)
    assert judgements_of(cases[:2])["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling is None


def test_only_what_the_file_calls_a_ceiling_is_one() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20, ceiling="triad"),
        moving("gather/seq/n:8/threads:1", 30, ceiling="gather"),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("spmv/seq/n:8/threads:1", 15, ceiling="gather"),
    ]
    found = judgements_of(cases)
    assert found["reduce/seq/n:8/threads:1"].of_ceiling is None
    assert found["spmv/seq/n:8/threads:1"].of_ceiling == pytest.approx(0.5)
