# SPDX-License-Identifier: Apache-2.0
"""Latencies: merged over processes, told only where they mean something."""

from collections.abc import Mapping

import pytest
from asynchronous import processes, served, spread
from sample_results import result

from workspan.analysis.ratios.figures import Figure
from workspan.analysis.ratios.latency import (
    is_closed_loop,
    is_open_loop,
    latency,
    percentile_ns,
)
from workspan.resultfile.model import Case

OPEN = "echo/seq/n:8/rate:20000/threads:1"


def read(name: str, *histograms: Mapping[int, int], **changed: object) -> Case:
    times = [1.0] * len(histograms)
    of = processes(times, histograms) if histograms else processes([1.0])
    return result([served(name, 1.0, invocations=of, **changed)]).workspan.cases[0]


def test_the_loops_are_told_apart_by_their_key() -> None:
    names = ("rate:20000/", "rate:closed/", "inflight:8/")
    cases = [read(f"echo/seq/n:8/{key}threads:1") for key in names]
    assert [is_open_loop(c) for c in cases] == [True, False, False]
    assert [is_closed_loop(c) for c in cases] == [False, True, False]


def test_a_percentile_is_of_all_processes_together() -> None:
    """600 + 400 values are enough for p99, which neither has alone; 11 of 1000 are above 1 us."""
    case = read(OPEN, {1000: 600}, {1000: 389, 9000: 11})
    assert percentile_ns(case, case.invocations, 990) == 9000
    assert percentile_ns(case, case.invocations[:1], 990) is None
    assert latency(case, 990, 0.02) == Figure(pytest.approx(9e-6), noisy=True)
    assert latency(case, 999, 0.02) is None


@pytest.mark.parametrize(("third", "noisy"), [(40, False), (30, True)])
def test_it_is_noisy_where_processes_differ(third: int, noisy: bool) -> None:
    case = read(OPEN, *(spread(p50, 91, 290) for p50 in (40, 40, third)))
    assert latency(case, 500, 0.02) == Figure(pytest.approx(40e-6), noisy=noisy)
    assert latency(case, 990, 0.02) == Figure(pytest.approx(91e-6))
    assert latency(case, 999, 0.02) == Figure(pytest.approx(290e-6))


def test_it_has_the_interval_of_the_processes_and_lies_within() -> None:
    like = latency(read(OPEN, *(spread(40, p99, 290) for p99 in (91, 95, 99))), 990, 0.02)
    assert like and like.interval
    assert 80e-6 < like.interval[0] < 91e-6 < like.value < 99.1e-6 < like.interval[1] < 110e-6
    slow = latency(read(OPEN, *(spread(40, p99, 9000) for p99 in (91, 91, 8000))), 990, 0.02)
    assert slow and slow.interval and slow.interval[0] < slow.value < slow.interval[1]
    two = latency(read(OPEN, *(spread(40, 91, 290) for _ in range(2))), 990, 0.02)
    assert two and two.interval is None


def test_a_closed_loop_tells_its_median_only() -> None:
    """Its high percentiles omit the requests that a stall held back."""
    closed = read("echo/seq/n:8/rate:closed/threads:1", *[spread(40, 91, 290)] * 3)
    assert latency(closed, 500, 0.02) == Figure(pytest.approx(40e-6))
    assert [latency(closed, p, 0.02) for p in (900, 990, 999)] == [None] * 3


def test_without_latencies_there_is_no_percentile() -> None:
    assert latency(read(OPEN), 500, 0.02) is None
    assert latency(None, 500, 0.02) is None


def test_only_counted_processes_count() -> None:
    one, two = processes([1.0, 1.0], [{1000: 100}, {5000: 900}])
    two |= {"number": 1, "attempt": 2, "disturbed": ["steal"], "counted": False}
    case = result([served(OPEN, 1.0, invocations=[one, two])]).workspan.cases[0]
    assert latency(case, 500, 0.02) == Figure(pytest.approx(1e-6), noisy=True)
    alike = processes([1.0] * 4, [{1000: 100}] * 3 + [{5000: 100}])
    alike[3] |= {"number": 1, "attempt": 2, "disturbed": ["steal"], "counted": False}
    case = result([served(OPEN, 1.0, invocations=alike)]).workspan.cases[0]
    assert latency(case, 500, 0.02) == Figure(pytest.approx(1e-6))
