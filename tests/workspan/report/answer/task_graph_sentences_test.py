# SPDX-License-Identifier: Apache-2.0
"""Work and span in words."""

from judging import computing
from sample_results import result

from workspan.analysis.laws.task_graphs import TaskGraph
from workspan.report.answer.task_graph_sentences import sentence, sentences
from workspan.stats.ratios import Estimate


def graph(n: int = 1024, threads: int = 2, speedup: Estimate | None = None) -> TaskGraph:
    name = f"cholesky/omp_tasks/n:{n}/threads:{threads}"
    (case,) = result([computing(name, 18)]).workspan.cases
    each = {"potrf": 1e-4, "trsm": 2e-4, "syrk": 1e-4, "gemm": 0.0}
    return TaskGraph(case, 6, each, 12e-3, 4e-3, speedup)


def test_threads_are_the_limit_of_few_of_them() -> None:
    known = Estimate(1.8, (1.7, 1.9), 5)
    assert sentence(graph(speedup=known)) == (
        "cholesky omp_tasks, n = 2^10, 6 x 6 tiles: work 12.0 ms, span 4.00 ms, so a parallelism of"
        " 3.00 (one task by itself: potrf 100 us, trsm 200 us, syrk 100 us). On 2 threads no"
        " schedule gains more than 2.00x over one, for which the threads are the limit; measured"
        " 1.80x [1.70, 1.90], 90 % of it."
    )


def test_a_speedup_without_an_interval_is_marked_and_so_is_its_share() -> None:
    text = sentence(graph(speedup=Estimate(1.8, None, 2)))
    assert text.endswith("; measured 1.80x?, 90 %? of it.")


def test_the_longest_path_is_the_limit_of_many() -> None:
    text = sentence(graph(threads=16))
    assert "more than 3.00x over one, for which the longest path is the limit" in text
    assert text.endswith("; its speedup over one thread was not measured.")


def test_a_code_is_shown_at_its_largest_size_on_the_most_threads() -> None:
    found = [graph(128, 2), graph(1024, 2), graph(1024, 4), graph(256, 8)]
    (text,) = sentences(found)
    assert "n = 2^10" in text
    assert "On 4 threads" in text
    assert sentences([]) == []
