# SPDX-License-Identifier: Apache-2.0
"""The next size of a bracket: the middle of its widest gap, at a power of two that can be had."""

from collections.abc import Callable

import msgspec
import pytest
from gpu_curves import run_of
from sample_results import without_times

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.analysis.laws.narrowing import (
    deciding_variants,
    is_narrow,
    next_sizes,
    sizes_within,
    wide_brackets,
)
from workspan.resultfile.model import Case

Curve = Callable[[int], float]


def rising(n: int) -> float:
    """1 at n = 3 * 2^13."""
    return (n / (3 * 2**13)) ** 0.5


def found(sizes: tuple[int, ...], curve: Curve = rising, noise: float = 0.001) -> BreakEven:
    (one,) = break_evens(run_of(sizes, curve, noise=noise))
    return one


def usable(_: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((2**10, 2**18), (2**14,)),
        ((2**14, 2**18), (2**16,)),
        ((2**14, 2**16), (2**15,)),
        ((2**14, 2**15), ()),
        ((192, 2**15), (2**11,)),
        ((5120 * 4, 5120 * 5), ()),
        ((20000, 40000), ()),
    ],
)
def test_the_middle_at_a_power_of_two(sizes: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert next_sizes(found(sizes), usable) == expected


def test_ends_that_are_not_powers_have_one_between() -> None:
    """2^15 is between 20000 and 41000, which are more than a factor of 2 apart."""
    assert next_sizes(found((20000, 41000)), usable) == (2**15,)


def test_nothing_is_narrowed_without_a_bracket() -> None:
    for curve in (lambda _: 2.0, lambda _: 0.5):
        assert next_sizes(found((2**10, 2**18), curve), usable) == ()
        assert sizes_within(found((2**10, 2**18), curve)) == []


def test_a_size_that_cannot_be_had_gives_way_to_its_neighbour() -> None:
    bracket = found((2**10, 2**18))
    assert next_sizes(bracket, lambda n: n != 2**14) == (2**13,)
    assert next_sizes(bracket, lambda n: n == 2**17) == (2**17,)
    assert next_sizes(bracket, lambda _: False) == ()


def test_a_size_that_does_not_tell_has_a_gap_on_both_sides() -> None:
    """The wider one first, and none if both are narrow."""
    values = {2**10: 0.5, 2**11: 1.0, 2**15: 2.0}
    untold = found((2**10, 2**11, 2**15), lambda n: values[n], noise=0.02)
    assert untold.brackets == ((2**10, 2**15),)
    assert next_sizes(untold, usable) == (2**13,)
    values = {2**10: 0.5, 2**12: 1.0, 2**18: 2.0}
    untold = found((2**10, 2**12, 2**18), lambda n: values[n], noise=0.02)
    assert next_sizes(untold, usable) == (2**15,)
    values = {2**10: 0.5, 2**11: 1.0, 2**12: 2.0}
    assert next_sizes(found((2**10, 2**11, 2**12), lambda n: values[n], noise=0.02), usable) == ()


def test_each_crossing_has_a_size_of_its_own() -> None:
    twice = found((2**10, 2**14, 2**18), lambda n: 2.0 if n == 2**14 else 0.5)
    assert next_sizes(twice, usable) == (2**12, 2**16)
    assert sizes_within(twice) == [2**11, 2**12, 2**13, 2**15, 2**16, 2**17]


def test_sizes_within_are_all_that_may_follow() -> None:
    assert sizes_within(found((2**10, 2**14))) == []
    assert sizes_within(found((2**13, 2**18))) == [2**14, 2**15, 2**16, 2**17]


def test_the_codes_at_the_ends_decide() -> None:
    """omp is the best of the host's at both, seq the baseline."""
    assert deciding_variants([found((2**10, 2**18))]) == {"seq", "omp", "cuda"}


def test_a_wide_bracket_names_what_was_refused() -> None:
    bracket = found((2**10, 2**18))

    def case(name: str, *status: str, scope: str = "host") -> Case:
        return msgspec.convert(without_times(name, *status, scope=scope), Case)

    planned = [
        case(f"reduce/cub/n:{2**14}/threads:1", scope="kernel"),  # a library decides nothing
        case(f"reduce/omp/n:{2**20}/threads:2"),
        case(f"gemm/omp/n:{2**14}/threads:2"),
        case(f"reduce/seq/n:{2**14}/threads:1", "planned", ""),
        case(f"reduce/cuda/n:{2**14}/threads:1", "skipped", "no memory", scope="kernel"),
    ]
    (wide,) = wide_brackets([bracket], planned)
    assert (wide.ends, wide.untold) == ((2**10, 2**18), False)
    assert wide.refused is planned[-1]
    (wide,) = wide_brackets([bracket], planned[:-1])
    assert wide.refused is None
    assert not [*wide_brackets([found((2**14, 2**15))], planned)]


def test_a_factor_of_two_is_narrow() -> None:
    assert is_narrow((1000, 2000))
    assert not is_narrow((1000, 2001))
