# SPDX-License-Identifier: Apache-2.0
"""The caches of a processor as the judge needs them."""

import msgspec
import pytest
from sample_results import tree

from workspan.resultfile.machine_model import Cache, Cpu

CACHES = [
    Cache(level=1, type="Data", bytes=48e3, count=8, shared_by=1),
    Cache(level=1, type="Instruction", bytes=32e3, count=8, shared_by=1),
    Cache(level=1, type="Data", bytes=32e3, count=8, shared_by=1),
    Cache(level=2, type="Unified", bytes=2e6, count=8, shared_by=1),
]


@pytest.mark.parametrize(("level", "size"), [(1, 32e3), (2, 2e6), (3, 0)])
def test_the_smallest_data_cache_of_a_level_counts(level: int, size: float) -> None:
    cpu = msgspec.convert(tree()["workspan"]["machine"]["cpu"], Cpu)
    assert msgspec.structs.replace(cpu, caches=CACHES).cache_bytes(level) == size


def test_an_instruction_cache_holds_no_data() -> None:
    cpu = msgspec.convert(tree()["workspan"]["machine"]["cpu"], Cpu)
    assert msgspec.structs.replace(cpu, caches=CACHES[1:2]).cache_bytes(1) == 0
