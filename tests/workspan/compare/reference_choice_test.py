# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference: which references fit the hardware, and which of them is used."""

from typing import Any

import msgspec
import pytest
from comparing import on
from machines import caches
from references import (
    E2E,
    GPU,
    H100,
    HOST,
    LONG,
    changed_case,
    failed_case,
    gpu_result,
    reference_verdicts,
)

from workspan.compare.against_reference import compare_with_references
from workspan.compare.reference_band import Bands
from workspan.compare.reference_choice import NamedFile
from workspan.support.errors import NothingError


def test_gpu_cases_need_the_same_gpu_and_host_cases_the_same_cpus() -> None:
    yours = gpu_result({HOST: 1e-3, GPU: 1e-3, E2E: 1e-3})
    other_cpu = on(
        gpu_result({HOST: 1.01e-3, GPU: 1.01e-3, E2E: 1.01e-3}), "machine.cpu.model", "Other"
    )
    found = reference_verdicts(yours, other_cpu)
    assert [found[name][0] for name in (HOST, GPU, E2E)] == ["ONLY_NEW", "NORMAL", "NORMAL"]
    assert found[HOST][1] == "no reference for this CPU and number of CPUs"
    found = reference_verdicts(
        yours,
        gpu_result({HOST: 1.01e-3, GPU: 1e-3}, gpu=msgspec.structs.replace(H100, name="A100")),
    )
    assert found[HOST][:2] == ("NORMAL", "within 10 % of the reference")
    assert found[GPU][:2] == ("ONLY_NEW", "no reference for this GPU")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("machine.cpu.model", "Other"),
        ("machine.cpu.cores", 4),
        ("run.all_threads", 1),
        ("machine.cpu.caches", caches(2, 524288)),
        ("machine.cpu.flags", ["fma", "avx512f"]),
    ],
)
def test_another_model_cache_or_instruction_set_is_another_host(path: str, value: Any) -> None:
    found = reference_verdicts(
        gpu_result({HOST: 1.01e-3, GPU: 1.01e-3}),
        on(gpu_result({HOST: 1e-3, GPU: 1e-3}), path, value),
    )
    assert (found[HOST][0], found[GPU][0]) == ("ONLY_NEW", "NORMAL")


def test_a_slice_of_a_gpu_is_another_gpu() -> None:
    found = reference_verdicts(
        gpu_result({HOST: 1.01e-3, GPU: 1e-3}),
        gpu_result({HOST: 1e-3, GPU: 1e-3}, gpu=msgspec.structs.replace(H100, multiprocessors=16)),
    )
    assert (found[HOST][0], found[GPU][0]) == ("NORMAL", "ONLY_NEW")


def test_a_case_uses_the_reference_with_most_processes_then_the_newest() -> None:
    old, new = (
        gpu_result({HOST: 1e-3, LONG: 1e-3}, started=f"2026-01-0{day}T00:00:00Z") for day in (1, 2)
    )
    many = gpu_result({LONG: 1e-3}, invocations=5, started="2026-01-01T00:00:00Z")
    found = reference_verdicts(gpu_result({HOST: 1.01e-3, LONG: 1.01e-3}), old, new, many)
    assert (found[HOST][2], found[LONG][2]) == ("r1", "r2")
    broken = on(new, "cases", [failed_case(HOST)])
    assert reference_verdicts(gpu_result({HOST: 1.01e-3}), old, broken)[HOST][2] == "r0", (
        "what failed in a reference is none"
    )


def test_a_reference_with_an_interval_precedes_more_processes_and_newer_ones() -> None:
    known, many = (
        gpu_result({HOST: 1e-3}, started="2026-01-01T00:00:00Z"),
        gpu_result({HOST: 2e-3}, invocations=5, started="2026-01-02T00:00:00Z"),
    )
    known, unknown = (
        changed_case(known, HOST, interval=(0.99e-3, 1.01e-3)),
        changed_case(many, HOST, interval="none"),
    )
    assert reference_verdicts(gpu_result({HOST: 1.01e-3}), known, unknown)[HOST][::2] == (
        "NORMAL",
        "r0",
    )
    assert (
        reference_verdicts(
            gpu_result({HOST: 1.01e-3}), known, changed_case(many, HOST, interval=(1.9e-3, 2.1e-3))
        )[HOST][2]
        == "r1"
    )


@pytest.mark.parametrize(
    ("mine", "seen"),
    [((GPU,), {GPU, E2E}), ((HOST,), {HOST, LONG}), ((HOST, GPU), {HOST, LONG, GPU, E2E})],
)
def test_a_run_of_one_kind_of_cases_misses_none_of_the_other(
    mine: tuple[str, ...], seen: set[str]
) -> None:
    assert (
        set(
            reference_verdicts(
                gpu_result(dict.fromkeys(mine, 1e-3)),
                gpu_result(dict.fromkeys((HOST, LONG, GPU, E2E), 1.01e-3)),
            )
        )
        == seen
    )


def test_a_merge_with_your_own_measurements_is_a_reference_for_other_cases_only() -> None:
    yours = gpu_result({HOST: 1e-3, LONG: 1e-3})
    own, other = yours.workspan.cases[0], gpu_result({LONG: 1.01e-3}).workspan.cases[0]
    more = gpu_result({HOST: 1.02e-3}).workspan.cases[0].invocations
    merged = on(
        yours, "cases", [msgspec.structs.replace(own, invocations=[*own.invocations, *more]), other]
    )
    merged = on(merged, "run.started", "2026-01-01T00:00:00Z")
    found = reference_verdicts(yours, merged, gpu_result({HOST: 1.01e-3}))
    assert (found[HOST][2], found[LONG][2]) == ("r1", "r0")
    notes = compare_with_references(
        NamedFile("yours", yours), [NamedFile("merged", merged)], Bands()
    ).notes
    assert (
        "left out as a reference for 1 case: merged, which contains your own measurements" in notes
    )
    with pytest.raises(NothingError, match="is itself the only reference"):
        reference_verdicts(
            gpu_result({HOST: 1e-3}),
            on(gpu_result({HOST: 1e-3, LONG: 1e-3}), "run.started", "2026-01-01T00:00:00Z"),
        )
