# SPDX-License-Identifier: Apache-2.0
"""Futures: calls without cancelling, and what cancelling does."""

import pytest
from asynchronous import FUTURES, futures
from execution_models import measured
from sample_results import result

from workspan.analysis.asynchrony.futures import FutureRow, future_table
from workspan.analysis.ratios.figures import Figure


def about(value: float) -> Figure:
    return Figure(pytest.approx(value), noisy=True)


def test_calls_are_those_without_cancelling_and_cancel_that_with_most() -> None:
    table = future_table(result(futures()).workspan.cases)
    assert table and table == future_table(result(futures()[::-1]).workspan.cases[::-1])
    assert table.cancelled == 50
    rows = {row.model: row for row in table.rows}
    assert [*rows] == [*FUTURES]
    assert rows["threads"] == FutureRow(
        "threads", Figure(1000), about(28e-6), about(4e-9), about(7e-9), about(36e-9), about(0.994)
    )
    assert rows["pool"].n == Figure(10_000)
    assert rows["futures"].cancel is rows["futures"].never_ran is None


def test_each_model_has_its_most_tasks() -> None:
    cases = [
        measured(f"futures/pool/n:{n}/threads:2", 1.0, counters={"spawn_ns": spawn})
        for n, spawn in ((100, 9.0), (10_000, 5.0), (1000, 7.0))
    ]
    table = future_table(result(cases).workspan.cases)
    assert table and table.cancelled == 0
    assert table.rows == (FutureRow("pool", Figure(10_000), spawn=about(5e-9)),)


def test_what_cancelling_costs_takes_tasks_that_are_cancelled() -> None:
    nothing = {"spawn_ns": 5.0, "cancel_ns": 0.0, "never_ran_share": 0.0}
    cases = [measured("futures/pool/n:8/cancel:0/threads:2", 1.0, counters=nothing)]
    table = future_table(result(cases).workspan.cases)
    assert table and table.rows == (FutureRow("pool", Figure(8), spawn=about(5e-9)),)


def test_a_share_is_of_models_where_starting_and_cancelling_race() -> None:
    counters = {"spawn_ns": 5.0, "cancel_ns": 3.0, "never_ran_share": 1.0}
    cases = [
        measured(f"futures/{model}/n:8/cancel:50/threads:2", 1.0, counters=counters)
        for model in ("seq", "coroutines", "tbb", "threads", "pool", "processes")
    ]
    table = future_table(result(cases).workspan.cases)
    assert table
    shares = {row.model for row in table.rows if row.never_ran}
    assert shares == {"threads", "pool", "processes"}
    assert [row.model for row in table.rows if not row.cancel] == ["tbb"]


def test_calls_are_those_of_the_fewest_cancelled() -> None:
    cases = [
        measured(f"futures/pool/n:8/cancel:{k}/threads:2", 1.0, counters={"get_ns": float(k)})
        for k in (50, 10)
    ]
    table = future_table(result(cases).workspan.cases)
    assert table and table.rows == (FutureRow("pool", Figure(8), get=about(10e-9)),)


def test_a_model_without_a_counter_has_no_row() -> None:
    cases = result([measured("futures/pool/n:8/threads:2", 1.0)]).workspan.cases
    assert future_table(cases) is None
    assert future_table([]) is None
