# SPDX-License-Identifier: Apache-2.0
"""Roofline: each point is set against the roof of its level; a roof is the fastest row, that of a
cache the ceiling beside the cases.
"""

from typing import Any

import pytest
from block_files import ceiling, decoded, file_with
from expert_cases import fma, read
from judging import computing, moving, timed, value
from sample_results import result

from workspan.analysis.laws.roofline import Roofline, rooflines
from workspan.analysis.ratios.judge import judge


def device(cases: list[dict[str, Any]], scope: str = "host", threads: int = 2) -> Roofline:
    (found,) = (r for r in rooflines(result(cases)) if (r.scope, r.threads) == (scope, threads))
    return found


def stencil(level: str, flops: float, rate: float = 1.0, variant: str = "omp") -> dict[str, Any]:
    cost = {"flops": flops, "bytes": 1e9, "items": 1.0}
    name = f"stencil2d/{variant}/n:{8 if level == 'l2' else 64}/threads:2"
    return timed(name, 1 / rate, cost=cost, level=level, ceiling="read")


def test_devices_are_one_thread_all_and_the_gpu() -> None:
    gpu = moving("read/cuda/n:64/threads:1", 1000, scope="kernel")
    found = rooflines(result([*fma(), *read(), gpu]))
    assert [(r.scope, r.threads) for r in found] == [("host", 1), ("host", 2), ("kernel", 1)]
    assert [(r.workload, r.rate) for r in found[2].roofs] == [("read", pytest.approx(1e12))]


def test_a_point_is_bound_by_memory_left_of_the_ridge_and_by_arithmetic_right_of_it() -> None:
    left, right = (device([*fma(), *read(), stencil("memory", f)]) for f in (0.5e9, 2e9))
    (point,) = left.points
    assert (point.intensity, point.rate) == (0.5, pytest.approx(0.5e9))
    assert point.roof
    assert (point.roof.workload, point.bound) == ("read", pytest.approx(20e9))
    assert right.points[0].roof
    assert right.points[0].roof.workload == "fma"
    assert right.points[0].bound == pytest.approx(40e9)


def test_a_roof_stands_where_the_share_of_the_ceiling_beside_says() -> None:
    """The row of read has 40 GB/s; beside a code that moves 30 it had 60."""
    cost = {"flops": 1e9, "bytes": 1e9, "items": 1.0}
    code = timed("stencil2d/omp/n:64/threads:2", 1 / 30, cost=cost, ceiling="read")
    walls = dict.fromkeys(range(1, 9), 1 / 60)
    moved = {"flops": 0.0, "bytes": 1e9, "items": 1.0}
    fast = ceiling("read/omp/n:64/threads:2", walls, code["name"], cost=moved, level="memory")
    other = [computing("fma/omp/n:64/threads:2", 45)]
    file = decoded(file_with([*read(), *fma(500, 1000), code], [fast]))
    (two,) = (r for r in rooflines(file) if r.threads == 2)
    (point,) = two.points
    assert (point.roof and point.roof.name, point.bound) == (read()[2]["name"], pytest.approx(60e9))
    assert point.share == pytest.approx(value(judge(file)[code["name"]].of_ceiling))
    file = decoded(file_with([*read(), *other, code], [fast]))
    (two,) = (r for r in rooflines(file) if r.threads == 2)
    assert two.points[0].roof and two.points[0].roof.workload == "fma"
    assert two.points[0].share == pytest.approx(30 / 45)


def test_the_roof_is_that_of_the_level_or_of_the_next_one_outwards() -> None:
    inner = moving("read/omp/n:8/passes:64/threads:2", 400, level="l2")
    points = device([*fma(500, 1000), *read(), inner, stencil("l2", 1e9), stencil("memory", 1e9)])
    levels = {p.case.level: p.roof.level for p in points.points if p.roof}
    assert levels == {"l2": "l2", "memory": "memory"}
    without = device([*fma(500, 1000), *read(), stencil("l2", 1e9)])
    assert without.points[0].roof
    assert without.points[0].roof.level == "memory"


def test_an_inner_level_slower_than_an_outer_one_is_not_a_roof() -> None:
    slow = moving("read/omp/n:8/threads:2", 5, level="l1")
    assert [r.level for r in device([*read(), slow]).roofs] == ["memory"]
    fast = moving("read/omp/n:8/threads:2", 500, level="l1")
    assert [r.level for r in device([*read(), fast]).roofs] == ["l1", "memory"]


def test_a_row_that_times_the_start_of_its_team_or_kernel_is_not_a_roof() -> None:
    one = moving("read/seq/n:8/threads:1", 86, level="l2")
    team = moving("read/omp/n:8/threads:2", 47, level="l2")
    assert [r.level for r in device([*read(), one, team]).roofs] == ["memory"]
    assert [r.level for r in device([*read(), team]).roofs] == ["l2", "memory"]
    cost = {"flops": 0.0, "bytes": 25e6, "items": 1.0}
    launch = timed("triad/cuda/n:8/threads:1", 5.6e-6, cost=cost, level="l2")
    shortest = timed("copy/cuda/n:1/threads:1", 3.2e-6, cost=cost, level="l1")
    kernels = [moving("read/cuda/n:64/threads:1", 3000), launch, shortest]
    assert [r.level for r in device(kernels, "kernel", 1).roofs] == ["memory"]


def cached(name: str, gigabytes: float) -> dict[str, Any]:
    warning = {"code": "partly_cached", "detail": "268 MB of data, 315 MB of last-level cache"}
    return moving(name, gigabytes, warnings=[warning])


def test_data_that_caches_hold_in_part_are_a_roof_for_lack_of_others_only() -> None:
    beyond = [moving("read/omp/n:128/threads:2", 40), moving("read/omp/n:256/threads:2", 45)]
    held = [cached("read/omp/n:32/threads:2", 80), cached("read/omp/n:64/threads:2", 90)]
    for order in (held + beyond, beyond + held):
        assert [r.rate for r in device(order).roofs] == pytest.approx([45e9])
    assert [r.rate for r in device(held).roofs] == pytest.approx([90e9])


def test_the_fastest_main_code_at_the_largest_size_of_a_level_is_shown() -> None:
    cases = [
        stencil("memory", 1e9, 1.0),
        stencil("memory", 1e9, 2.0, "omp_tiled"),
        stencil("memory", 1e9, 3.0, "omp_plain"),
        moving("copy/omp/n:64/threads:2", 30),  # no flops: no place on the picture
    ]
    assert [p.case.variant for p in device([*cases, *read()]).points] == ["omp_tiled"]


def test_cold_caches_are_no_roof_and_memory_is_the_fastest_in_memory() -> None:
    cold = moving("read/omp/n:64/l2:cold/threads:2", 90)
    copy = moving("copy/omp/n:64/threads:2", 60)
    found = device([*read(), cold, copy])
    memory = found.memory()
    assert memory
    assert memory.workload == "copy"
    assert [r.rate for r in found.roofs] == pytest.approx([60e9, 40e9])
    assert device(fma()).memory() is None


def test_on_one_cpu_the_baseline_is_shown_even_if_the_team_alone_is_faster() -> None:
    cost = {"flops": 1e9, "bytes": 1e9, "items": 1.0}
    cases = [
        timed(f"stencil2d/{variant}/n:{n}/threads:1", seconds, cost=cost, ceiling="read")
        for n in (32, 64)
        for variant, seconds in (("seq", 1.0), ("omp", 0.5))
    ]
    found = device([*cases, *read()], threads=1).points
    assert [(p.case.variant, p.case.n) for p in found] == [("seq", 64)]


def test_a_size_that_devices_have_in_common_is_shown_beside_the_largest() -> None:
    cost = {"flops": 1e9, "bytes": 1e9, "items": 1.0}

    def code(variant: str, n: int, threads: int) -> dict[str, Any]:
        name = f"stencil2d/{variant}/n:{n}/threads:{threads}"
        return timed(name, 1.0, cost=cost, ceiling="read")

    cases = [code("seq", 32, 1), code("omp", 32, 2), code("omp", 64, 2), *read()]
    assert {p.case.n for p in device(cases).points} == {32, 64}
    assert {p.case.n for p in device(cases, threads=1).points} == {32}


def beside(name: str, gigabytes: float, group: str, **changed: Any) -> dict[str, Any]:
    """A ceiling in L2 beside a group."""
    cost = {"flops": 0.0, "bytes": 1e9, "items": 1.0}
    walls = dict.fromkeys(range(1, 9), 1 / gigabytes)
    return ceiling(name, walls, group, **({"level": "l2", "cost": cost} | changed))


ROW, IN_PASSES = "copy/omp/n:8/threads:2", "copy/omp/n:24/passes:16/threads:2"
GROUPS = SCAN, STENCIL, REDUCE = [f"{w}/seq/n:8/threads:1" for w in ("scan", "stencil2d", "reduce")]


def roofs_beside(*measured: dict[str, Any]) -> list[tuple[str, str, float, int]]:
    """With a row in L2 that times the start of its team, and one in memory."""
    rows = [moving(ROW, 225, level="l2"), moving("copy/omp/n:64/threads:2", 57)]
    cases = [*rows, *(moving(group, 10, level="l2") for group in GROUPS)]
    found = rooflines(decoded(file_with(cases, list(measured))))
    (two,) = (r for r in found if r.threads == 2)
    return [(r.name, r.level, pytest.approx(r.rate / 1e9), r.groups) for r in two.roofs]


def test_the_roof_of_a_cache_is_the_ceiling_beside_the_cases() -> None:
    memory = ("copy/omp/n:64/threads:2", "memory", 57, 0)
    rates = [(500, SCAN), (510, STENCIL), (490, REDUCE)]
    found = roofs_beside(*(beside(IN_PASSES, rate, group) for rate, group in rates))
    assert found == [(IN_PASSES, "l2", 500, 3), memory]
    assert roofs_beside() == [(ROW, "l2", 225, 0), memory]


def test_a_ceiling_beside_that_is_of_another_device_memory_or_state_is_no_roof() -> None:
    for changed in (
        {"threads": 1},
        {"scope": "kernel"},
        {"level": "memory"},
        {"rate_unit": "flops"},
        {"keys": {"l2": "cold"}},
    ):
        assert roofs_beside(beside(IN_PASSES, 500, SCAN, **changed))[0][0] == ROW
    other = "read/omp/n:24/passes:16/threads:2"
    assert [name for name, *_ in roofs_beside(beside(other, 400, SCAN))][:2] == [other, ROW]


def test_a_process_that_does_not_count_makes_no_roof() -> None:
    late = beside(IN_PASSES, 500, SCAN)
    late["samples"] |= {"counted": False}
    assert roofs_beside(late)[0][0] == ROW


def test_bytes_allow_a_part_of_the_compute_ceiling_by_the_roof_of_the_level() -> None:
    inner = moving("read/omp/n:8/passes:64/threads:2", 400, level="l2")
    found = device([*fma(500, 1000), *read(), inner])
    for level, share in (("memory", 0.04), ("l2", 0.4)):
        (case,) = result([stencil(level, 1e9) | {"ceiling": "fma"}]).workspan.cases
        allowed = found.allows(case)
        assert allowed
        assert (allowed.share, allowed.level) == (pytest.approx(share), level)
        assert allowed.intensity == pytest.approx(1)
    (many,) = result([stencil("memory", 1e11) | {"ceiling": "fma"}]).workspan.cases
    assert found.allows(many) is None, "all of it"
    (of_memory,) = result([stencil("memory", 1e9)]).workspan.cases
    assert found.allows(of_memory) is None, "its ceiling is memory"
