# SPDX-License-Identifier: Apache-2.0
"""Break-even: brackets first, interpolation only where it is tested, the committed run's table."""

import math
from collections.abc import Callable

import msgspec
import pytest
from gpu_curves import run_of
from paths import ROOT
from sample_results import changed

from workspan.analysis.laws.break_even import BreakEven, Kind, break_evens
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

H100 = ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json"
SIZES = tuple(2**k for k in (10, 12, 14, 16, 18))
Curve = Callable[[int], float]


def rising(n: int) -> float:
    """1 at n = 2^15."""
    return (n / 2**15) ** 0.5


def only(file: ResultFile) -> BreakEven:
    (found,) = break_evens(file)
    return found


def by_size(values: dict[int, float]) -> Curve:
    return lambda n: values[n]


@pytest.mark.parametrize(
    ("curve", "kind", "brackets"),
    [
        (lambda _: 2.0, "always", ()),
        (lambda _: 0.5, "never", ()),
        (rising, "between", ((2**14, 2**16),)),
        (lambda n: 1 / rising(n), "in_and_out", ((2**14, 2**16),)),
        (lambda n: 2.0 if n == 2**14 else 0.5, "in_and_out", ((2**12, 2**14), (2**14, 2**16))),
    ],
)
def test_each_kind_of_answer(
    curve: Curve, kind: Kind, brackets: tuple[tuple[int, int], ...]
) -> None:
    found = only(run_of(SIZES, curve, noise=0.01))
    assert (found.kind, found.brackets) == (kind, brackets)
    assert [p.n for p in found.points] == [*SIZES]


def test_a_size_that_does_not_tell_widens_the_bracket() -> None:
    curve = by_size({2**10: 0.5, 2**12: 0.7, 2**14: 1.0, 2**16: 2.0, 2**18: 4.0})
    found = only(run_of(SIZES, curve, noise=0.02))
    assert [p.sign for p in found.points] == [-1, -1, 0, 1, 1]
    assert (found.kind, found.brackets) == ("between", ((2**12, 2**16),))
    assert only(run_of(SIZES, lambda _: 1.0, noise=0.02)).kind == "unknown"


def test_a_size_that_does_not_tell_is_not_an_exception_to_always() -> None:
    found = only(run_of(SIZES, lambda n: 1.0 if n == 2**10 else 2.0, noise=0.02))
    assert (found.points[0].sign, found.kind) == (0, "always")


def test_sizes_that_do_not_tell_are_known_apart_from_those_in_a_bracket() -> None:
    never = only(run_of(SIZES, lambda n: 1.0 if n == 2**18 else 0.5, noise=0.02))
    assert (never.kind, never.told[-1].n) == ("never", 2**16)
    assert [p.n for p in never.untold] == [2**18]
    assert (never.said_of, never.has_exception) == ((2**10, 2**16), False)
    always = only(run_of(SIZES, lambda n: 1.0 if n == 2**10 else 2.0, noise=0.02))
    assert [p.n for p in always.untold] == [2**10]
    assert (always.said_of, always.has_exception) == ((2**12, 2**18), False)
    above = only(run_of(SIZES, lambda n: 1.0 if n == 2**18 else 2.0, noise=0.02))
    assert (above.said_of, above.has_exception) == ((2**10, 2**18), True)
    curve = by_size({2**10: 0.5, 2**12: 0.7, 2**14: 1.0, 2**16: 2.0, 2**18: 1.0})
    between = only(run_of(SIZES, curve, noise=0.02))
    assert (between.kind, between.brackets) == ("between", ((2**12, 2**16),))
    assert [p.n for p in between.untold] == [2**18], "2^14 is inside"
    assert not between.by_value


def test_an_answer_without_intervals_is_by_value() -> None:
    assert only(run_of(SIZES, rising, processes=2)).by_value
    assert not only(run_of(SIZES, rising, processes=3)).by_value


def test_the_opponent_is_the_best_code_at_any_number_of_threads() -> None:
    for point in only(run_of(SIZES, rising)).points:
        assert (point.host.variant, point.host.threads) == ("omp", 2)
        assert point.ratio.value == pytest.approx(rising(point.n))


def test_a_straight_curve_is_interpolated_to_its_crossing() -> None:
    root = only(run_of(SIZES, rising, noise=0.02)).root
    assert root
    assert root.interval
    assert root.interval[0] < 2**15 < root.interval[1]
    assert root.interval[1] / root.interval[0] < 1.5
    assert root.processes == 5


def test_a_bend_of_the_curve_widens_the_interval() -> None:
    curve = by_size({2**10: 0.9, 2**12: 0.9, 2**14: 0.95, 2**16: 4.0, 2**18: 5.0})
    root = only(run_of(SIZES, curve, noise=0.001)).root
    assert root
    assert root.interval == (2**14, pytest.approx(2**16, rel=0.7))
    assert root.interval[1] > 1.5 * root.value


def test_the_interval_stays_within_the_bracket() -> None:
    curve = by_size({2**10: 0.5, 2**12: 0.95, 2**14: 1.05, 2**16: 1.1, 2**18: 1.2})
    root = only(run_of(SIZES, curve, noise=0.01)).root
    assert root
    assert root.interval
    assert 2**12 <= root.interval[0] <= root.value <= root.interval[1] <= 2**14


@pytest.mark.parametrize("sizes", [(2**14, 2**16), (2**8, 2**10, 2**16)])
def test_nothing_is_interpolated_in_wide_brackets_or_without_a_third_size(
    sizes: tuple[int, ...],
) -> None:
    found = only(run_of(sizes, rising))
    assert (found.kind, found.root) == ("between", None)


def test_one_process_has_a_marked_interval_and_two_have_none() -> None:
    one = only(run_of(SIZES, rising, processes=1, noise=0.02)).root
    two = only(run_of(SIZES, rising, processes=2, noise=0.02)).root
    assert one
    assert two
    assert one.within_one_process
    assert one.interval
    assert one.interval[0] < one.value < one.interval[1] < 1.3 * one.interval[0]
    assert one.value == pytest.approx(2**15, rel=0.2)
    assert (two.interval, two.processes) == (None, 2)


def test_sizes_of_different_processes_are_interpolated_too() -> None:
    """As `run --break-even` measures them: later sizes by later processes."""
    file = run_of(SIZES, rising, noise=0.02)
    cases = [
        msgspec.structs.replace(
            case,
            invocations=[
                msgspec.structs.replace(i, number=i.number + (5 if case.n == 2**16 else 0))
                for i in case.invocations
            ],
        )
        for case in file.workspan.cases
    ]
    root, paired = only(changed(file, cases=cases)).root, only(file).root
    assert root
    assert paired
    assert root.interval
    assert root.value == pytest.approx(paired.value)
    assert root.interval[0] < 2**15 < root.interval[1]


def test_transfers_are_a_curve_of_their_own() -> None:
    pageable = only(run_of(SIZES, rising, variant="cuda_e2e"))
    pinned = only(run_of(SIZES, rising, variant="cuda_pinned"))
    assert (pageable.transfers, pinned.transfers) == ("pageable", "pinned")
    assert break_evens(run_of(SIZES, rising, variant="cub")) == ()


def test_the_table_of_the_committed_run() -> None:
    found = [b for b in break_evens(read_result(H100)) if b.transfers == "pageable"]
    answers = {" ".join([b.workload, *b.keys.values()]): b for b in found}
    assert len(answers) == 21
    always = {"montecarlo": 2**20, "nbody": 2**10, "mandelbrot": 512, "kmeans": 2**14}
    between = {"dfma": (2**10, 2**18), "fma": (2**10, 2**18), "gemm": (256, 2**11)}
    for name, answer in answers.items():
        if name in always:
            assert (answer.kind, answer.points[0].n) == ("always", always[name])
        elif name in between:
            assert (answer.kind, answer.brackets) == ("between", (between[name],))
        else:
            assert answer.kind == "never"
        assert answer.root is None  # two sizes tell nothing of the curve between them
    assert answers["cholesky"].points[-1].host.variant == "omp_tasks"
    assert answers["stencil2d"].points[-1].host.variant == "omp_tiled"
    assert answers["montecarlo"].points[-1].ratio.value == pytest.approx(37, rel=0.02)
    assert math.isclose(answers["gemm"].points[0].ratio.value, 0.65, rel_tol=0.02)


def test_a_point_knows_on_how_many_threads_the_host_was_measured() -> None:
    (found,) = break_evens(run_of([2**10], lambda n: 2.0))
    assert [p.host_threads for p in found.points] == [2]
