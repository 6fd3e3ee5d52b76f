# SPDX-License-Identifier: Apache-2.0
"""Conclusions are what each analysis says of the file alone."""

from expert_cases import fma, gemm
from judging import computing
from sample_results import result
from transfers import copies

from workspan.analysis.laws.break_even import break_evens
from workspan.analysis.laws.roofline import rooflines
from workspan.analysis.laws.scaling import scalings
from workspan.analysis.laws.task_graphs import task_graphs
from workspan.analysis.ratios.transfers import links
from workspan.analysis.verdicts.alarms import alarms
from workspan.analysis.verdicts.conclusions import conclude
from workspan.analysis.verdicts.headline import headline
from workspan.analysis.verdicts.verdicts import verdicts


def test_each_part_is_that_of_the_file() -> None:
    counted = {"tiles": 2.0, "work_seconds": 2.0, "span_seconds": 1.0}
    tasks = computing("cholesky/omp_tasks/n:64/threads:2", 10, counters=counted)
    cases = [*gemm(10, 19), computing("gemm/omp/n:64/threads:1", 10), *fma(), tasks]
    on_gpu = [computing("gemm/cuda/n:64/threads:1", 90, scope="kernel"), *copies("h2d", 12, 6e-6)]
    file = result([*cases, *on_gpu])
    found = conclude(file)
    assert found.headline == headline(file)
    assert found.alarms == alarms(file) != ()
    assert found.break_evens == break_evens(file) != ()
    assert found.verdicts == verdicts(file) != ()
    assert found.scalings == scalings(file) != ()
    assert found.weak_scalings == ()
    assert found.task_graphs == task_graphs(file) != ()
    assert found.rooflines == rooflines(file) != ()
    assert found.links == links(file) != ()
