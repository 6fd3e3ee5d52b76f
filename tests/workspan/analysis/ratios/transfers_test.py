# SPDX-License-Identifier: Apache-2.0
"""Copies between host and GPU by their rate and latency."""

from judging import moving
from sample_results import result
from transfers import copies

from workspan.analysis.ratios.transfers import links


def test_each_kind_has_its_highest_rate_and_its_smallest_size() -> None:
    cases = [*copies("h2d", 12.0, 6e-6), *copies("h2d_pinned", 55.0, 5e-6)]
    pageable, pinned = links(result(cases))
    assert (pageable.variant, pinned.variant) == ("h2d", "h2d_pinned")
    assert pageable.fastest.n == 2**28
    assert pinned.smallest.n == 2**12
    assert pinned.smallest.time == 5e-6


def test_the_highest_rate_need_not_be_that_of_the_largest_size() -> None:
    slow = copies("h2d", 5.0, 6e-6)[-1] | {"name": "transfer/h2d/n:1073741824/threads:1"}
    slow |= {"n": 2**30}
    (link,) = links(result([*copies("h2d", 12.0, 6e-6), slow]))
    assert link.fastest.n == 2**28


def test_a_run_without_transfers_has_none() -> None:
    assert links(result([moving("copy/cuda/n:64/threads:1", 2000)])) == ()
