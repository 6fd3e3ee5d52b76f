# SPDX-License-Identifier: Apache-2.0
"""Files and requests, against the study's numbers."""

import pytest
from asynchronous import ECHO, FILES, ON_ONE_CORE, echo, files, processes, served
from sample_results import result

from workspan.analysis.asynchrony.io import EchoRow, FileRow, echo_table, file_tables
from workspan.analysis.ratios.figures import Figure


def about(value: float, noisy: bool = False) -> Figure:
    return Figure(pytest.approx(value), noisy)


def test_each_input_has_a_table() -> None:
    direct, cached = file_tables(result(files()).workspan.cases, 0.02)
    assert direct.problem.keys == {"input": "direct", "inflight": "8"}
    assert [row.model for row in direct.rows] == [*FILES]
    assert [row.model for row in cached.rows] == ["seq", "threads"]
    rows = {row.model: row for row in direct.rows}
    assert rows["io_uring"] == FileRow(
        "io_uring", about(1282e6), about(13.4e-6), about(59e-6), about(87e-6)
    )
    assert file_tables([], 0.02) == ()


def test_a_read_whose_cpu_time_differs_by_process_is_noisy() -> None:
    of = processes([1.0] * 3)
    for one, cpu in zip(of, (1e-3, 1e-3, 2e-3), strict=True):
        one["cpu"] = [cpu]
    cost = {"flops": 0.0, "bytes": 0.0, "items": 1.0}
    case = served("fileio/seq/n:1000/threads:1", 1.0, invocations=of, cost=cost)
    (table,) = file_tables(result([case]).workspan.cases, 0.02)
    assert table.rows == (FileRow("seq", read_cpu=about(2 ** (1 / 3) * 1e-6, noisy=True)),)


def test_both_loops_stand_side_by_side() -> None:
    table = echo_table(result(echo()).workspan.cases, 0.02)
    assert table and table.closed and table.open_loop
    assert table.closed.keys["rate"] == "closed"
    assert table.open_loop.keys["rate"] == "20000"
    threads, coroutines = table.rows
    (rate, cpu, known) = ECHO["coroutines"]
    assert known
    assert coroutines == EchoRow(
        "coroutines",
        one_core_rate=about(ON_ONE_CORE["coroutines"]),
        rate=about(rate),
        client_cpu=about(cpu * 0.5e-6, noisy=True),
        server_cpu=about(cpu * 0.5e-6, noisy=True),
        closed_p50=about(163e-6),
        open_p50=about(known[0] * 1e-6),
        send_late=about(15e-6, noisy=True),
        open_p99=about(known[1] * 1e-6),
        open_p999=about(known[2] * 1e-6),
        late=about(20 / 20_000, noisy=True),
    )
    assert threads.open_p50 is threads.late is None


def test_a_rate_is_without_set_up_where_the_server_counts_it() -> None:
    name = "echo/threads/n:1000/input:b64/inflight:16/rate:closed/threads:2"
    case = served(name, 0.01, counters={"requests_per_s": 2e5}, interval=[0.008, 0.0125])
    table = echo_table(result([case]).workspan.cases, 0.02)
    assert table and table.rows[0].rate == about(2e5, noisy=True)
    assert table.rows[0].rate.interval == pytest.approx((1.6e5, 2.5e5))
    del case["counters"]["requests_per_s"]
    table = echo_table(result([case]).workspan.cases, 0.02)
    assert table and table.rows[0].rate == about(1e5, noisy=True)
    assert table.rows[0].rate.interval == pytest.approx((8e4, 1.25e5))


def test_the_rate_of_reads_has_the_interval_of_the_time() -> None:
    cost = {"flops": 0.0, "bytes": 1e6, "items": 1.0}
    case = served("fileio/seq/n:1000/threads:1", 1.0, cost=cost, interval=[0.5, 2.0])
    (table,) = file_tables(result([case]).workspan.cases, 0.02)
    assert table.rows[0].rate and table.rows[0].rate.interval == (5e5, 2e6)


def test_one_loop_alone_is_enough_and_neither_is_none() -> None:
    cases = result(echo()).workspan.cases
    closed = echo_table([c for c in cases if c.keys["rate"] == "closed"], 0.02)
    assert closed and closed.open_loop is None and closed.rows[1].open_p99 is None
    scheduled = echo_table([c for c in cases if c.keys["rate"] != "closed"], 0.02)
    assert scheduled and scheduled.closed is None
    assert [row.model for row in scheduled.rows] == ["coroutines"]
    assert scheduled.rows[0].rate is scheduled.rows[0].closed_p50 is None
    assert echo_table([], 0.02) is None
