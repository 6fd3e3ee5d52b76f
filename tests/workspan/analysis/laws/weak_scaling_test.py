# SPDX-License-Identifier: Apache-2.0
"""Weak scaling of whole files: scaled speedups, Gustafson's law, and each reason why none."""

from typing import get_args

import msgspec
import pytest
from sample_results import changed
from scaling_runs import cores_of_16_cpus
from weak_runs import gustafson, weak_run

from workspan.analysis.laws.scaling import scalings
from workspan.analysis.laws.weak_scaling import Refusal, WeakScaling, weak_scalings
from workspan.resultfile.model import ResultFile

TEAMS = (1, 2, 4, 8, 16)


def only(file: ResultFile) -> WeakScaling:
    (found,) = weak_scalings(file)
    return found


def test_the_serial_fraction_over_the_cores_of_a_machine_with_hyper_threads() -> None:
    found = only(weak_run(TEAMS, gustafson(0.05)))
    assert (found.workload, found.variant, found.n, found.refusal) == ("reduce", "omp", 1000, None)
    assert found.serial
    assert found.serial.interval
    low, high = found.serial.interval
    assert 0.04 < low < 0.05 < high < 0.06


def test_the_scaled_speedup_is_that_of_rates() -> None:
    points = only(weak_run(TEAMS, gustafson(0.05))).points
    assert [(p.threads, p.n) for p in points] == [(p, 1000 * p) for p in TEAMS]
    assert points[0].speedup.value == points[0].work == 1
    last = points[-1]
    assert last.work == 1
    assert last.machine
    assert last.machine.value == pytest.approx(8.6, rel=0.01)
    assert last.speedup.value == pytest.approx(8.6 - 0.05 * 7.6, rel=0.01)
    assert last.speedup.interval
    assert last.speedup.interval[0] < 8.6 - 0.05 * 7.6 < last.speedup.interval[1]


def test_a_rounded_size_is_not_a_gain() -> None:
    """A fifth more work a thread, in a fifth more time."""
    found = only(weak_run(TEAMS, gustafson(0.05), rounding=1.2))
    assert found.points[-1].work == pytest.approx(1.2)
    assert found.points[-1].speedup.value == pytest.approx(8.6 - 0.05 * 7.6, rel=0.01)
    assert found.serial
    assert found.serial.value == pytest.approx(0.05, abs=0.01)


def test_each_size_of_one_thread_has_a_curve_of_its_own() -> None:
    small, large = weak_scalings(weak_run(TEAMS, gustafson(0.1), sizes=(1000, 50_000)))
    assert [p.n for p in small.points] == [1000 * p for p in TEAMS]
    assert [p.n for p in large.points] == [50_000 * p for p in TEAMS]


def test_flops_are_the_work_before_bytes() -> None:
    """As of gemm, whose flops grow faster."""
    file = weak_run((1, 2, 4), gustafson(0.0))
    cases = [
        msgspec.structs.replace(
            c, cost=msgspec.structs.replace(c.cost, flops=(c.n / c.threads) ** 2 * c.threads)
        )
        for c in file.workspan.cases
    ]
    assert [p.work for p in only(changed(file, cases=cases)).points] == pytest.approx([1, 1, 1])
    cases = [
        msgspec.structs.replace(c, cost=msgspec.structs.replace(c.cost, flops=1.0)) for c in cases
    ]
    assert only(changed(file, cases=cases)).points[-1].work == pytest.approx(1 / 4)


def test_blocks_of_two_sizes_are_not_paired() -> None:
    """Blocks have the same numbers, and nothing in common: as many as each has are used."""
    file = weak_run((1, 2, 4), gustafson(0.0), processes=1)

    def first_blocks(case: object, count: int) -> object:
        (one,) = case.invocations  # type: ignore[attr-defined]
        lists = ("wall", "cpu", "runs", "block", "at", "waited", "clean")
        cut = {name: getattr(one, name)[:count] for name in lists}
        cut["block"] = [b + 100 for b in cut["block"]]
        return msgspec.structs.replace(case, invocations=[msgspec.structs.replace(one, **cut)])

    cases = [first_blocks(c, 7) if c.threads == 4 else c for c in file.workspan.cases]
    last = only(changed(file, cases=cases)).points[-1]
    assert last.speedup.value == pytest.approx(4, rel=0.02)
    assert last.speedup.interval
    assert last.speedup.within_one_process


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (weak_run(TEAMS[1:], gustafson(0.05)), "no_one_thread"),
        (weak_run(TEAMS, gustafson(0.05), with_ceilings=False), "no_ceiling"),
        (weak_run(TEAMS, gustafson(0.05), workload="montecarlo"), "is_ceiling"),
        (weak_run((1, 2), gustafson(0.05)), "few_cpus"),
        (weak_run((1, 16), gustafson(0.05)), "few_teams"),
        (weak_run(TEAMS, gustafson(0.05), processes=2), "few_processes"),
        (weak_run(TEAMS, lambda p: 1.5 * cores_of_16_cpus(p) if p > 1 else 1), "superlinear"),
        (weak_run(TEAMS, lambda p: gustafson(0.0)(min(p, 4))), "not_the_law"),
    ],
)
def test_each_refusal(file: ResultFile, refusal: Refusal) -> None:
    found = only(file)
    assert (found.refusal, found.serial) == (refusal, None)
    assert bool(found.points) == (refusal != "no_one_thread")
    assert (found.kink is not None) == (refusal == "not_the_law")


@pytest.mark.parametrize("threads", [4, 8, 16])
@pytest.mark.parametrize("slower", [1.2, 1.5, 3.0])
def test_a_code_that_collapses_breaks_there(slower: float, threads: int) -> None:
    found = only(weak_run(TEAMS, lambda p: gustafson(0.05)(p) / (slower if p >= threads else 1)))
    assert (found.refusal, found.kink) == ("not_the_law", threads)


def test_the_refusals_are_all_tested() -> None:
    (cases,) = [m.args[1] for m in test_each_refusal.pytestmark]  # type: ignore[attr-defined]
    assert {refusal for _, refusal in cases} == set(get_args(Refusal))


def test_threads_beyond_the_cpus_are_shown_and_not_fitted() -> None:
    file = weak_run(TEAMS, lambda p: gustafson(0.05)(min(p, 8)))
    run = msgspec.structs.replace(file.workspan.run, all_threads=8)
    found = only(changed(file, run=run))
    assert found.points[-1].threads == 16
    assert found.serial
    assert found.serial.value == pytest.approx(0.05, abs=0.01)


def test_a_run_of_strong_scaling_has_none_and_the_other_way_round() -> None:
    weak = weak_run(TEAMS, gustafson(0.05))
    assert scalings(weak) == ()
    run = msgspec.structs.replace(weak.workspan.run, sweep="")
    assert weak_scalings(changed(weak, run=run)) == ()
