# SPDX-License-Identifier: Apache-2.0
"""The cases of execution models are found by what they measure."""

import pytest
from execution_models import STEPS, busy_case, measured, models, unmeasured
from sample_results import case, result

from workspan.analysis.ratios.model_cases import ModelCases, is_about_concurrency, tasks_of
from workspan.resultfile.model import Case


def found(cases: list[dict], cpus: int = 2) -> ModelCases:
    return ModelCases(result(cases).workspan.cases, cpus)


def names(cases: list[Case]) -> list[str]:
    return [c.name for c in cases]


def test_the_file_says_which_workloads_are_about_concurrency() -> None:
    other = measured("pipeline/seq/n:8/threads:1", 1.0)
    cases = result([case("copy/seq/n:8/threads:1", [1.0]), *models(), other]).workspan.cases
    about = {c.workload for c in cases if is_about_concurrency(c)}
    assert about == {"dispatch", "busy", "waiters", "pipeline"}
    assert found([case("copy/memcpy/n:8/threads:1", [1.0])]).models == []


def test_models_are_those_of_tasks() -> None:
    others = ("pipeline/seq", "fileio/io_uring", "contention/omp_critical")
    cases = [measured(f"{name}/n:8/threads:1", 1.0) for name in others]
    assert found(cases).models == []
    assert found([*cases, measured("dispatch/pool/n:8/threads:1", 1.0)]).models == ["pool"]


def test_the_last_task_may_be_smaller() -> None:
    (one,) = result([measured("busy/seq/n:10/grain:4/threads:1", 1.0)]).workspan.cases
    assert tasks_of(one) == 3


def test_the_cost_of_a_task_is_of_the_most_that_were_measured() -> None:
    cases = [
        measured("dispatch/threads/n:100/threads:2", 1.0),
        measured("dispatch/threads/n:10000/threads:2", 1.0),
        measured("dispatch/threads/n:1/threads:2", 1.0),
        unmeasured("dispatch/futures/n:10000/threads:2"),
        measured("dispatch/futures/n:100/threads:2", 1.0),
        measured("dispatch/omp/n:100/threads:1", 1.0),  # not on all CPUs
        measured("dispatch/cuda/n:100/threads:1", 1.0, scope="kernel"),
    ]
    sizes = {m: (c := found(cases).dispatch(m)) and c.n for m in ("threads", "futures", "omp")}
    assert sizes == {"threads": 10_000, "futures": 100, "omp": None}
    cuda = found(cases).dispatch("cuda")
    assert cuda and cuda.n == 100


def test_one_core_and_all_cpus_are_told_apart() -> None:
    cases = found(models())
    one, both = cases.waiting_on_one("threads", 100), cases.waiting("threads", 100)
    assert one and one.name == "waiters/threads/n:100/tau:10ms/cpus:1/threads:1"
    assert both and both.name == "waiters/threads/n:100/tau:10ms/threads:2"
    assert sorted(cases.waiter_counts("threads")) == [100, 10_000]
    assert cases.waiter_counts("seq") == [100]
    alone = cases.busy_on_one("omp", STEPS, "262144")
    assert alone and alone.name.endswith("/grain:262144/cpus:1/threads:1")
    assert cases.busy_on_one("omp", STEPS, "256") is None


def test_fewer_threads_than_cpus_are_not_all_of_them() -> None:
    cases = [
        measured(f"waiters/pool/n:100/tau:10ms/threads:{t}", 1.0, threading="own") for t in (1, 2)
    ]
    both, alone = found(cases).waiting("pool", 100), found(cases[:1]).waiting("pool", 100)
    assert (both and both.threads, alone) == (2, None)


def test_tasks_that_issue_others_are_another_problem() -> None:
    chain = measured("waiters/futures/n:100/input:chain/tau:10ms/cpus:1/threads:1", 1.0)
    cases = found([chain, measured("waiters/pool/n:100/tau:10ms/cpus:1/threads:1", 1.0)])
    assert cases.waiting_on_one("futures", 100) is None
    assert cases.waiters("futures") == []
    assert len(cases.waiters("pool")) == 1


def test_grains_come_from_the_coarsest_to_the_finest_and_on_all_cpus_only() -> None:
    cases = found(
        [
            busy_case("omp", 256, 1.0),
            busy_case("omp", 2**20, 1.0),
            busy_case("omp", 1024, 1.0),
            busy_case("omp", 2**18, 1.0, threads=1),
            busy_case("omp", 2**18, 1.0, "/cpus:1", 1),
            measured("busy/omp/n:4194304/grain:4096/threads:2", 1.0),
            measured("busy/omp/n:4194304/threads:2", 1.0),
            measured("busy/omp/n:4194304/grain:0/threads:2", 1.0),
            measured("busy/omp/n:4194304/grain:zipf/threads:2", 1.0),
            measured("busy/omp/n:0/grain:256/threads:2", 1.0),
        ]
    )
    assert [int(c.keys["grain"]) for c in cases.busy("omp", STEPS)] == [2**20, 1024, 256]
    assert [int(c.keys["grain"]) for c in cases.busy("omp")] == [2**20, 4096, 1024, 256]


def test_a_model_of_one_thread_has_only_one_of_all_cpus() -> None:
    cases = [busy_case("coroutines_yield", 256, 1.0, threads=1), busy_case("omp", 256, 1.0)]
    assert len(found(cases).busy("coroutines_yield")) == 1
    assert found(cases, cpus=4).busy("omp") == []


def test_the_baseline_has_the_same_size_and_keys() -> None:
    cases = found(models())
    for one in (*cases.busy("omp", STEPS), cases.waiting_on_one("threads", 100)):
        assert one
        baseline = cases.baseline(one)
        assert baseline
        assert (baseline.variant, baseline.n, baseline.keys) == ("seq", one.n, one.keys)
    many = cases.waiting_on_one("threads", 10_000)
    assert many and cases.baseline(many) is None


@pytest.mark.parametrize("scope", ["kernel", "e2e"])
def test_the_cpus_of_the_host_are_not_a_gpus(scope: str) -> None:
    both, one = (busy_case("cuda", 256, 1.0, key, 1, scope=scope) for key in ("", "/cpus:1"))
    cases = found([both, one])
    assert cases.busy("cuda") == []
    assert cases.busy_on_one("cuda", STEPS, "256") is None
