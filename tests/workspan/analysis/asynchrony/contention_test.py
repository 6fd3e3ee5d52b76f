# SPDX-License-Identifier: Apache-2.0
"""Shared counters: the cost of an increment, and the law over threads."""

import json
from collections.abc import Mapping
from math import prod

import pytest
from asynchronous import contention, processes, served
from execution_models import measured
from sample_results import result, tree

from workspan.analysis.asynchrony.contention import ContentionRow, contention_table
from workspan.analysis.ratios.figures import Figure
from workspan.resultfile.read import decode_result

SERIAL, CONTENTION = 0.3, 0.05


def about(value: float, **fields: bool) -> Figure:
    return Figure(pytest.approx(value), **fields)


def on(threads: int, each_pair: float = CONTENTION, serial: float = SERIAL) -> float:
    """The time on these threads over that on one, by the universal scalability law."""
    return (1 + serial * (threads - 1) + each_pair * threads * (threads - 1)) / threads


def of_times(
    times: Mapping[int, float], count: int = 3, cpus: int = 8, spread: float = 1e-4
) -> ContentionRow:
    """Times by threads, each with a little noise that has no trend, read from a file without
    Google Benchmark's rows.
    """
    found = []
    for k, (threads, seconds) in enumerate(times.items()):
        noise = [1 + spread * ((k + process) % 3 - 1) for process in range(count)]
        invocations = processes([seconds * one for one in noise])
        name = f"contention/atomic/n:1000/threads:{threads}"
        time = seconds * prod(noise) ** (1 / count)
        found.append(served(name, time, invocations=invocations, interval="none"))
    file = tree(found) | {"benchmarks": []}
    cases = decode_result(json.dumps(file).encode(), "x").workspan.cases
    table = contention_table(cases, cpus, 0.02)
    assert table
    return table.rows[0]


def of_curve(
    threads: tuple[int, ...], count: int = 3, each_pair: float = CONTENTION
) -> ContentionRow:
    return of_times({p: on(p, each_pair) for p in threads}, count)


def test_an_increment_costs_more_on_all_threads() -> None:
    table = contention_table(result(contention()).workspan.cases, 2, 0.02)
    assert table and (table.threads, table.problem.n) == (2, 1_000_000)
    rows = {row.model: row for row in table.rows}
    assert rows["omp_critical"] == ContentionRow(
        "omp_critical", about(10e-9), about(23e-9), about(10 / 23)
    )
    assert rows["sharded"].gain == about(1.5 / 0.8)
    assert rows["seq"] == ContentionRow("seq", about(1.5e-9))


def test_on_one_cpu_nothing_competes() -> None:
    cases = [c for c in result(contention()).workspan.cases if c.threads == 1]
    table = contention_table(cases, 1, 0.02)
    assert table and not any(row.all_threads or row.gain for row in table.rows)
    assert contention_table([], 2, 0.02) is None


def test_threads_that_shared_a_cpu_did_not_compete() -> None:
    name = "contention/atomic/n:1000/threads:2"
    alone = measured(name, 1.0, counters={"cpus_used": 1.0}, threading="own")
    table = contention_table(result([alone]).workspan.cases, 2, 0.02)
    assert table and table.rows[0].all_threads == about(1e-3, one_cpu=True)


def test_four_numbers_of_threads_tell_the_law() -> None:
    row = of_curve((1, 2, 4, 8))
    assert row.serial and row.serial.value == pytest.approx(SERIAL, abs=0.01)
    assert row.coherency and row.coherency.value == pytest.approx(CONTENTION, abs=0.005)
    assert row.coherency.noisy is row.serial.noisy is False
    assert row.refusal is None


@pytest.mark.parametrize(
    ("threads", "count"), [((1, 2, 4), 3), ((1, 2, 4, 8), 2), ((2, 4, 6, 8), 3)]
)
def test_fewer_threads_or_processes_tell_no_law(threads: tuple[int, ...], count: int) -> None:
    for each_pair in (0.0, CONTENTION):
        row = of_curve(threads, count, each_pair)
        assert row.serial is row.coherency is None


def test_without_contention_it_is_amdahls_law() -> None:
    row = of_curve((1, 2, 4, 8), each_pair=0.0)
    assert row.serial and row.serial.value == pytest.approx(SERIAL, abs=0.01)
    assert row.coherency is None


def test_fractions_have_intervals_and_the_mark_of_wide_ones() -> None:
    row = of_times({p: on(p) for p in (1, 2, 4, 8)}, spread=0.02)
    assert row.serial and row.serial.interval and row.coherency and row.coherency.interval
    assert row.serial.interval[0] < SERIAL < row.serial.interval[1]
    assert row.coherency.interval[0] < CONTENTION < row.coherency.interval[1]
    assert row.serial.noisy and row.coherency.noisy


def test_of_a_fraction_that_may_be_0_the_upper_end_is_known() -> None:
    row = of_times({p: on(p, 0.0, 0.0) for p in (1, 2, 4, 8)}, spread=0.01)
    assert row.serial and row.serial.at_most and row.serial.noisy
    assert row.serial.interval and row.serial.interval[0] < 0
    assert row.serial.value == row.serial.interval[1] < 0.1


def test_threads_without_a_cpu_of_their_own_are_not_fitted() -> None:
    kinked = {p: on(p) * (5.0 if p > 4 else 1.0) for p in (1, 2, 3, 4, 8, 16)}
    row = of_times(kinked, cpus=4)
    assert row.serial and row.serial.value == pytest.approx(SERIAL, abs=0.01)
    assert of_times(kinked, cpus=16).serial is None


@pytest.mark.parametrize(("cpus", "refusal"), [(2, "few_cpus"), (3, "few_cpus"), (6, "few_counts")])
def test_on_fewer_cpus_than_threads_four_counts_tell_no_law(cpus: int, refusal: str) -> None:
    row = of_times({p: on(p) for p in (1, 2, 4, 8)}, cpus=cpus)
    assert (row.serial, row.coherency, row.refusal) == (None, None, refusal)


def test_a_counter_that_is_slower_on_all_threads_than_a_fraction_explains_has_no_law() -> None:
    row = of_times({1: 1.0, 2: 3.0, 3: 3.1, 4: 3.2}, cpus=4)
    assert (row.serial, row.coherency, row.refusal) == (None, None, "no_fraction")


def test_a_kink_is_named() -> None:
    row = of_times({p: on(p) * (2 if p == 4 else 1) for p in (1, 2, 4, 6, 8)})
    assert (row.serial, row.refusal, row.kink) == (None, "neither_law", 4)


def test_two_processes_tell_no_law() -> None:
    assert of_curve((1, 2, 4, 8), 2).refusal == "few_processes"
    assert of_curve((1, 2, 4)).refusal is None  # of which nobody expects a law


def test_an_increment_has_the_interval_of_the_time() -> None:
    case = measured("contention/mutex/n:1000/threads:2", 1.0, interval=[0.5, 2.0])
    table = contention_table(result([case]).workspan.cases, 2, 0.02)
    assert table and table.rows[0].all_threads
    assert table.rows[0].all_threads.interval == pytest.approx((5e-4, 2e-3))
