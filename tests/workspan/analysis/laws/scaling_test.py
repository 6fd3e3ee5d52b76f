# SPDX-License-Identifier: Apache-2.0
"""Scaling of whole files: the law over what the machine gave, and each reason why there is none."""

from collections.abc import Callable

import numpy as np
import pytest
from paths import ROOT
from scaling_runs import cores_of_16_cpus, scaling_run, time_on, with_cpus

from workspan.analysis.laws.scaling import Scaling, law_of, scalings
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

XEON = ROOT / "results" / "xeon-emerald-rapids-vm-2-cores" / "quick.json"
COUNTS = (1, 2, 3, 4, 6, 8, 12, 16)


def law(serial: float, coherency: float = 0.0) -> Callable[[int], float]:
    return lambda p: time_on(cores_of_16_cpus(p), serial, coherency)


def only(file: ResultFile) -> Scaling:
    (found,) = scalings(file)
    return found


def test_amdahl_over_the_cores_of_a_machine_with_hyper_threads() -> None:
    found = only(scaling_run(COUNTS, law(0.05)))
    assert (found.variant, found.n, found.refusal) == ("omp", 8, None)
    assert found.law
    assert found.law.kind == "amdahl"
    assert found.law.serial.interval
    low, high = found.law.serial.interval
    assert 0.03 < low < 0.05 < high < 0.07
    assert not found.law.has_no_serial_part


def test_points_have_speedup_machine_and_karp_flatt() -> None:
    points = only(scaling_run(COUNTS, law(0.05))).points
    assert [p.threads for p in points] == [*COUNTS]
    assert points[0].speedup.value == 1
    assert points[0].karp_flatt is None
    last = points[-1]
    assert last.machine
    assert last.machine.value == pytest.approx(8.6, rel=0.02)
    assert last.speedup.value == pytest.approx(1 / time_on(8.6, 0.05), rel=0.05)
    assert last.karp_flatt == pytest.approx(0.05, abs=0.02)


def test_no_serial_part_is_said_so() -> None:
    found = only(scaling_run(COUNTS, law(0.0))).law
    assert found
    assert found.has_no_serial_part


def test_coherency_has_a_peak() -> None:
    found = only(scaling_run(COUNTS, law(0.02, 0.02))).law
    assert found
    assert found.kind == "usl"
    assert found.peak
    assert found.peak.interval
    assert found.peak.interval[0] < 7 < found.peak.interval[1]
    assert found.coherency
    assert found.coherency.value == pytest.approx(0.02, abs=0.005)


def test_ceilings_among_the_rows_serve_in_files_without_those_beside() -> None:
    found = scalings(scaling_run(COUNTS, law(0.05), ceilings="rows"))
    of_code, of_ceiling = (next(s for s in found if s.workload == w) for w in ("reduce", "read"))
    assert of_code.law
    assert of_code.law.serial.value == pytest.approx(0.05, abs=0.02)
    assert of_code.points[-1].machine
    assert of_code.points[-1].machine.from_rows
    assert (of_ceiling.law, of_ceiling.refusal) == (None, "is_ceiling")


def test_without_any_ceiling_the_machine_would_be_blamed_on_the_code() -> None:
    found = only(scaling_run(COUNTS, law(0.05), ceilings="none"))
    assert (found.law, found.refusal) == (None, "no_ceiling")


@pytest.mark.parametrize(("processes", "refusal"), [(1, "few_processes"), (2, "few_processes")])
def test_too_few_processes(processes: int, refusal: str) -> None:
    found = only(scaling_run(COUNTS, law(0.05), processes))
    assert (found.law, found.refusal, len(found.points)) == (None, refusal, 8)


def test_two_cores_tell_no_law() -> None:
    found = scalings(read_result(XEON))
    assert {s.refusal for s in found} == {"few_cpus", "no_ceiling", "is_ceiling"}
    assert all(s.law is None for s in found)
    montecarlo = next(s for s in found if s.workload == "montecarlo" and s.n == 2**24)
    assert montecarlo.points[1].speedup.value == pytest.approx(1.94, abs=0.01)


def test_threads_beyond_the_cpus_are_shown_but_not_fitted() -> None:
    file = scaling_run((1, 2, 4, 8, 16), lambda p: 3.0 if p == 16 else law(0.05)(p))
    found = only(with_cpus(file, 8))
    assert len(found.points) == 5
    assert found.law
    assert found.law.serial.value == pytest.approx(0.05, abs=0.03)


def test_superlinear_names_the_threads_at_which_it_begins() -> None:
    found = only(scaling_run(COUNTS, lambda p: law(0.0)(p) / (1.5 if p >= 4 else 1)))
    assert (found.law, found.refusal, found.kink) == (None, "superlinear", 4)


@pytest.mark.parametrize("slower", [lambda p: 3 + 0.1 * p, lambda p: 3.0 * p])
def test_a_fraction_above_1_is_none(slower: Callable[[int], float]) -> None:
    found = only(scaling_run(COUNTS, lambda p: slower(p) if p > 1 else 1.0))
    assert (found.law, found.refusal, found.kink) == (None, "no_fraction", None)


@pytest.mark.parametrize("serial", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("threads", [4, 8, 12, 16])
@pytest.mark.parametrize("slower", [1.2, 1.3, 1.5, 2.0, 3.0, 10.0])
def test_a_code_that_collapses_breaks_there_and_is_not_superlinear(
    slower: float, threads: int, serial: float
) -> None:
    found = only(scaling_run(COUNTS, lambda p: law(serial)(p) * (slower if p >= threads else 1)))
    assert (found.law, found.refusal, found.kink) == (None, "neither_law", threads)


@pytest.mark.parametrize("threads", [2, 4, 8, 12, 16])
@pytest.mark.parametrize("faster", [1.5, 2.0, 4.0])
def test_a_cache_that_makes_a_code_faster_than_the_machine_is_superlinear(
    faster: float, threads: int
) -> None:
    found = only(scaling_run(COUNTS, lambda p: law(0.05)(p) / (faster if p >= threads else 1)))
    assert (found.law, found.refusal, found.kink) == (None, "superlinear", threads)


def test_a_code_that_gets_faster_and_stays_below_the_machine_is_not_superlinear() -> None:
    found = only(scaling_run(COUNTS, lambda p: law(0.2)(p) / (1.5 if p >= 8 else 1)))
    assert (found.law, found.refusal, found.kink) == (None, "neither_law", 8)


def test_a_code_that_gains_nothing_over_the_machine_but_noise_is_not_superlinear() -> None:
    random, refusals = np.random.default_rng(3), 0
    cores = np.array([[1.0, 2, 4, 8, 16]] * 3)
    for _ in range(300):
        times = np.exp(random.normal(0, 0.02, cores.shape)) / cores
        refusals += law_of(cores, times / times[:, :1], [1, 2, 4, 8, 16]).law is None
    assert refusals <= 3


def test_a_bump_breaks_where_it_begins() -> None:
    found = only(scaling_run(COUNTS, lambda p: law(0.02)(p) * (3 if p in (6, 8) else 1)))
    assert (found.law, found.refusal, found.kink) == (None, "neither_law", 6)


def test_small_deviations_are_not_a_break() -> None:
    cores = np.array([[1.0, 2, 4, 8, 16]] * 3)
    times = np.array([[time_on(q, 0.02) for q in cores[0]]] * 3)
    times[:, 2] *= 1.03
    assert law_of(cores, times, [1, 2, 4, 8, 16]).law
    times[:, 2] *= 1.5
    assert law_of(cores, times, [1, 2, 4, 8, 16])[1:] == ("neither_law", 4)


@pytest.mark.parametrize("coherency", [0.0, 0.002])
@pytest.mark.parametrize("counts", [(1, 2, 4, 8, 16), COUNTS])
def test_the_serial_part_is_covered_whichever_law_was_chosen(
    counts: tuple[int, ...], coherency: float
) -> None:
    random, trials = np.random.default_rng(2), 1000
    cores = np.array([counts] * 3, dtype=float)
    truth = np.array([time_on(q, 0.02, coherency) for q in counts])
    covered, chosen = [], []
    for _ in range(trials):
        noise = random.normal(0, 0.05, (3, 1)) + random.normal(0, 0.02, cores.shape)
        found = law_of(cores, truth * np.exp(noise), counts).law
        if found and found.serial.interval:
            covered.append(found.serial.interval[0] <= 0.02 <= found.serial.interval[1])
            chosen.append(found.kind == "usl")
    assert len(covered) > 0.98 * trials
    assert np.mean(covered) >= 0.91
    assert np.mean(chosen) >= 0.85 if coherency else np.mean(chosen) <= 0.04
