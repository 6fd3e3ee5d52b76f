# SPDX-License-Identifier: Apache-2.0
"""Shared counters: the cost of an increment, and the law over threads."""

import json
from math import prod
from typing import Any

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


def curve(threads: tuple[int, ...], count: int, each_pair: float) -> list[dict[str, Any]]:
    """Times that follow the universal scalability law, with a little noise that has no trend."""
    found = []
    for k, p in enumerate(threads):
        seconds = (1 + SERIAL * (p - 1) + each_pair * p * (p - 1)) / p
        noise = [1 + 1e-4 * ((k + process) % 3 - 1) for process in range(count)]
        times = processes([seconds * one for one in noise])
        name = f"contention/atomic/n:1000/threads:{p}"
        time = seconds * prod(noise) ** (1 / count)
        found.append(served(name, time, invocations=times, interval="none"))
    return found


def of_curve(
    threads: tuple[int, ...], count: int = 3, each_pair: float = CONTENTION
) -> ContentionRow:
    """Read from a file without Google Benchmark's rows."""
    file = tree(curve(threads, count, each_pair)) | {"benchmarks": []}
    cases = decode_result(json.dumps(file).encode(), "x").workspan.cases
    table = contention_table(cases, 8, 0.02)
    assert table
    return table.rows[0]


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
    assert row.coherency.noisy is False


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


def test_an_increment_has_the_interval_of_the_time() -> None:
    case = measured("contention/mutex/n:1000/threads:2", 1.0, interval=[0.5, 2.0])
    table = contention_table(result([case]).workspan.cases, 2, 0.02)
    assert table and table.rows[0].all_threads
    assert table.rows[0].all_threads.interval == pytest.approx((5e-4, 2e-3))
