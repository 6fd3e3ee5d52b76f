# SPDX-License-Identifier: Apache-2.0
"""How two files differ, and whether they are of one machine."""

from typing import Any

import pytest
from comparing import RunCompare, on, result_of
from machines import caches
from sample_results import foreign

from workspan.compare.cases import compare_files
from workspan.compare.differences import (
    Difference,
    file_label,
    find_differences,
    machine_differences,
    of_two_machines,
    two_machines,
)
from workspan.resultfile.machine_model import CpuPair
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_any
from workspan.support.errors import UsageError


def test_differences_are_listed_first(run_compare: RunCompare) -> None:
    new = on(
        on(result_of(1e-3), "build.compiler", "GNU 13\u202e"),
        "environment.variables",
        {"OMP_NUM_THREADS": "4"},
    )
    _, out, _ = run_compare(result_of(1e-3), on(new, "machine.cpu.flags", ["fma", "aes"]))
    lines = out.split("\n")
    assert [line.split() for line in lines[3:7]] == [
        ["differs", "old", "new"],
        ["machine.cpu.flags", "none", "more", "aes"],
        ["build.compiler", "x", "GNU", "13<U+202E>"],
        ["environment.variables.OMP_NUM_THREADS", "2", "4"],
    ]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("machine.cpu.model", "Other CPU", "CPU model Test CPU, then Other CPU"),
        ("machine.cpu.cores", 4, "cores 2, then 4"),
        ("machine.cpu.caches", caches(2, 524288), "L2 cache 1.05 MB, then 524 kB"),
        ("machine.cpu.flags", ["fma", "avx2"], "vector instructions none more, then avx2"),
        ("machine.limits.allowed_cpus", [0], "allowed CPUs 2, then 1"),
        ("machine.limits.cpu_quota", 1.5, "CPU quota unlimited, then 1.5"),
        ("machine.memory.bytes", 16e9, "memory 8.00 GB, then 16.0 GB"),
    ],
)
def test_different_machines_get_no_verdict(path: str, value: Any, words: str) -> None:
    one, other = result_of(1e-3), on(result_of(1e-3), path, value)
    assert two_machines(of_two_machines(one, other)) == f"these are different machines: {words}"
    with pytest.raises(UsageError, match=f"{words}; their runs get no verdict"):
        compare_files(one, other, ("old", "new"))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("machine.host", "other"),
        ("machine.memory.bytes", 8.1e9),
        ("machine.memory.available", 1e9),
        ("machine.limits.allowed_cpus", [2, 3]),
        ("machine.kernel", "7"),
        ("machine.cpu.cores", "unknown"),
        ("machine.cpu.caches", []),
        ("machine.cpu.flags", []),
        ("machine.cpu.flags", ["fma", "aes"]),
    ],
)
def test_a_machine_is_the_same_whatever_its_name(
    run_compare: RunCompare, path: str, value: Any
) -> None:
    new = on(result_of(1e-3), path, value)
    assert machine_differences(result_of(1e-3).workspan.machine, new.workspan.machine) == []
    assert run_compare(result_of(1e-3), new)[0] == 0
    found = find_differences(result_of(1e-3), new)
    unlisted = path.startswith("machine.memory")
    assert bool(found) != unlisted
    assert all(d.what.startswith(path) for d in found)


def test_pairs_of_cpus_differ_if_they_tell_something_else() -> None:
    def measured(*gains: float) -> ResultFile:
        pairs = [CpuPair(first=0, second=k, gain=gain) for k, gain in enumerate(gains, 1)]
        return on(result_of(1e-3), "machine.cpu.pairs", pairs)

    assert find_differences(measured(1.9993), measured(1.9996)) == []
    assert find_differences(measured(1.9993), measured()) == []
    assert find_differences(measured(), measured(1.02)) == []
    assert find_differences(measured(1.98, 1.97), measured(1.02, 1.99)) == [
        Difference(
            "machine.cpu.pairs",
            "CPUs 0 and 1 are two cores (1.98x)",
            "CPUs 0 and 1 are one core (1.02x)",
        )
    ]


def test_a_file_is_described_in_one_line() -> None:
    file = on(result_of(1e-3), "build.git_commit", "0123456789")
    line = "f, 2026-01-02 03:04 UTC, quick, 10 invocations, 01234567"
    assert file_label(on(file, "build.git_dirty", "no"), "f") == line
    assert file_label(on(file, "build.git_dirty", "yes"), "f") == f"{line} with uncommitted changes"
    cut_off = on(on(file, "build.git_dirty", "no"), "run.complete", False)
    assert file_label(cut_off, "f") == f"{line}, interrupted"
    assert file_label(decode_any(foreign(), "x"), "f") == "f, Google Benchmark"


def test_the_order_is_machine_build_environment_run() -> None:
    new = on(on(result_of(1e-3), "run.seed", 2), "build.flags", "-O3")
    new = on(on(new, "environment.openmp_runtime", "libomp"), "machine.kernel", "7")
    found = find_differences(result_of(1e-3), new)
    assert [(d.what, d.old, d.new) for d in found] == [
        ("machine.kernel", "6", "7"),
        ("build.flags", "x", "-O3"),
        ("environment.openmp_runtime", "libgomp", "libomp"),
        ("run.seed", "1", "2"),
    ]


def test_a_file_of_workspan_and_one_of_another_program_share_nothing() -> None:
    with pytest.raises(UsageError, match="they share no cases and no description"):
        of_two_machines(result_of(1e-3), decode_any(foreign(), "x"))
    assert of_two_machines(decode_any(foreign(), "x"), decode_any(foreign(), "y")) == []
