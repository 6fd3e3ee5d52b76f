# SPDX-License-Identifier: Apache-2.0
"""Two CPUs are one core, two cores, or neither is told, by what they computed at once."""

import msgspec
import pytest
from sample_results import result

from workspan.resultfile.core_pairs import (
    Answer,
    answer_of,
    answered,
    contradicts_kernel,
    words,
)
from workspan.resultfile.machine_model import Cpu, CpuPair


def pairs(*gains: float) -> list[CpuPair]:
    """CPU 0 with 1, 2, ..."""
    return [CpuPair(first=0, second=k, gain=gain) for k, gain in enumerate(gains, 1)]


@pytest.mark.parametrize(
    ("gain", "answer"),
    [
        (0.93, "one_core"),  # they disturb each other
        (1.0, "one_core"),
        (1.0017, "one_core"),  # measured: two CPUs of a virtual machine, of which fma gained 1.01
        (2.0006, "two_cores"),  # the same two a minute later, moved by the host: fma gained 2.00
        (1.1, "one_core"),
        (1.3, "one_core"),
        (1.31, "cannot_tell"),
        (1.5, "cannot_tell"),
        (1.69, "cannot_tell"),
        (1.9, "two_cores"),
        (1.98, "two_cores"),
        (2.0, "two_cores"),
        (2.04, "two_cores"),
    ],
)
def test_the_gain_decides(gain: float, answer: Answer) -> None:
    assert answer_of(gain) == answer


def test_words_name_the_cpus_and_what_was_measured() -> None:
    assert words(pairs(1.98)) == "CPUs 0 and 1 are two cores (1.98x)"
    assert words(pairs(1.02)) == "CPUs 0 and 1 are one core (1.02x)"
    assert words(pairs(1.5)) == "whether CPUs 0 and 1 are one core or two cannot be told (1.50x)"
    assert words([]) == ""


def test_pairs_of_one_answer_are_named_together() -> None:
    assert words(pairs(1.02, 1.95, 1.5, 1.98)) == (
        "CPUs 0 and 1 are one core (1.02x);"
        " CPUs 0 and each of 2, 4 are two cores (1.95x to 1.98x);"
        " whether CPUs 0 and 3 are one core or two cannot be told (1.50x)"
    )
    assert [p.second for p in answered(pairs(1.02, 1.95, 1.5, 1.98), "two_cores")] == [2, 4]


@pytest.mark.parametrize(
    ("threads_per_core", "gain", "contradicts"),
    [(1, 1.02, True), (2, 1.02, False), ("unknown", 1.02, False), (1, 1.98, False)],
)
def test_the_kernel_is_contradicted_by_one_core_of_two_only(
    threads_per_core: int | str, gain: float, contradicts: bool
) -> None:
    known = result().workspan.machine.cpu
    cpu = msgspec.structs.replace(known, threads_per_core=threads_per_core, pairs=pairs(gain))
    assert isinstance(cpu, Cpu)
    assert contradicts_kernel(cpu) is contradicts
