# SPDX-License-Identifier: Apache-2.0
"""The properties that make a machine."""

from typing import Any

import pytest
from comparing import on, result_of
from machines import caches

from workspan.resultfile.hardware import (
    cpu_properties,
    differing,
    gpu_in_use,
    machine_properties,
    same_memory,
    settings,
)
from workspan.resultfile.model import Machine


def machine(path: str = "machine.host", value: Any = "vm") -> Machine:
    return on(result_of(1e-3), path, value).workspan.machine


def test_a_cpu_has_a_model_cores_caches_and_vector_instructions() -> None:
    flags = ["popcnt", "fma", "avx512f", "avx", "avx512_vnni"]
    assert cpu_properties(machine("machine.cpu.flags", flags)) == {
        "CPU model": "Test CPU",
        "cores": 2,
        "L1 data cache": "unknown",
        "L2 cache": "1.05 MB",
        "vector instructions": ["avx", "avx512f", "fma"],
    }


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("machine.cpu.caches", caches(1, 32768), []),  # its L2 is unknown
        ("machine.cpu.caches", caches(2, 524288), ["L2 cache"]),
        ("machine.cpu.flags", ["popcnt"], ["vector instructions"]),
        ("machine.cpu.flags", [], []),
        ("machine.limits.cpu_quota", 1.5, ["CPU quota"]),
    ],
)
def test_what_is_known_of_both_and_differs(path: str, value: Any, what: list[str]) -> None:
    one, other = machine_properties(machine()), machine_properties(machine(path, value))
    assert [*differing(one, other)] == [*differing(other, one)] == what


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        ("machine.memory.bytes", 8.1e9, "memory"),
        ("machine.memory.bytes", "unknown", "memory"),
        ("machine.limits.allowed_cpus", [2, 3], "numbers of the allowed CPUs"),
        ("machine.cpu.governor", "powersave", "CPU governor"),
        ("machine.kernel", "Linux 1.0", "kernel"),
        ("machine.cpu.model", "Other", "CPU model"),
    ],
)
def test_invocations_of_one_run_have_more_in_common_than_a_machine(
    path: str, value: Any, what: str
) -> None:
    one, other = settings(machine()), settings(machine(path, value))
    assert [name for name in one if one[name] != other[name]] == [what]
    assert settings(machine("machine.host", "another name")) == one


def test_l1_counts_where_both_are_known() -> None:
    one, other = (
        cpu_properties(machine("machine.cpu.caches", caches(1, b))) for b in (32768, 49152)
    )
    assert differing(one, other) == {"L1 data cache": ("32.8 kB", "49.2 kB")}


def test_memories_of_about_the_same_size() -> None:
    sizes = {8.1e9: True, 8.2e9: False, "unknown": False}
    for size, same in sizes.items():
        assert same_memory(machine(), machine("machine.memory.bytes", size)) == same


def test_without_a_gpu_none_is_in_use() -> None:
    assert gpu_in_use(machine()) is None
