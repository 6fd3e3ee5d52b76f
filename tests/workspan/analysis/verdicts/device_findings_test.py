# SPDX-License-Identifier: Apache-2.0
"""Findings on kernels: launch, library, share of the ceiling, and what transfers leave."""

from typing import Any

import pytest
from expert_cases import LARGE, SMALL, findings_of, fma, gemm, read
from gpu_curves import run_of
from judging import computing, moving

from workspan.analysis.laws.break_even import break_evens
from workspan.analysis.verdicts.finding import would_tell
from workspan.analysis.verdicts.verdicts import verdicts
from workspan.stats.ratios import Estimate

KERNEL, LIBRARY, E2E, PINNED = (
    f"gemm/{variant}/n:{SMALL}/threads:1"
    for variant in ("cuda", "cublas", "cuda_e2e", "cuda_pinned")
)
ON_GPU = {"scope": "kernel"}
COUNTED = {"scope": "e2e"}
FAST = computing("fma/cuda/n:64/threads:1", 1000, **ON_GPU)  # the ceiling


def value(number: object) -> float:
    assert isinstance(number, Estimate)
    return number.value


def kernels(*changed: dict[str, Any]) -> dict[str, Any]:
    return findings_of([*gemm(10, 20), *fma(), FAST, *changed])


def test_a_kernel_with_its_data_resident() -> None:
    found = kernels(computing(KERNEL, 400, **ON_GPU))
    numbers = found["resident"].numbers
    assert value(numbers["ratio"]) == pytest.approx(20)
    assert numbers["host"] == f"gemm/omp/n:{SMALL}/threads:2"
    assert (numbers["answer"], numbers["smallest"]) == ("always", SMALL)
    assert value(found["device_far"].numbers["share"]) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("rate", "code"), [(900, "device_saturated"), (600, "device_share"), (300, "device_far")]
)
def test_the_share_of_the_ceiling(rate: float, code: str) -> None:
    slow = computing("conv2d/cuda/n:64/threads:1", 4000, ceiling="fma", **ON_GPU)
    assert code in kernels(computing(KERNEL, rate, **ON_GPU), slow)


@pytest.mark.parametrize(("rate", "is_launch"), [(5.1e5, True), (4.9e5, False)])
def test_a_kernel_of_which_half_is_a_launch_is_one(rate: float, is_launch: bool) -> None:
    shortest = computing("conv2d/cuda/n:64/threads:1", 1e6, **ON_GPU)  # 1 us
    found = kernels(computing(KERNEL, rate, **ON_GPU), computing(E2E, 50, **COUNTED), shortest)
    assert ("launch" in found) == is_launch
    assert ("with_transfers" in found) == (not is_launch)
    if is_launch:
        numbers = found["launch"].numbers
        assert numbers == {
            "time": pytest.approx(1 / rate),
            "shortest": pytest.approx(1e-6),
            "unit": "flops",
        }


@pytest.mark.parametrize(
    ("library", "code", "alike"),
    [(490, "library_ahead", False), (470, "of_library", True), (300, "of_library", False)],
)
def test_a_library_is_ahead_alike_or_behind(library: float, code: str, alike: bool) -> None:
    found = kernels(
        computing(KERNEL, 400, **ON_GPU), computing(LIBRARY, library, ours=False, **ON_GPU)
    )
    assert value(found[code].numbers["share"]) == pytest.approx(400 / library)
    assert ("library" in found["device_far"].numbers) == alike


def test_transfers_are_counted_by_memory() -> None:
    found = findings_of(
        [
            *gemm(10, 20),
            computing(KERNEL, 400, **ON_GPU),
            FAST,
            computing(E2E, 40, **COUNTED),
        ]
    )
    numbers = found["with_transfers"].numbers
    assert value(numbers["ratio"]) == pytest.approx(2)
    assert numbers["share"] == pytest.approx(0.9)
    assert (numbers["transfers"], numbers["answer"]) == ("pageable", "always")
    pinned = findings_of([*gemm(10, 20), FAST, computing(PINNED, 40, **COUNTED)])
    assert pinned["with_transfers"].numbers["transfers"] == "pinned"


def test_a_size_that_does_not_tell_is_in_the_numbers_with_what_would() -> None:
    ratios = {2**10: 0.5, 2**12: 0.7, 2**14: 1.0}
    file = run_of([*ratios], ratios.__getitem__, noise=0.04, variant="cuda_e2e")
    (largest,) = break_evens(file)[0].untold
    for verdict in verdicts(file):
        (numbers,) = (f.numbers for f in verdict.findings if f.code == "with_transfers")
        assert (numbers["answer"], numbers["largest"]) == ("never", 2**12)
        assert (numbers["untold"], numbers["untold_sizes"], numbers["by_value"]) == (2**14, 1, 0)
        assert would_tell(largest.ratio, 1.0).items() <= numbers.items()


def test_an_answer_from_values_alone_says_so() -> None:
    found = kernels(computing(KERNEL, 400, **ON_GPU))
    assert found["resident"].numbers["by_value"] == 1


def test_a_bracket_is_in_the_numbers() -> None:
    cases = [*gemm(10, 20), *gemm(10, 20, LARGE), FAST]
    cases += [computing(E2E, 10, **COUNTED)]
    cases += [computing(f"gemm/cuda_e2e/n:{LARGE}/threads:1", 40, **COUNTED)]
    numbers = findings_of(cases)["with_transfers"].numbers
    assert (numbers["answer"], numbers["low"], numbers["high"]) == ("between", SMALL, LARGE)


@pytest.mark.parametrize(("rate", "is_the_bus"), [(8.0, True), (36.0, False)])
def test_the_bus_is_named_if_transfers_alone_take_longer_than_the_host(
    rate: float, is_the_bus: bool
) -> None:
    cases = [
        moving("reduce/seq/n:64/threads:1", 20),
        moving("reduce/omp/n:64/threads:2", 40),
        moving("reduce/cuda/n:64/threads:1", 60, **ON_GPU),
        moving("reduce/cuda_e2e/n:64/threads:1", rate, **COUNTED),
        moving("read/cuda/n:64/threads:1", 100, **ON_GPU),
    ]
    numbers = findings_of([*cases, *read()], "reduce")["with_transfers"].numbers
    assert numbers["answer"] == "never"
    assert ("bus" in numbers) == is_the_bus
    if is_the_bus:
        assert numbers["bus"] == pytest.approx(1e9 / (1 / 8 - 1 / 60))
        assert numbers["host_rate"] == pytest.approx(40e9)


def test_a_host_that_never_had_its_cpus_is_named_with_them() -> None:
    (seq, _), kernel = gemm(10, 20), computing(KERNEL, 400, **ON_GPU)
    alone = findings_of([seq, *fma(), FAST, kernel])["resident"].numbers
    assert (alone["host"], alone["threads"], alone["cpus"]) == (seq["name"], 1, 2)
    assert "cpus" not in kernels(kernel)["resident"].numbers


def test_transfers_name_their_opponent_if_no_kernel_does() -> None:
    copied = computing(E2E, 40, **COUNTED)
    team = f"gemm/omp/n:{SMALL}/threads:2"
    assert kernels(copied)["with_transfers"].numbers["host"] == team
    both = kernels(copied, computing(KERNEL, 400, **ON_GPU))
    assert "host" not in both["with_transfers"].numbers


def test_memory_may_allow_a_kernel_less_than_its_ceiling() -> None:
    cost = {"flops": 1e9, "bytes": 1e9, "items": 1.0}  # 1 flop per byte
    kernel = computing(KERNEL, 100, **ON_GPU) | {"cost": cost}
    memory = moving("read/cuda/n:64/threads:1", 300, **ON_GPU)
    numbers = kernels(kernel, memory)["device_far"].numbers
    assert numbers["allowed"] == pytest.approx(0.3)
    assert (numbers["intensity"], numbers["level"]) == (pytest.approx(1), "memory")
    assert "allowed" not in kernels(computing(KERNEL, 100, **ON_GPU), memory)["device_far"].numbers


def test_a_ceiling_has_its_rate_and_is_one_at_its_best_size_only() -> None:
    kernel = [moving(f"read/cuda/n:{n}/threads:1", r, **ON_GPU) for n, r in ((64, 200), (99, 300))]
    for n, rate, is_roof in ((64, 2e11, 0), (99, 3e11, 1)):
        numbers = findings_of([*read(), *kernel], "read", n)["device_rate"].numbers
        assert numbers == {"rate": pytest.approx(rate), "unit": "bytes", "is_roof": is_roof}
