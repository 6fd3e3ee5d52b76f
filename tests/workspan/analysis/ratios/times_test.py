# SPDX-License-Identifier: Apache-2.0
"""Times of cases: their intervals and plain ratios."""

import msgspec
import pytest
from sample_results import case, result

from workspan.analysis.ratios.times import (
    is_noisy,
    per_second,
    quotient,
    ratio_to,
    relative_half_width,
    time_ratio,
)


def test_a_ratio_to_a_time_that_was_not_measured_is_judged_like_others() -> None:
    (short,) = result([case("copy/seq/n:8/threads:1", [1e-300])]).workspan.cases
    assert ratio_to(5e-300, short) == pytest.approx(5)
    assert ratio_to(1e10, short) is None
    assert ratio_to(0.0, short) is None
    assert ratio_to(1.0, msgspec.structs.replace(short, time=None)) is None


def test_the_relative_half_width_is_half_the_interval_over_the_time() -> None:
    wide, without = result(
        [
            case("copy/seq/n:8/threads:1", [2.0], interval=[1.0, 3.0]),
            case("copy/omp/n:8/threads:1", [2.0], interval="none"),
        ]
    ).workspan.cases
    assert (relative_half_width(wide), relative_half_width(without)) == (0.5, None)
    assert [is_noisy(wide, target) for target in (0.4, 0.5)] == [True, False]
    assert is_noisy(without, 1.0)


def test_a_ratio_of_times_may_be_scaled_and_needs_both() -> None:
    long, short = result(
        [case("copy/seq/n:8/threads:1", [4.0]), case("copy/omp/n:8/threads:2", [1.0])]
    ).workspan.cases
    assert time_ratio(long, short) == pytest.approx(4)
    assert time_ratio(long, short, 0.5) == pytest.approx(2)
    assert time_ratio(None, short) is None
    assert time_ratio(long, msgspec.structs.replace(short, time=None)) is None


def test_a_rate_is_work_over_time_and_finite() -> None:
    (quick,) = result([case("copy/seq/n:8/threads:1", [0.5])]).workspan.cases
    assert per_second(8.0, quick) == 16.0
    assert per_second(0.0, quick) is None
    assert per_second(8.0, msgspec.structs.replace(quick, time=None)) is None
    assert per_second(1e300, msgspec.structs.replace(quick, time=1e-300)) is None


@pytest.mark.parametrize(("above", "below"), [(1.0, 0.0), (-1.0, 2.0), (0.0, 1.0), (1e300, 1e-9)])
def test_a_quotient_is_positive_and_finite(above: float, below: float) -> None:
    assert quotient(1.0, 2.0) == 0.5
    assert quotient(above, below) is None
