# SPDX-License-Identifier: Apache-2.0
"""The cards of workloads: what an expert would say of the largest size, the others folded."""

from sample_results import result, without_times

from workspan.page.sources import Source
from workspan.page.workloads import workloads_section


def test_a_card_says_what_an_expert_would(h100: Source) -> None:
    section = workloads_section([h100])
    assert section
    assert section.cards
    cards = {block.heading: block for block in section.blocks}
    gemm = cards["gemm, n = 2\u00b9\u00b9"]
    assert "13.7x" in gemm.paragraphs[0]
    assert "?: no interval, so it is said by value" in section.lead
    assert "2^" not in " ".join(gemm.paragraphs), "powers are raised"
    assert gemm.rest[0].startswith("n = 256: ")
    assert {"histogram uniform, n = 2\u00b2\u2078", "histogram zipf, n = 2\u00b2\u2078"} <= set(
        cards
    )


def test_without_a_verdict_there_is_no_section() -> None:
    nothing = result([without_times("copy/omp/n:8/threads:2", "failed", "why")])
    assert workloads_section([Source("x", nothing, "")]) is None
