# SPDX-License-Identifier: Apache-2.0
"""The bootstrap over blocks: whole blocks, missing samples, samples without blocks."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from workspan.stats.block_bootstrap import Term, replicates, sum_of_medians


def test_the_sum_of_medians_has_signs() -> None:
    assert sum_of_medians([Term(1, {1: 1.0, 2: 3.0}), Term(-1, [5.0, 1.0, 0.5])]) == 1.0


def test_terms_of_the_same_blocks_are_drawn_together() -> None:
    logs = dict(enumerate(np.random.default_rng(1).normal(size=20)))
    assert not replicates([Term(1, logs), Term(-1, logs)]).any()
    alone = [*logs.values()]
    assert replicates([Term(1, alone), Term(-1, alone)]).any()


def test_draws_vary_as_medians_of_so_many_do() -> None:
    logs = dict(enumerate(ndtri((np.arange(200) + 0.5) / 200)))
    known = math.sqrt(math.pi / 2 / 200)
    assert np.std(replicates([Term(1, logs)])) == pytest.approx(known, rel=0.25)
    assert np.std(replicates([Term(1, [*logs.values()])])) == pytest.approx(known, rel=0.25)


def test_a_block_that_a_term_lacks_changes_nothing_of_its_median() -> None:
    found = replicates([Term(1, {1: 2.0, 2: 2.0, 3: 2.0}), Term(-1, {1: 1.0, 5: 1.0, 6: 1.0})])
    known = found[~np.isnan(found)]
    assert set(known) == {1.0}
    assert 0 < known.size < found.size  # a draw without any of its blocks tells nothing
