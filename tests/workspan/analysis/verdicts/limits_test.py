# SPDX-License-Identifier: Apache-2.0
"""What bounds a code: its ceiling or its cores, on both sides of each border."""

from dataclasses import replace

import pytest
from judging import computing, moving
from sample_results import result

from workspan.analysis.ratios.judge import Judgement
from workspan.analysis.verdicts.limits import Cpus, code_of_share, core_bound, is_held_back
from workspan.stats.ratios import Estimate

CASE, ARITHMETIC = result(
    [moving("histogram/omp/n:8/threads:2", 20), computing("gemm/omp/n:8/threads:2", 20)]
).workspan.cases
TWO = Cpus(2, 2.0)


def known(value: float, half: float = 0.01) -> Estimate:
    """Of five processes, to a relative half-width."""
    return Estimate(value, (value * (1 - half), value * (1 + half)), 5)


TEAM = Judgement(vs_seq=known(1.98), machine=known(1.45), of_ceiling=known(0.56))
SEQ = Judgement(of_ceiling=known(0.41))


def test_a_code_that_leaves_bandwidth_unused_is_held_against_its_cpus() -> None:
    found = core_bound(CASE, TEAM, SEQ, TWO)
    assert found
    assert (found.one_thread, found.given, found.scales) == (SEQ.of_ceiling, 2.0, 1)
    assert found.of_cpus.value == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("team", "seq"),
    [
        (TEAM, Judgement(of_ceiling=known(0.48, 0.1))),  # its interval crosses one half
        (TEAM, Judgement()),
        (replace(TEAM, of_ceiling=known(0.8, 0.1)), SEQ),  # all threads may reach the ceiling
        (replace(TEAM, of_ceiling=None), SEQ),
        (replace(TEAM, machine=known(1.8)), SEQ),  # memory gives as much as the CPUs
        (replace(TEAM, machine=None), SEQ),
    ],
)
def test_else_its_ceiling_is_the_measure(team: Judgement, seq: Judgement) -> None:
    assert core_bound(CASE, team, seq, TWO) is None


def test_arithmetic_is_of_the_core_so_it_is_the_measure_of_any_share() -> None:
    assert core_bound(ARITHMETIC, TEAM, SEQ, TWO) is None
    assert core_bound(CASE, TEAM, SEQ, TWO)


@pytest.mark.parametrize(
    ("gain", "scales"),
    [(known(1.98), 1), (known(1.75, 0.1), 0), (known(1.6), -1), (Estimate(1.98, None, 1), 1)],
)
def test_it_scales_by_its_interval_and_by_value_without_one(gain: Estimate, scales: int) -> None:
    found = core_bound(CASE, replace(TEAM, vs_seq=gain), SEQ, TWO)
    assert found
    assert found.scales == scales


def test_cpus_give_no_more_than_their_arithmetic() -> None:
    """16 CPUs that are 8 cores do not give 16; of half of them each may have its core."""
    cores = Cpus(16, 8.3)
    assert (cores.given(16), cores.given(8)) == (8.3, 8.0)
    assert Cpus(2, 2.01).given(2) == Cpus(2, None).given(2) == 2


@pytest.mark.parametrize(("interval", "held_back"), [((0.72, 0.84), True), ((0.72, 0.87), False)])
def test_a_code_is_held_back_by_its_whole_interval(
    interval: tuple[float, float], held_back: bool
) -> None:
    assert is_held_back(Estimate(0.79, interval, 5), None) == held_back
    assert is_held_back(Estimate(0.79, None, 1), None)
    assert not is_held_back(Estimate(0.86, None, 1), None)


def test_a_code_that_gains_what_its_cpus_give_is_not_held_back() -> None:
    scales = core_bound(CASE, TEAM, SEQ, TWO)
    behind = core_bound(CASE, replace(TEAM, vs_seq=known(1.1)), SEQ, TWO)
    assert scales and behind
    assert not is_held_back(known(0.7), scales)
    assert is_held_back(known(0.7), behind)


@pytest.mark.parametrize(
    ("share", "interval", "code"),
    [
        (0.9, (0.86, 0.94), "full"),
        (0.9, (0.8, 1.0), "some"),
        (0.9, None, "full"),
        (0.6, (0.51, 0.7), "some"),
        (0.4, (0.3, 0.49), "low"),
        (0.4, (0.3, 0.51), "some"),
        (0.4, None, "low"),
    ],
)
def test_the_level_of_a_share(
    share: float, interval: tuple[float, float] | None, code: str
) -> None:
    found = code_of_share(Estimate(share, interval, 3), ("full", "some", "low"))
    assert found == code
