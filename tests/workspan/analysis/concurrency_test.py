# SPDX-License-Identifier: Apache-2.0
"""The figures of execution models, against values computed by hand from the study's numbers."""

import json
from typing import Any

import pytest
from execution_models import (
    SEQ,
    STEPS,
    busy,
    busy_case,
    dispatch,
    file_of,
    measured,
    models,
    unmeasured,
    waiters,
)

from workspan.analysis.concurrency import Concurrency, ModelRow, Subject, judge_models
from workspan.analysis.ratios.figures import Figure
from workspan.resultfile.read import decode_result


def judged(cases: list[dict[str, Any]], cpus: int = 2) -> Concurrency:
    return judge_models(decode_result(json.dumps(file_of(cases, cpus)).encode(), "sample"))


def rows(cases: list[dict[str, Any]], cpus: int = 2) -> dict[str, ModelRow]:
    return {row.model: row for row in judged(cases, cpus).rows}


def values(cases: list[dict[str, Any]], field: str) -> dict[str, float]:
    figures = {model: getattr(row, field) for model, row in rows(cases).items()}
    return {model: figure.value for model, figure in figures.items() if figure}


STUDY = models()


def test_the_columns_are_about_what_was_measured_most() -> None:
    assert judged(STUDY).subject == Subject(
        cpus=2,
        waiters=100,
        many=10_000,
        tau=0.01,
        steps=STEPS,
        grain=2**18,
        task=pytest.approx(2**18 * 0.92e-9),
    )
    assert judged([measured("dispatch/seq/n:1/threads:1", 1.0)]).subject == Subject(cpus=2)
    few = judged([c for c in STUDY if c["n"] != 10_000])
    assert (few.subject.waiters, few.subject.many) == (100, 0)
    assert not any(row.many_gain for row in few.rows)


def test_computing_is_about_the_most_steps() -> None:
    small = [
        measured(f"busy/{m}/n:4194304/grain:4194304{key}/threads:{t}", 4e-3)
        for m, key, t in (("seq", "", 1), ("omp", "", 2), ("seq", "/cpus:1", 1))
    ]
    assert judged([*small, *STUDY]).subject == judged(STUDY).subject
    assert rows([*small, *STUDY])["omp"] == rows(STUDY)["omp"]


def test_the_cost_of_a_task_is_time_over_tasks() -> None:
    cost = values(STUDY, "task_cost")
    assert cost["seq"] == pytest.approx(4.6e-9)
    assert cost["processes"] == pytest.approx(129e-6)
    assert list(cost) == list(rows(STUDY))


def test_waiting_tasks_gain_on_one_core_what_overlaps() -> None:
    gain = values(STUDY, "waiting_gain")
    assert {model: round(value) for model, value in gain.items()} == {
        "seq": 1,
        "pool": 95,
        "coroutines": 99,
        "futures": 80,
        "threads": 77,
        "processes": 40,
    }
    assert values(STUDY, "waiting")["coroutines"] == pytest.approx(10.2e-3)


def test_many_waiting_tasks_are_held_against_n_tau() -> None:
    """10^4 x 10 ms = 100 s, which seq was spared."""
    gain = values(STUDY, "many_gain")
    assert {model: round(value) for model, value in gain.items()} == {
        "pool": 952,
        "coroutines": 6061,
        "futures": 234,
        "threads": 213,
    }


def test_computing_tasks_gain_on_all_cpus_and_not_on_one() -> None:
    one, both = values(STUDY, "one_core_gain"), values(STUDY, "all_cpus_gain")
    assert one["omp"] == pytest.approx(0.98)
    assert one["processes"] == pytest.approx(0.46)
    assert both["omp"] == pytest.approx(1.83)
    assert both["processes"] == pytest.approx(0.70)
    assert one["seq"] == both["seq"] == 1.0


def test_two_cpus_change_the_waiting_of_processes_only() -> None:
    changed = values(STUDY, "all_cpus_waiting")
    assert changed.pop("processes") == pytest.approx(25.5 / 17.7)
    assert set(changed) == {"seq", "pool", "coroutines", "futures", "threads"}
    assert all(value == pytest.approx(1.0) for value in changed.values())


def test_the_memory_of_a_waiter_is_a_counter() -> None:
    memory = values(STUDY, "waiter_bytes")
    assert memory == {"pool": 28672, "coroutines": 1229, "futures": 28672, "threads": 28672}
    few, many = (
        measured(f"waiters/pool/n:{n}/tau:10ms/threads:2", 1.0, counters={"bytes_per_waiter": b})
        for n, b in ((100, 9.0), (10_000, 7.0))
    )
    assert values([few, many], "waiter_bytes") == {"pool": 7.0}
    name = "waiters/pool/n:10000/tau:10ms/cpus:1/threads:1"
    both = [few, many, measured(name, 1.0, counters={"bytes_per_waiter": 6.0})]
    assert values(both, "waiter_bytes") == {"pool": 6.0}


def test_the_smallest_task_of_futures() -> None:
    """tau is 60.29 us at grain 2^16, with gain 0.75, and 241.2 us at 2^18, with gain 1.26.

    Efficiencies 0.375 and 0.63, granularities 60.29 / 0.375 = 160.8 us and 241.2 / 0.63 = 382.8;
    0.5 is (0.5 - 0.375) / (0.63 - 0.375) = 0.490 of the way: 160.8 + 0.490 x 222.0 = 269.6 us.
    """
    assert values(STUDY, "smallest_task")["futures"] == pytest.approx(269.6e-6, rel=1e-3)


def test_the_smallest_tasks_come_in_the_order_of_the_study() -> None:
    """omp, tbb < 3 us; pool, coroutines <= 10; threads, futures 100-500; processes 0.5-3 ms."""
    smallest = {model: row.smallest_task for model, row in rows(STUDY).items()}
    assert {m for m, figure in smallest.items() if figure and figure.at_most} == {"omp", "tbb"}
    # the finest grain, 2^8 steps: 235.5 ns / (1.9 / 2)
    assert smallest["tbb"] == Figure(pytest.approx(247.9e-9, rel=1e-3), at_most=True)
    found = values(STUDY, "smallest_task")
    assert max(found["omp"], found["tbb"], found["omp_tasks"]) < 3e-6
    assert 3e-6 < found["pool"] < found["coroutines"] < 10e-6
    assert 100e-6 < found["threads"] < found["futures"] < 500e-6
    assert 0.5e-3 < found["processes"] < 3e-3
    assert "seq" not in found


def test_efficiency_is_against_the_best_seq_of_all_grains() -> None:
    """Here seq is disturbed at two grains, so that against them 0.48 would be 0.6."""
    cases = [
        busy_case("seq", 2**10, SEQ * 1.25, threads=1),
        busy_case("seq", 2**12, SEQ, threads=1),
        busy_case("seq", 2**14, SEQ * 1.25, threads=1),
        busy_case("omp", 2**10, SEQ / 0.96),
        busy_case("omp", 2**12, SEQ / 1.9),
    ]
    found = values(cases, "smallest_task")["omp"]
    below, above = 2**10 * 0.92e-9 / 0.48, 2**12 * 0.92e-9 / 0.95
    assert found == pytest.approx(below + (0.5 - 0.48) / (0.95 - 0.48) * (above - below))


def test_a_model_of_one_thread_has_no_smallest_task_beside_several_cpus() -> None:
    """It would be the noise around 50 % of two CPUs."""
    cases = [busy_case(m, 2**10, SEQ * 0.99, threads=1) for m in ("coroutines_yield", "seq")]
    assert rows(cases)["coroutines_yield"].smallest_task is None
    assert rows(cases)["coroutines_yield"].all_cpus_gain == Figure(1.0)
    alone = rows(cases, cpus=1)
    assert alone["coroutines_yield"].smallest_task == Figure(
        pytest.approx(2**10 * 0.92e-9 * 0.99), at_most=True
    )
    assert alone["seq"].smallest_task is None


def test_an_efficiency_that_cannot_be_is_refused() -> None:
    cases = [
        busy_case("seq", 2**10, SEQ, threads=1),
        busy_case("omp", 2**10, SEQ / 3.1),
        busy_case("omp", 2**12, SEQ / 0.5),
    ]
    assert (rows(cases)["omp"].smallest_task, rows(cases)["omp"].suspicious) == (None, True)
    assert not any(row.suspicious for row in rows(STUDY).values())


def test_a_model_that_is_never_worth_it_has_no_smallest_task() -> None:
    cases = [busy_case("seq", 2**10, SEQ, threads=1), busy_case("omp", 2**10, SEQ / 0.9)]
    assert rows(cases)["omp"] == ModelRow("omp", all_cpus_gain=Figure(pytest.approx(0.9)))


def test_a_gain_on_one_cpu_that_was_meant_for_two_is_marked() -> None:
    stuck = busy_case("pool", 2**18, SEQ / 0.99, counters={"cpus_used": 1.0})
    cases = [c for c in STUDY if c["name"] != stuck["name"]] + [stuck]
    found = rows(cases)
    assert found["pool"].all_cpus_gain == Figure(pytest.approx(0.99), one_cpu=True)
    assert [m for m, r in found.items() if r.all_cpus_gain and r.all_cpus_gain.one_cpu] == ["pool"]
    assert not any(row.one_core_gain and row.one_core_gain.one_cpu for row in found.values())


@pytest.mark.parametrize("noisy", ["seq", "omp"])
def test_a_gain_is_as_noisy_as_either_of_its_cases(noisy: str) -> None:
    cases = [
        busy_case(m, 2**18, SEQ, threads=t, interval="none" if m == noisy else [SEQ, SEQ])
        for m, t in (("seq", 1), ("omp", 2))
    ]
    assert rows(cases)["omp"].all_cpus_gain == Figure(1.0, noisy=True)


@pytest.mark.parametrize(
    ("noisy", "marked"),
    [
        (("seq", 2**12), True),  # the best
        (("seq", 2**10), False),
        (("omp", 2**10), True),
        (("omp", 2**12), True),
        (("omp", 2**14), False),
    ],
)
def test_a_smallest_task_is_as_noisy_as_the_cases_that_decide_it(
    noisy: tuple[str, int], marked: bool
) -> None:
    times = {
        ("seq", 2**10): SEQ * 1.25,
        ("seq", 2**12): SEQ,
        ("omp", 2**10): SEQ / 0.6,
        ("omp", 2**12): SEQ / 1.8,
        ("omp", 2**14): SEQ / 1.9,
    }
    cases = [
        busy_case(
            *key,
            seconds,
            threads=1 if key[0] == "seq" else 2,
            interval="none" if key == noisy else [seconds, seconds],
        )
        for key, seconds in times.items()
    ]
    smallest = rows(cases)["omp"].smallest_task
    assert smallest and smallest.noisy is marked


def test_cases_without_a_time_are_absent() -> None:
    lost = [
        unmeasured(c["name"], "failed", "lost a task") if c["variant"] == "futures" else c
        for c in STUDY
    ]
    assert "futures" not in rows(lost)
    skipped = [
        unmeasured(c["name"]) if "cpus" in c["keys"] and c["variant"] == "seq" else c for c in STUDY
    ]
    assert judged(skipped).subject.waiters == 0
    assert rows(skipped)["omp"].one_core_gain is None
    assert rows(skipped)["coroutines"].many_gain


def test_each_workload_alone_gives_its_own_columns() -> None:
    for cases, fields in (
        (dispatch(), {"task_cost"}),
        (busy(), {"smallest_task", "one_core_gain", "all_cpus_gain"}),
        (waiters(), {"waiting", "waiting_gain", "many_gain", "all_cpus_waiting", "waiter_bytes"}),
    ):
        row = rows(cases)["threads"]
        assert {
            f for f in row.__dataclass_fields__ if isinstance(getattr(row, f), Figure)
        } == fields


@pytest.mark.parametrize(
    ("on_one_core", "grain"),
    [
        ((), 2**18),
        ((2**12, 2**18, 2**20, 2**22), 2**18),
        ((2**12, 2**22), 2**22),
        ((2**12,), 2**12),
    ],
)
def test_the_gains_are_at_the_grain_next_to_2_18_that_one_core_has_too(
    on_one_core: tuple[int, ...], grain: int
) -> None:
    cases = [c for c in STUDY if "cpus" not in c["keys"]]
    cases += [busy_case("seq", g, SEQ, "/cpus:1", 1) for g in on_one_core]
    assert judged(cases).subject.grain == grain
    expected = {2**12: 1.9, 2**18: 1.83, 2**22: 1.9}[grain]
    assert values(cases, "all_cpus_gain")["omp"] == pytest.approx(expected)


def test_a_file_about_other_things_has_no_models() -> None:
    other = measured("copy/seq/n:8/threads:1", 1.0, subject="computing")
    assert judged([other]) == Concurrency(Subject(cpus=2), ())
