# SPDX-License-Identifier: Apache-2.0
"""Ratios from pairs: exact products, what drift does not change, coverage with fixed seeds."""

import math
from collections.abc import Hashable

import numpy as np
import pytest
from comparing import SCALE
from scipy import stats

from workspan.stats import ratios
from workspan.stats.pairs import Blocks
from workspan.stats.ratios import Estimate, Processes, Sides

E = math.e


def blocks(*seconds: float) -> Blocks:
    return Blocks(range(1, len(seconds) + 1), seconds)


def test_an_interval_needs_three_processes() -> None:
    assert ratios.estimate_of_logs([]) is None
    assert ratios.estimate_of_logs([1.0]) == Estimate(E, None, 1, within_one_process=True)
    assert ratios.estimate_of_logs([0.0, 2.0]) == Estimate(pytest.approx(E), None, 2)
    found = ratios.estimate_of_logs([0.1, 0.2, 0.6])
    assert found and found.interval and found.processes == 3
    low, high = stats.t.interval(0.95, 2, np.mean([0.1, 0.2, 0.6]), stats.sem([0.1, 0.2, 0.6]))
    assert found.interval == pytest.approx((math.exp(low), math.exp(high)))
    assert not found.within_one_process


def test_drift_that_hits_both_cases_of_a_block_cancels() -> None:
    rng = np.random.default_rng(3)
    mood = np.exp(rng.normal(0, 1, (4, 20)))
    others: Processes = {k: blocks(*(3 * mood[k])) for k in range(4)}
    cases: Processes = {k: blocks(*mood[k]) for k in range(4)}
    found = ratios.ratio(Sides(others, cases))
    assert found and found.interval
    assert found.value == pytest.approx(3)
    assert found.interval == pytest.approx((3, 3))


def test_only_processes_with_both_sides_count() -> None:
    others: Processes = {1: blocks(2.0), 2: blocks(4.0), 3: blocks(9.0)}
    cases: Processes = {1: blocks(1.0), 2: blocks(2.0), 4: blocks(9.0), 3: Blocks((7,), (1.0,))}
    assert ratios.ratio(Sides(others, cases)) == Estimate(pytest.approx(2), None, 2)
    assert ratios.ratio(Sides({1: blocks(1.0)}, {2: blocks(1.0)})) is None


def test_one_process_is_marked_and_needs_six_pairs_for_an_interval() -> None:
    five = ratios.ratio(Sides({1: blocks(*[2.0] * 5)}, {1: blocks(*[1.0] * 5)}))
    assert five == Estimate(pytest.approx(2), None, 1, within_one_process=True)
    pairs = list(np.random.default_rng(1).normal(0.5, 0.1, 30))
    found = ratios.within_one_process(pairs)
    assert found.interval and found.within_one_process
    assert found.value == pytest.approx(math.exp(np.median(pairs)))
    assert found.interval[0] < found.value < found.interval[1]
    assert found == ratios.within_one_process(pairs)
    assert found.interval != ratios.within_one_process([*pairs[:-1], 9.0]).interval


def test_a_process_without_blocks_draws_both_sides() -> None:
    rng = np.random.default_rng(1)
    old, new = (list(np.exp(rng.normal(0, 0.1, 30))) for _ in range(2))
    found = ratios.ratio(Sides({1: old}, {1: new}))
    assert found and found.interval and found.within_one_process
    shared = ratios.ratio(Sides({1: blocks(*old)}, {1: blocks(*old)}))
    assert shared and shared.interval == (1, 1)
    assert found.interval[0] < 1 < found.interval[1]


def made_up(rng: np.random.Generator, processes: int, count: int) -> dict[str, Processes]:
    """Four cases whose blocks share a mood; one in seven samples is missing."""
    found: dict[str, dict[Hashable, Blocks]] = {}
    mood = np.exp(rng.normal(0, 0.5, (processes, count)))
    for case in ("seq", "omp", "one", "all"):
        noise = np.exp(rng.normal(0, 0.1, (processes, count)))
        found[case] = {}
        for p in range(processes):
            kept = [b for b in range(count) if rng.random() > 1 / 7]
            found[case][p] = Blocks(kept, [float(mood[p, b] * noise[p, b]) for b in kept])
    return {name: dict(of) for name, of in found.items()}


@pytest.mark.parametrize("processes", [1, 2, 3, 5])
def test_machine_times_code_is_the_speedup(processes: int) -> None:
    data = made_up(np.random.default_rng(processes), processes, 12)
    top, bottom = Sides(data["seq"], data["omp"]), Sides(data["one"], data["all"])
    speedup, machine = ratios.ratio(top), ratios.ratio(bottom)
    code = ratios.quotient(top, bottom)
    assert speedup and machine and code
    assert machine.value * code.value == pytest.approx(speedup.value, rel=1e-12)
    assert code.processes == processes
    assert (code.interval is None) == (processes == 2)
    for p in range(processes):
        alone = [Sides({p: side.others[p]}, {p: side.cases[p]}) for side in (top, bottom)]
        of_one = [ratios.ratio(alone[0]), ratios.quotient(*alone), ratios.ratio(alone[1])]
        assert of_one[0] and of_one[1] and of_one[2]
        assert of_one[1].value * of_one[2].value == pytest.approx(of_one[0].value, rel=1e-12)


def test_a_quotient_cancels_a_mood_that_both_ratios_have() -> None:
    mood = np.exp(np.random.default_rng(2).normal(0, 0.5, 20))
    top = Sides({1: blocks(*[2.0] * 20)}, {1: blocks(*mood)})
    bottom = Sides({1: blocks(*[1.0] * 20)}, {1: blocks(*mood)})
    found = ratios.quotient(top, bottom)
    assert found and found.interval == pytest.approx((2, 2))
    assert ratios.quotient(top, Sides({2: blocks(1.0)}, {2: blocks(1.0)})) is None


def test_an_estimate_of_another_unit_keeps_its_marks() -> None:
    known = Estimate(2.0, (1.0, 4.0), 1, within_one_process=True)
    assert known.scaled(0.5) == Estimate(1.0, (0.5, 2.0), 1, within_one_process=True)
    assert Estimate(2.0, None, 2).scaled(3).interval is None
    assert known.inverse() == Estimate(0.5, (0.25, 1.0), 1, within_one_process=True)
    assert Estimate(2.0, None, 2).inverse() == Estimate(0.5, None, 2)


def test_the_inverse_of_an_estimate_of_one_process_has_its_ends_turned_round() -> None:
    found = ratios.within_one_process([0.1 * k for k in range(9)])
    turned = found.inverse()
    assert found.interval and turned.interval and not turned.by_value
    assert turned.value == 1 / found.value
    assert turned.interval == (1 / found.interval[1], 1 / found.interval[0])
    assert turned.within_one_process


def test_an_estimate_without_an_interval_is_known_by_value_unless_it_is_exact() -> None:
    assert Estimate(2.0, None, 2).by_value
    assert not Estimate(2.0, (1.0, 4.0), 3).by_value
    assert not Estimate(1.0, None, 2, exact=True).by_value


def test_welch_is_scipys() -> None:
    rng = np.random.default_rng(4)
    old, new = rng.normal(0, 0.1, 5).tolist(), rng.normal(0.2, 0.3, 9).tolist()
    found, known = ratios.unpaired(old, new), stats.ttest_ind(new, old, equal_var=False)
    assert found.value == pytest.approx(math.exp(np.mean(new) - np.mean(old)))
    assert ratios.welch_p(old, new) == pytest.approx(known.pvalue)
    interval = known.confidence_interval()
    assert found.interval == pytest.approx((math.exp(interval.low), math.exp(interval.high)))


def test_paired_t_is_scipys() -> None:
    logs = list(np.random.default_rng(4).normal(0.1, 0.1, 5))
    found, known = ratios.paired_t(logs), stats.ttest_1samp(logs, 0)
    assert found.p == pytest.approx(known.pvalue)
    interval = known.confidence_interval()
    assert found.interval == pytest.approx((math.exp(interval.low), math.exp(interval.high)))


def test_tests_tell_nothing_of_single_values_and_of_data_without_noise() -> None:
    assert ratios.paired_t([1.0]) == (pytest.approx(E), None, None)
    assert ratios.welch_p([0.0] * 3, [1.0] * 3) is None
    assert ratios.unpaired([0.0] * 3, [1.0] * 3).interval == (E, E)
    assert ratios.paired_t([1.0] * 4) == (E, (E, E), None)


def test_independent_processes_have_an_interval_from_three_a_side() -> None:
    assert ratios.unpaired([0.0], [1.0]) == Estimate(E, None, 1, within_one_process=True)
    assert ratios.unpaired([0.0, 0.1], [1.0, 1.1, 1.2]).interval is None
    assert ratios.unpaired([0.0, 0.1, 0.2], [1.0, 1.1, 1.2]).interval


def test_wild_ratios_stay_finite() -> None:
    wild: Processes = {0: [1e300], 1: [1.0], 2: [5e-324]}
    found = ratios.ratio(Sides({k: [5e-324] for k in range(3)}, wild))
    assert found and found.interval
    assert 0 < found.interval[0] <= found.value <= found.interval[1] < math.inf


@pytest.mark.parametrize("processes", [1, 3, 5])
def test_intervals_of_ratios_cover_what_they_say(processes: int) -> None:
    rng = np.random.default_rng(processes)
    hits, rounds = 0, 120 * SCALE
    for _ in range(rounds):
        own = rng.normal(0, 0.02, processes) if processes > 1 else np.zeros(1)
        logs = own[:, None] + rng.normal(0, 0.05, (processes, 18))
        others: Processes = {k: blocks(*np.exp(logs[k])) for k in range(processes)}
        found = ratios.ratio(Sides(others, {k: blocks(*[1.0] * 18) for k in range(processes)}))
        assert found and found.interval
        hits += found.interval[0] <= 1 <= found.interval[1]
    assert hits >= 0.90 * rounds
