# SPDX-License-Identifier: Apache-2.0
"""Which samples count, and the times that they make."""

import msgspec
import pytest
from block_files import samples
from paths import ROOT

from workspan.resultfile.counting import (
    FEWEST_CLEAN,
    case_time,
    counting,
    counting_blocks,
    disturbed_counting,
    process_cpu_time,
    process_time,
)
from workspan.resultfile.samples import CaseInvocation

HEADER = (ROOT / "harness/plan/case_result.hpp").read_text()
NINE = {k: float(k) for k in range(1, 10)}


def invocation(disturbed: tuple[int, ...] = (), **changed: object) -> CaseInvocation:
    fields = samples(NINE, 2, disturbed=disturbed) | changed
    return msgspec.convert(fields, CaseInvocation)


def test_clean_samples_count_while_there_are_six_of_them() -> None:
    three, four = (1, 2, 3), (1, 2, 3, 4)
    assert counting(invocation(three)) == [3, 4, 5, 6, 7, 8]
    assert counting(invocation(four)) == list(range(9))
    assert [disturbed_counting(invocation(blocks)) for blocks in ((), three, four)] == [0, 0, 4]


def test_few_samples_that_are_all_clean_count() -> None:
    few = invocation(wall=[1.0, 3.0], cpu=[1.0, 1.0], clean=[True, True], block=[1, 2])
    assert (counting(few), disturbed_counting(few)) == ([0, 1], 0)


def test_a_file_that_says_nothing_of_disturbances_counts_all() -> None:
    old = invocation(clean=[], waited=[], block=[])
    assert counting(old) == list(range(9))
    assert disturbed_counting(old) == 0
    assert counting_blocks(old) == ((), tuple(NINE.values()))


def test_samples_are_found_by_their_blocks() -> None:
    others = [k for k in NINE if k != 2]
    assert counting_blocks(invocation((2,))) == (others, [NINE[k] for k in others])
    even = (2, 4, 6, 8, 10, 12, 14, 16, 18)
    assert counting_blocks(invocation(block=[*even])) == (even, tuple(NINE.values()))
    unknown = invocation((2,), block=[])
    assert counting_blocks(unknown) == ([], [NINE[k] for k in others])


def test_the_times_of_a_process_are_medians_of_what_counts() -> None:
    assert process_time(invocation()) == 5.0
    assert process_time(invocation((1, 2, 3))) == 6.5
    assert process_cpu_time(invocation((1, 2, 3))) == 13.0


def test_the_time_of_a_case_is_the_geometric_mean_over_processes() -> None:
    processes = [
        invocation(wall=[t], cpu=[t], clean=[True], block=[1], number=k, counted=k < 3)
        for k, t in enumerate((2.0, 8.0, 100.0), 1)
    ]
    assert case_time(processes) == pytest.approx(4)
    assert case_time(processes[:1]) == 2.0


@pytest.mark.skipif("kFewestClean" not in HEADER, reason="the binary does not judge samples yet")
def test_the_binary_counts_alike() -> None:
    assert f"kFewestClean = {FEWEST_CLEAN};" in HEADER
