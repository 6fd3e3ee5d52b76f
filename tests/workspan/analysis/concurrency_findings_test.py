# SPDX-License-Identifier: Apache-2.0
"""The best gain of each kind, and when it means something."""

import pytest

from workspan.analysis.concurrency import Concurrency, ModelRow, Subject
from workspan.analysis.concurrency_findings import Findings, LittlesLaw, find
from workspan.analysis.ratios.figures import Figure

TWO = Subject(cpus=2, waiters=100, many=10_000, tau=0.01, steps=2**26, grain=2**18, task=2.4e-4)
SEQ = ModelRow(
    "seq",
    waiting_gain=Figure(1.0),
    one_core_gain=Figure(9.0),
    all_cpus_gain=Figure(9.0),
    all_cpus_waiting=Figure(9.0),
)
COROUTINES = ModelRow(
    "coroutines",
    waiting_gain=Figure(98.0),
    one_core_gain=Figure(0.97),
    all_cpus_gain=Figure(1.8),
    all_cpus_waiting=Figure(1.01),
)
PROCESSES = ModelRow(
    "processes",
    waiting_gain=Figure(39.0),
    one_core_gain=Figure(0.46),
    all_cpus_gain=Figure(0.7),
    all_cpus_waiting=Figure(1.44),
)
THREADS = ModelRow("threads", task_cost=Figure(40e-6), many_gain=Figure(212.0))


def found(*rows: ModelRow, subject: Subject = TWO) -> Findings:
    return find(Concurrency(subject, rows))


def test_the_best_model_speaks_for_all_but_never_seq() -> None:
    assert found(SEQ, COROUTINES, PROCESSES) == Findings(98.0, 0.97, 1.8, 1.01)
    assert found(SEQ) == Findings()
    assert found() == Findings()


def test_one_cpu_says_nothing_about_several() -> None:
    alone = Subject(cpus=1, waiters=100, many=10_000, tau=0.01)
    assert found(COROUTINES, subject=alone) == Findings(98.0, 0.97)


def test_a_gain_on_one_cpu_that_was_meant_for_two_is_not_a_result() -> None:
    stuck = ModelRow("pool", all_cpus_gain=Figure(5.0, one_cpu=True))
    assert found(stuck, PROCESSES).computing_on_all == 0.7
    assert found(stuck).computing_on_all is None


def test_a_single_waiter_cannot_overlap() -> None:
    assert found(COROUTINES, subject=Subject(cpus=2, waiters=1)).waiting_on_one is None


@pytest.mark.parametrize(
    ("waiting", "computing", "overlap", "not_parallel"),
    [
        (98.0, 0.99, True, True),
        (2.0, 1.1, True, True),
        (1.99, 0.99, False, False),
        (98.0, 1.11, True, False),
        (98.0, None, True, False),
        (None, 0.99, False, False),
    ],
)
def test_concurrent_is_not_parallel_where_waits_overlap_and_computing_does_not(
    waiting: float | None, computing: float | None, overlap: bool, not_parallel: bool
) -> None:
    findings = Findings(waiting, computing)
    assert (findings.waits_overlap, findings.is_not_parallel) == (overlap, not_parallel)


def test_littles_law_is_of_a_thread_for_each_task() -> None:
    """10 ms / 40 us = 250."""
    law = found(THREADS).littles_law
    assert law == LittlesLaw(40e-6, pytest.approx(250), 212.0)
    other = ModelRow("coroutines", task_cost=Figure(40e-6), many_gain=Figure(212.0))
    assert found(other).littles_law is None


@pytest.mark.parametrize(
    "row",
    [
        ModelRow("threads", task_cost=Figure(1e-6), many_gain=Figure(9000.0)),  # all exist at once
        ModelRow("threads", task_cost=Figure(40e-6)),
        ModelRow("threads", many_gain=Figure(212.0)),
    ],
)
def test_without_its_numbers_or_its_limit_there_is_no_law(row: ModelRow) -> None:
    assert found(row).littles_law is None
