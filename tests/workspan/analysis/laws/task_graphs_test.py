# SPDX-License-Identifier: Apache-2.0
"""Work and span as counted, the bound that follows, and the speedup beside it."""

from typing import Any

import pytest
from judging import computing
from sample_results import result

from workspan.analysis.laws.task_graphs import TaskGraph, task_graphs

COUNTED = {
    "tiles": 6.0,
    "work_seconds": 12e-3,
    "span_seconds": 4e-3,
    "potrf_seconds": 1e-4,
    "trsm_seconds": 2e-4,
    "syrk_seconds": 1e-4,
    "gemm_seconds": 3e-4,
}


def graphs(threads: int = 2, **changed: Any) -> tuple[TaskGraph, ...]:
    cases = [
        computing("cholesky/omp_tasks/n:64/threads:1", 10, counters=COUNTED),
        computing(f"cholesky/omp_tasks/n:64/threads:{threads}", 18, counters=COUNTED | changed),
    ]
    return task_graphs(result(cases))


def test_a_case_on_several_threads_has_its_graph() -> None:
    (one,) = graphs()
    assert one.case.threads == 2
    assert (one.tiles, one.work, one.span) == (6, 12e-3, 4e-3)
    assert one.each == {"potrf": 1e-4, "trsm": 2e-4, "syrk": 1e-4, "gemm": 3e-4}
    assert one.parallelism == pytest.approx(3)
    assert one.speedup and one.speedup.value == pytest.approx(1.8)


@pytest.mark.parametrize(("threads", "bound"), [(2, 2.0), (3, 3.0), (8, 3.0)])
def test_threads_or_the_longest_path_bound_the_gain(threads: int, bound: float) -> None:
    (one,) = graphs(threads)
    assert one.bound == pytest.approx(bound)


@pytest.mark.parametrize(
    "changed",
    [{"span_seconds": 0.0}, {"span_seconds": 13e-3}, {"work_seconds": 0.0}],
)
def test_an_impossible_graph_is_none(changed: dict[str, float]) -> None:
    assert graphs(**changed) == ()


def test_a_file_without_these_counters_has_no_graph() -> None:
    cases = [computing("cholesky/omp_tasks/n:64/threads:2", 18, counters={"tiles": 6.0})]
    assert task_graphs(result(cases)) == ()


def test_without_a_time_on_one_thread_there_is_no_speedup() -> None:
    case = computing("cholesky/omp_tasks/n:64/threads:2", 18, counters=COUNTED)
    (one,) = task_graphs(result([case]))
    assert one.speedup is None
