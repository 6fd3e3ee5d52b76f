# SPDX-License-Identifier: Apache-2.0
"""Figures: what is doubtful about them."""

import pytest
from execution_models import busy_case, measured
from sample_results import result

from workspan.analysis.ratios.figures import Figure, counter, figure, over_processes
from workspan.resultfile.model import Case


def one(name: str, **changed: object) -> Case:
    return result([measured(name, 1.0, **changed)]).workspan.cases[0]


def test_a_figure_is_as_doubtful_as_the_worst_of_its_cases() -> None:
    sure = one("dispatch/omp/n:8/threads:2")
    noisy = one("dispatch/omp/n:8/threads:2", interval=[0.9, 1.1])
    assert figure(2.0, 0.02, sure, None) == Figure(2.0)
    assert figure(2.0, 0.02, sure, noisy) == Figure(2.0, noisy=True)
    assert figure(None, 0.02, sure) is None
    assert figure(2.0, 0.02, sure, at_most=True) == Figure(2.0, at_most=True)
    stuck = result([busy_case("pool", 2**18, 1.0, counters={"cpus_used": 1.0})])
    assert figure(2.0, 0.02, *stuck.workspan.cases) == Figure(2.0, one_cpu=True)


@pytest.mark.parametrize(
    ("values", "known", "expected"),
    [
        ([], None, None),
        ([], 5.0, Figure(5.0, noisy=True)),
        ([2.0], None, Figure(2.0, noisy=True)),
        ([2.0, 2.0], None, Figure(2.0, noisy=True)),
        ([2.0, 2.0, 2.0], None, Figure(2.0)),
        ([2.0, 2.0, 2.0], 5.0, Figure(5.0)),
        ([1.0, 2.0, 4.0], None, Figure(2.0, noisy=True)),
        ([0.0, 2.0, 4.0], None, Figure(2.0, noisy=True)),
        ([0.0, 2.0, 4.0], 5.0, Figure(5.0, noisy=True)),
    ],
)
def test_processes_that_agree_make_it_sure(
    values: list[float], known: float | None, expected: Figure | None
) -> None:
    found = over_processes(values, 0.02, known)
    assert (found and found.noisy) == (expected and expected.noisy)
    assert (found and found.value) == (expected and pytest.approx(expected.value))


def test_a_counter_has_no_interval() -> None:
    case = one("futures/pool/n:8/threads:2", counters={"get_ns": 20.0, "none": 0.0})
    assert counter(case, "get_ns", 1e-9) == Figure(pytest.approx(20e-9), noisy=True)
    assert counter(case, "none") == Figure(0.0, noisy=True)
    assert counter(case, "spawn_ns") is None
    assert counter(None, "get_ns") is None
