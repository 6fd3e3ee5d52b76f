# SPDX-License-Identifier: Apache-2.0
"""Pairs of the same block of one process, and their ratio."""

import math
import random

import pytest

from workspan.stats.pairs import Blocks, logs_of, pairs_of, process_log_ratio, times_of


def blocks(times: dict[int, float]) -> Blocks:
    return Blocks(tuple(times), tuple(times.values()))


def test_a_pair_is_two_samples_of_one_block() -> None:
    other = blocks({1: 8.0, 2: 2.0, 4: 30.0})
    case = blocks({1: 2.0, 2: 1.0, 3: 1e9, 4: 10.0})
    assert process_log_ratio(other, case) == pytest.approx(math.log(3))
    assert process_log_ratio(blocks({1: 1.0}), blocks({2: 1.0})) is None
    assert process_log_ratio(blocks({}), blocks({1: 1.0})) is None


@pytest.mark.parametrize(("other", "case"), [(1e-300, 1e300), (1e300, 1e-300)])
def test_a_ratio_beyond_all_numbers_still_has_a_logarithm(other: float, case: float) -> None:
    found = process_log_ratio(
        blocks({1: other, 2: 1.0, 3: other}), blocks({1: case, 2: 1.0, 3: case})
    )
    assert found == pytest.approx(math.log(other) - math.log(case))


def test_samples_without_blocks_have_no_pairs_but_medians() -> None:
    assert process_log_ratio([4.0, 8.0, 2.0], [1.0]) == pytest.approx(math.log(4))
    assert process_log_ratio([4.0], blocks({1: 2.0, 2: 2.0})) == pytest.approx(math.log(2))
    assert process_log_ratio([], [1.0]) is None


@pytest.mark.parametrize("count", range(1, 8))
def test_the_median_ratio_is_that_of_all_logarithms(count: int) -> None:
    chosen = random.Random(count)
    other, case = ([chosen.uniform(1, 2) for _ in range(count)] for _ in range(2))
    logs = sorted(math.log(a / b) for a, b in zip(other, case, strict=True))
    middle = (logs[(count - 1) // 2] + logs[count // 2]) / 2
    found = process_log_ratio(Blocks(range(count), other), Blocks(range(count), case))
    assert found == pytest.approx(middle, rel=1e-12)
    further = Blocks([*range(count), 99], [*case, 1e9])  # a block that the other side lacks
    assert process_log_ratio(Blocks(range(count), other), further) == found or count == 0


def test_pairs_are_by_block_and_times_without() -> None:
    other, case = blocks({1: 2.0, 3: 4.0}), blocks({2: 1.0, 3: 2.0})
    assert pairs_of(other, case) == {3: pytest.approx(math.log(2))}
    assert (times_of(other), times_of([5.0])) == ((2.0, 4.0), [5.0])
    assert other.by_number == {1: 2.0, 3: 4.0}
    assert logs_of([1.0, math.e]) == [0.0, 1.0]
