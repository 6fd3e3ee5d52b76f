# SPDX-License-Identifier: Apache-2.0
"""The tip of a case: what it is, its time, and what that means."""

from workspan.page.sources import Source
from workspan.page.tips import tips


def test_a_tip_says_what_a_mark_stands_for(h100: Source) -> None:
    lines = tips(h100)("gemm/omp/n:2048/threads:16").splitlines()
    assert lines[:2] == ["gemm / omp", "n = 2\u00b9\u00b9, 16 threads"]
    assert lines[2].startswith("12.2 ms ")
    assert lines[2].endswith(" TFLOP/s")
    assert "14x vs seq" in lines
    assert lines[-1] == "102 % of its ceiling, fma"


def test_a_gpu_is_compared_with_the_best_host_code_by_name(h100: Source) -> None:
    text = tips(h100)("stencil2d/cuda/n:4096/threads:1")
    assert "vs omp_tiled (16)" in text
    assert "threads" not in text.splitlines()[1]


def test_a_mark_that_is_not_a_measured_case_tells_its_name(h100: Source) -> None:
    skipped = next(c.name for c in h100.content.workspan.cases if not c.time)
    for name in (skipped, "the machine"):
        assert tips(h100)(name) == name
