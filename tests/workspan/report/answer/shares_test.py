# SPDX-License-Identifier: Apache-2.0
"""The answer of a run without ceilings, speedups or a host: what its codes reach."""

import pytest
from expert_cases import fma, gemm
from judging import computing, moving
from paths import ROOT
from sample_results import result

from workspan.report.answer.shares import reached
from workspan.resultfile.read import read_result

ON_GPU = {"scope": "kernel"}


def test_a_gpu_alone() -> None:
    file = read_result(ROOT / "results/h100-80gb-16-cores/full-cuda.json")
    assert reached(file) == (
        "The GPU reaches 85 % of the ceiling in 3 of 14 workloads; in fft 5 %?."
    )


@pytest.mark.parametrize(
    ("cases", "text"),
    [
        ([*fma(), *gemm(10, 36)], "2 CPUs reach 90 %? of the ceiling in gemm."),
        ([*fma()[:1], *gemm(10, 36)[:1]], "One CPU reaches 50 %? of the ceiling in gemm."),
        (
            [
                computing("fma/cuda/n:64/threads:1", 100, **ON_GPU),
                computing("gemm/cuda/n:64/threads:1", 40, **ON_GPU),
            ],
            "The GPU reaches 40 %? of the ceiling in gemm.",
        ),
        ([moving("triad/seq/n:64/threads:1", 20)], ""),
    ],
)
def test_one_workload(cases: list[dict[str, object]], text: str) -> None:
    assert reached(result(cases)) == text
