# SPDX-License-Identifier: Apache-2.0
"""Ceilings: which measured rate a case is compared with, and the working set that decides it."""

import math
from typing import Any

import msgspec
import pytest
from judging import computing, judgements_of, moving, sized, timed, value
from sample_results import case, result

from workspan.analysis.ratios.ceilings import (
    CaseIndex,
    cpu_share,
    fastest,
    host_threads,
    is_launch,
    is_memory_bound,
    is_on_one_cpu,
    is_starved,
    problem_of,
    rate,
    serves_as_ceiling,
    shortest_kernel,
    working_set,
)
from workspan.resultfile.model import Case


def one(name: str, seconds: float = 1.0, **changed: Any) -> Case:
    return msgspec.convert(timed(name, seconds, **changed), Case)


def test_the_fastest_case_has_a_time() -> None:
    slow, quick = one("copy/seq/n:8/threads:1", 2.0), one("copy/omp/n:8/threads:2", 1.0)
    failed = msgspec.structs.replace(quick, time=None)
    assert fastest([slow, failed, quick]) is quick
    assert fastest([failed]) is None


KERNEL = "copy/cuda/n:8/threads:1"


def test_the_shortest_kernel_is_one_on_a_device() -> None:
    cases = [one("copy/seq/n:8/threads:1", 1e-9), one(KERNEL, 3e-6), one(KERNEL, 4e-6)]
    assert shortest_kernel(cases) == pytest.approx(3e-6)
    assert shortest_kernel(cases[:1]) == math.inf


@pytest.mark.parametrize(
    ("seconds", "shortest", "launch"),
    [
        (3e-6, 3e-6, True),
        (4.69e-6, 3.09e-6, True),  # linrec at 2^12 on an H100: 1.52 times the shortest
        (5.9e-6, 3e-6, True),
        (6.1e-6, 3e-6, False),  # less than half of it
        (9.9e-6, 9.9e-6, True),
        (11e-6, 11e-6, False),  # of a run of large kernels, the shortest is one too
        (3e-6, math.inf, False),
    ],
)
def test_a_launch_is_half_of_the_time_or_more(
    seconds: float, shortest: float, launch: bool
) -> None:
    assert is_launch(one(KERNEL, seconds), shortest) == launch
    assert not is_launch(one("copy/seq/n:8/threads:1", seconds), shortest)


def test_a_model_of_execution_is_meant_to_measure_launches() -> None:
    dispatch = one("dispatch/cuda/n:1/threads:1", 3e-6, subject="concurrency")
    assert not is_launch(dispatch, 3e-6)


@pytest.mark.parametrize(
    ("workload", "changed", "bound"),
    [
        ("copy", {}, True),
        ("reduce", {}, True),
        ("gemm", {}, False),
        ("montecarlo", {"ceiling": "", "rate_unit": "items"}, False),
        ("sort", {"ceiling": "", "rate_unit": "bytes"}, False),
    ],
)
def test_memory_bound_is_what_a_bandwidth_limits(
    workload: str, changed: dict[str, Any], bound: bool
) -> None:
    assert is_memory_bound(one(f"{workload}/seq/n:8/threads:1", **changed)) is bound


def test_the_working_set_is_where_the_kernel_runs() -> None:
    footprint = {"host_shared": 3.0, "host_case": 4.0, "device_case": 5.0, "host_reference": 9.0}
    names = ("copy/seq/n:8/threads:1", "copy/cuda/n:8/threads:1", "copy/cuda_e2e/n:8/threads:1")
    assert [working_set(one(name, footprint=footprint)) for name in names] == [7.0, 5.0, 5.0]


def test_the_share_of_the_cpu_is_the_median_of_counted_invocations() -> None:
    (host,) = result([case("copy/omp/n:8/threads:2", [1.0])]).workspan.cases
    shares = ((0.5, True), (0.9, True), (0.7, True), (0.1, False))
    invocations = [
        msgspec.structs.replace(host.invocations[0], cpu_share=share, counted=counted)
        for share, counted in shares
    ]
    host = msgspec.structs.replace(host, invocations=invocations)
    assert (cpu_share(host), is_starved(host), serves_as_ceiling(host)) == (0.7, True, False)
    host = msgspec.structs.replace(host, invocations=invocations[1:2])
    assert (is_starved(host), serves_as_ceiling(host)) == (False, True)
    assert cpu_share(one("copy/cuda/n:8/threads:1")) is None


@pytest.mark.parametrize(
    ("name", "threading", "starved"),
    [
        ("busy/pool/n:8/grain:4/threads:2", "own", True),
        ("busy/threads/n:8/grain:4/threads:2", "per_task", False),
        ("waiters/seq/n:8/tau:10ms/threads:1", "one", False),
    ],
)
def test_a_case_that_waits_by_its_own_wish_is_not_starved(
    name: str, threading: str, starved: bool
) -> None:
    idle = one(name, threading=threading)
    invocations = [msgspec.structs.replace(idle.invocations[0], cpu_share=0.1)]
    assert is_starved(msgspec.structs.replace(idle, invocations=invocations)) is starved


@pytest.mark.parametrize(
    ("threads", "counters", "on_one"),
    [
        (2, {"cpus_used": 1.0}, True),
        (2, {"cpus_used": 1.5}, False),  # two invocations on one and on two
        (2, {"cpus_used": 2.0}, False),
        (2, {"workers": 1.0}, False),
        (1, {"cpus_used": 1.0}, False),
    ],
)
def test_tasks_for_several_cpus_may_have_run_on_one(
    threads: int, counters: dict[str, float], on_one: bool
) -> None:
    assert is_on_one_cpu(one(f"busy/omp/n:8/threads:{threads}", counters=counters)) is on_one


def test_a_rate_is_work_over_time() -> None:
    cost = {"flops": 6.0, "bytes": 8.0, "items": 2.0}
    gemm = one("gemm/seq/n:8/threads:1", 2.0, cost=cost)
    assert [rate(gemm, unit) for unit in ("flops", "bytes", "items")] == [3.0, 4.0, 1.0]


def test_a_problem_is_workload_size_and_keys() -> None:
    names = ("fft/seq/n:8", "fft/omp/n:8", "fft/seq/n:9", "fft/seq/n:8/input:zipf", "sort/seq/n:8")
    problems = [problem_of(one(f"{name}/threads:1")) for name in names]
    assert [problem == problems[0] for problem in problems] == [True, True, False, False, False]
    index = CaseIndex([one(f"{name}/threads:1") for name in names])
    assert len(index.same_problem(one("fft/cuda/n:8/threads:1"))) == 2


def test_a_ceiling_is_the_fastest_of_the_same_threads_and_level() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("read/omp/n:8/threads:1", 20),
        moving("read/omp/n:8/threads:2", 40),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/omp/n:8/threads:2", 30),
        moving("read/seq/n:2/threads:1", 100, footprint=sized(0.1), level="l2"),
    ]
    found = judgements_of(cases)
    reduce = found["reduce/seq/n:8/threads:1"]
    assert (reduce.ceiling, value(reduce.of_ceiling)) == (
        "read/omp/n:8/threads:1",
        pytest.approx(0.5),
    )
    assert value(found["reduce/omp/n:8/threads:2"].of_ceiling) == pytest.approx(0.75)
    # A variant of a ceiling is compared with the best one of its own size.
    assert value(found["read/seq/n:8/threads:1"].of_ceiling) == pytest.approx(0.75)
    assert found["read/seq/n:2/threads:1"].ceiling == "read/seq/n:2/threads:1"


@pytest.mark.parametrize(
    ("mib", "level", "held"),
    [
        (1024, "memory", True),
        (512, "shared", True),  # one octave, whatever the level
        (256, "memory", True),  # up to three octaves in one level
        (256, "shared", False),
        (8 * 1024, "memory", True),
        (9 * 1024, "memory", False),
        (0, "none", False),
    ],
)
def test_a_memory_ceiling_holds_for_like_working_sets(mib: float, level: str, held: bool) -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20),
        moving("reduce/seq/n:9/threads:1", 10, footprint=sized(mib), level=level),
    ]
    found = judgements_of(cases)["reduce/seq/n:9/threads:1"]
    assert value(found.of_ceiling) == (pytest.approx(0.5) if held else None)


def test_a_ceiling_of_about_the_same_size_comes_before_a_faster_one() -> None:
    cases = [
        moving("copy/seq/n:8/threads:1", 90, footprint=sized(1024 * 6)),
        moving("copy/omp/n:8/threads:1", 70, footprint=sized(1024 * 2)),
        moving("scan/seq/n:8/threads:1", 63, footprint=sized(1024), ceiling="copy"),
    ]
    near = judgements_of(cases)["scan/seq/n:8/threads:1"]
    assert (near.ceiling, value(near.of_ceiling)) == ("copy/omp/n:8/threads:1", pytest.approx(0.9))
    far = judgements_of([cases[0], cases[2]])["scan/seq/n:8/threads:1"]
    assert (far.ceiling, value(far.of_ceiling)) == ("copy/seq/n:8/threads:1", pytest.approx(0.7))


def in_l2(name: str, seconds: float, **changed: Any) -> dict[str, Any]:
    return timed(name, seconds, footprint=sized(24), level="l2", **changed)


def test_a_launch_is_no_ceiling_and_yet_shows_what_can_be_reached() -> None:
    """triad at 2^20 on an H100: 5.6 us, of which a launch takes 3.2."""
    bytes_moved, seconds = (25e6, 8e6, 25e6), (5.6e-6, 6.5e-6, 15e-6)
    triad, read, linrec = (f"{name}/cuda/n:8/threads:1" for name in ("triad", "read", "linrec"))
    cases = [
        in_l2(name, time, cost={"flops": 0.0, "bytes": moved, "items": 1.0}, ceiling=ceiling)
        for name, moved, time, ceiling in zip(
            (triad, read, linrec), bytes_moved, seconds, ("triad", "read", "triad"), strict=True
        )
    ]
    found = judgements_of([*cases, in_l2("dispatch/cuda/n:1/threads:1", 3.2e-6)])
    assert [found[name].ceiling for name in (triad, read, linrec)] == ["", read, ""]
    assert found[linrec].warnings == ()  # 1.35 times read, which cannot be, but for triad


@pytest.mark.parametrize(("level", "serves"), [("l2", False), ("memory", True)])
def test_a_team_slower_than_one_thread_in_its_own_caches_is_no_ceiling(
    level: str, serves: bool
) -> None:
    cases = [
        timed("triad/omp/n:8/threads:1", 1.2e-6, level=level),
        timed("triad/seq/n:8/threads:1", 1.1e-6, level=level),
        timed("triad/omp/n:8/threads:2", 2e-6, level=level),
        timed("linrec/omp/n:8/threads:2", 4e-6, level=level, ceiling="triad"),
    ]
    team, code = (judgements_of(cases)[cases[k]["name"]] for k in (2, 3))
    assert [bool(one.of_ceiling) for one in (team, code)] == [serves, serves]
    cases[2] = timed("triad/omp/n:8/threads:2", 1e-6, level=level)
    assert judgements_of(cases)[cases[3]["name"]].of_ceiling


def test_cases_of_other_sizes_and_levels_have_their_own_ceilings() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20),
        moving("read/seq/n:2/threads:1", 80, footprint=sized(0.1), level="l2"),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("reduce/seq/n:2/threads:1", 40, footprint=sized(0.1), level="l2"),
        moving("reduce/seq/n:7/threads:1", 10, footprint=sized(256)),
        moving("reduce/seq/n:6/threads:1", 10, footprint=sized(256), level="shared"),
    ]
    found = judgements_of(cases)
    ceilings = {n: found[f"reduce/seq/n:{n}/threads:1"].ceiling for n in (8, 2, 7, 6)}
    assert ceilings == {8: cases[0]["name"], 2: cases[1]["name"], 7: cases[0]["name"], 6: ""}


def test_a_compute_ceiling_counts_flops_at_every_size() -> None:
    cases = [
        computing("fma/seq/n:8/threads:1", 100, footprint=sized(0.01), level="l1"),
        computing("gemm/seq/n:8/threads:1", 80),
    ]
    assert value(judgements_of(cases)["gemm/seq/n:8/threads:1"].of_ceiling) == pytest.approx(0.8)


def test_device_cases_are_compared_with_device_ceilings_only() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 15),
        moving("reduce/cuda/n:8/threads:1", 3000),
        moving("reduce/cuda_e2e/n:8/threads:1", 10),
    ]
    found = judgements_of(cases)["reduce/cuda/n:8/threads:1"]
    assert (found.of_ceiling, found.warnings) == (None, ())
    found = judgements_of([*cases, moving("read/cuda/n:8/threads:1", 4000)])
    assert value(found["reduce/cuda/n:8/threads:1"].of_ceiling) == pytest.approx(0.75)
    assert found["reduce/cuda_e2e/n:8/threads:1"].of_ceiling is None


def test_a_cold_case_is_compared_with_a_cold_ceiling() -> None:
    cases = [
        moving("read/cuda/n:8/threads:1", 4000),
        moving("reduce/cuda/n:8/l2:cold/threads:1", 1000),
        moving("read/cuda/n:8/l2:cold/threads:1", 2000),
        moving("reduce/cuda/n:8/threads:1", 2500),
    ]
    found = judgements_of(cases)
    assert value(found["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling) == pytest.approx(0.5)
    assert value(found["reduce/cuda/n:8/threads:1"].of_ceiling) == pytest.approx(0.625)
    assert judgements_of(cases[:2])["reduce/cuda/n:8/l2:cold/threads:1"].of_ceiling is None


def test_only_what_the_file_calls_a_ceiling_is_one() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 20, ceiling="triad"),
        moving("gather/seq/n:8/threads:1", 30, ceiling="gather"),
        moving("reduce/seq/n:8/threads:1", 10),
        moving("spmv/seq/n:8/threads:1", 15, ceiling="gather"),
    ]
    found = judgements_of(cases)
    assert found["reduce/seq/n:8/threads:1"].of_ceiling is None
    assert value(found["spmv/seq/n:8/threads:1"].of_ceiling) == pytest.approx(0.5)


def test_the_threads_of_the_host_are_the_most_that_were_measured() -> None:
    cases = result(
        [
            moving("read/omp/n:8/threads:2", 10),
            moving("read/seq/n:8/threads:1", 10),
            moving("read/cuda/n:8/threads:1", 10),
        ]
    ).workspan.cases
    assert [host_threads(cases[k:]) for k in range(3)] == [2, 1, 0]
