# SPDX-License-Identifier: Apache-2.0
"""The share of clean samples, of those that can tell."""

from typing import Any

from block_files import CUDA, SEQ, TEAM, decoded, file_with, in_blocks
from sample_results import case

from workspan.analysis.clean_share import clean_share

WALL = dict.fromkeys(range(1, 5), 1.0)


def share(*cases: dict[str, Any]) -> float | None:
    return clean_share(decoded(file_with([*cases], [])).workspan.cases)


def test_the_share_is_over_all_samples() -> None:
    quiet, loud = in_blocks(SEQ, WALL), in_blocks(TEAM, WALL, disturbed=(1,))
    assert share(quiet) == 1
    assert share(quiet, loud) == 7 / 8


def test_samples_that_cannot_tell_are_left_out() -> None:
    loud = in_blocks(TEAM, WALL, disturbed=(1,))
    device = in_blocks(CUDA, WALL, scope="kernel")
    own = in_blocks("reduce/pool/n:8/threads:2", WALL, threading="own")
    assert share(loud, device, own) == 3 / 4
    unknown = in_blocks(SEQ, WALL)
    unknown["invocations"][0]["waited"] = []
    assert share(unknown, case(TEAM, [1.0])) is None
    assert share() is None
