# SPDX-License-Identifier: Apache-2.0
"""Laws of scaling: exact on exact times; coverage and power in simulated runs of known truth."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scaling_runs import cores_of_16_cpus, time_on

from workspan.stats.scaling_law import (
    AMDAHL,
    USL,
    estimate_of_values,
    fit,
    fit_gustafson,
    karp_flatt,
    noise,
    peaks,
)

Floats = NDArray[np.float64]
TRIALS = 2000
SHARED, OWN = 0.05, 0.02  # deviations of the logarithms: of a process, and of one of its times
FIVE, EIGHT = (1, 2, 4, 8, 16), (1, 2, 3, 4, 6, 8, 12, 16)


def exact(cores: Sequence[float], serial: float, coherency: float = 0.0) -> Floats:
    return np.array([time_on(q, serial, coherency) for q in cores])


class Estimates(NamedTuple):
    """Of each trial: value, and half the interval."""

    values: Floats
    halves: Floats

    def coverage(self, truth: float) -> float:
        return float(np.mean(np.abs(self.values - truth) <= self.halves))

    def power(self) -> float:
        """How often the value is told from 0."""
        return float(np.mean(self.values > self.halves))


def trials_of(times: Floats, processes: int, seed: int = 2) -> Floats:
    random = np.random.default_rng(seed)
    logs = random.normal(0, SHARED, (TRIALS, processes, 1))
    return np.asarray(times * np.exp(logs + random.normal(0, OWN, (TRIALS, processes, len(times)))))


def estimates(values: Floats) -> Estimates:
    each = [estimate_of_values(row) for row in values]
    return Estimates(
        np.array([e.value for e in each]),
        np.array([e.interval[1] - e.value for e in each if e.interval]),
    )


@pytest.mark.parametrize("coherency", [0.0, 0.002])
def test_exact_times_give_the_parameters_back(coherency: float) -> None:
    times = np.stack([exact(EIGHT, 0.03, coherency) * scale for scale in (1.0, 3.0)])
    found = fit(np.array(EIGHT, dtype=float), times, USL)
    assert found.serial == pytest.approx([0.03, 0.03])
    assert found.coherency == pytest.approx([coherency, coherency], abs=1e-9)
    assert np.abs(found.residuals).max() < 1e-9


@pytest.mark.parametrize("processes", [3, 5, 10])
@pytest.mark.parametrize("counts", [FIVE, EIGHT])
def test_coverage_of_both_laws(counts: Sequence[int], processes: int) -> None:
    cores = np.array(counts, dtype=float)
    usl = fit(cores, trials_of(exact(counts, 0.02, 0.002), processes), USL)
    amdahl = fit(cores, trials_of(exact(counts, 0.02), processes), AMDAHL)
    assert estimates(usl.serial).coverage(0.02) >= 0.92
    assert estimates(usl.coherency).coverage(0.002) >= 0.92
    assert estimates(amdahl.serial).coverage(0.02) >= 0.92


@pytest.mark.parametrize(
    ("counts", "processes", "goal"), [(FIVE, 3, 0.85), (FIVE, 5, 0.99), (EIGHT, 3, 0.93)]
)
def test_strong_coherency_is_told_from_0(
    counts: Sequence[int], processes: int, goal: float
) -> None:
    cores = np.array(counts, dtype=float)
    with_it = fit(cores, trials_of(exact(counts, 0.02, 0.002), processes), USL)
    without = fit(cores, trials_of(exact(counts, 0.02), processes), USL)
    assert estimates(with_it.coherency).power() >= goal
    assert estimates(without.coherency).power() <= 0.035  # half of the 5 % lie above


@pytest.mark.parametrize("serial", [0.0, 0.02, 0.05])
def test_hyper_threads_are_blamed_on_the_code_over_threads_and_not_over_cores(
    serial: float,
) -> None:
    cores = np.array([cores_of_16_cpus(p) for p in FIVE])
    times = trials_of(exact(list(cores), serial), processes=5)
    over_cores = estimates(fit(cores, times, AMDAHL).serial)
    over_threads = estimates(fit(np.array(FIVE, dtype=float), times, AMDAHL).serial)
    assert over_cores.coverage(serial) >= 0.92
    assert over_threads.coverage(serial) <= 0.05
    assert np.mean(over_threads.values) > serial + 0.02


def test_the_peak_of_a_sweep_to_128_threads() -> None:
    counts = (*EIGHT, 24, 32, 48, 64, 96, 128)
    truth = np.sqrt((1 - 0.01) / 2e-4)  # 70 cores
    found = fit(
        np.array(counts, dtype=float), trials_of(exact(counts, 0.01, 2e-4), processes=5), USL
    )
    each = [np.median(peaks(*both)) for both in zip(found.serial, found.coherency, strict=True)]
    assert np.quantile(each, [0.025, 0.975]) == pytest.approx([truth, truth], rel=0.05)


def test_exact_scaled_speedups_give_gustafsons_serial_fraction_back() -> None:
    cores = np.array([1.0, 2.0, 3.9, 7.2, 8.6])
    speedups = np.stack([scale * (cores - 0.07 * (cores - 1)) for scale in (1.0, 1.3)])
    found = fit_gustafson(cores, speedups)
    assert found.serial == pytest.approx([0.07, 0.07])
    assert np.abs(found.residuals).max() < 1e-9


@pytest.mark.parametrize("counts", [(1, 2, 4), FIVE, EIGHT])
@pytest.mark.parametrize("processes", [3, 5])
def test_coverage_of_gustafsons_law(counts: Sequence[int], processes: int) -> None:
    cores = np.array(counts, dtype=float)
    times = trials_of(1 / (cores - 0.1 * (cores - 1)), processes)
    found = fit_gustafson(cores, times[..., :1] / times)
    assert estimates(found.serial).coverage(0.1) >= 0.92


def test_one_value_a_process() -> None:
    known = estimate_of_values(np.array([0.01, 0.02, 0.03]))
    assert known.value == pytest.approx(0.02)
    assert known.interval == pytest.approx((0.02 - 0.02484, 0.02 + 0.02484), abs=1e-5)
    assert estimate_of_values(np.array([0.01, 0.02])).interval is None
    assert estimate_of_values(np.array([0.01])).within_one_process


def test_noise_is_that_of_a_process_and_not_of_the_law() -> None:
    assert noise(np.array([[0.1, -0.1], [0.1, -0.1], [0.1, -0.1]])) < 1e-12
    assert noise(np.array([[0.01, 0.0], [0.0, 0.01], [-0.01, -0.01]])) == pytest.approx(0.01)


def test_serial_fractions_of_single_points() -> None:
    assert karp_flatt(1 / time_on(8, 0.1), 8) == pytest.approx(0.1)
    assert karp_flatt(1.0, 1.0) is None


def test_no_peak_without_coherency() -> None:
    assert peaks([0.01, 0.01], [0.0, -1e-3]) == []
    assert peaks([0.0], [0.01]) == pytest.approx([10])
