# SPDX-License-Identifier: Apache-2.0
"""Overlap on a GPU: the gain over one stream in order."""

import pytest
from asynchronous import overlap, served
from sample_results import result

from workspan.analysis.asynchrony.overlap import OverlapRow, overlap_table
from workspan.analysis.asynchrony.problems import Problem
from workspan.analysis.ratios.figures import Figure


def about(value: float, noisy: bool = False) -> Figure:
    return Figure(pytest.approx(value), noisy)


def test_the_gain_is_over_the_same_steps_in_order() -> None:
    table = overlap_table(result(overlap()).workspan.cases, 0.02)
    assert table and table.problem == Problem(2**24, {"chunks": "8"})
    assert table.rows == (
        OverlapRow("seq", about(90e-3)),
        OverlapRow("cuda", about(30e-3), about(1.0), about(0.4, noisy=True)),
        OverlapRow("cuda_streams", about(15e-3), about(2.0), about(0.75, noisy=True)),
    )


def test_it_is_about_a_middling_number_of_chunks() -> None:
    cases = [case for chunks in (1, 8, 64) for case in overlap(chunks)]
    table = overlap_table(result(cases).workspan.cases, 0.02)
    assert table and table.problem.keys == {"chunks": "8"}


def test_the_gain_is_over_the_fastest_number_of_chunks_in_order() -> None:
    """Launches of more chunks would make the order slow, and the gain high."""
    one = served("overlap/cuda/n:16777216/chunks:1/threads:1", 22.5e-3, scope="e2e")
    table = overlap_table(result([*overlap(8), one, *overlap(64)]).workspan.cases, 0.02)
    assert table and table.problem.keys == {"chunks": "8"} and table.in_order == 1
    assert [row.gain for row in table.rows] == [None, about(0.75), about(1.5)]


def test_the_host_has_no_chunks() -> None:
    on_host, *on_device = overlap(8)
    alone = served("overlap/seq/n:16777216/chunks:1/threads:1", 80e-3)
    for cases in ([alone, *on_device], [alone, on_host, *on_device]):
        table = overlap_table(result(cases).workspan.cases, 0.02)
        assert table and [row.model for row in table.rows] == ["seq", "cuda", "cuda_streams"]
        assert table.rows[0].time == about(80e-3)


def test_without_a_gpu_there_is_no_table() -> None:
    cases = [c for c in result(overlap()).workspan.cases if c.variant == "seq"]
    assert overlap_table(cases, 0.02) is None


def test_without_the_order_there_is_no_gain() -> None:
    cases = [c for c in result(overlap()).workspan.cases if c.variant != "cuda"]
    table = overlap_table(cases, 0.02)
    assert table and [row.gain for row in table.rows] == [None, None]


def test_a_gain_has_an_interval() -> None:
    """Of no width, since all processes are alike."""
    table = overlap_table(result(overlap()).workspan.cases, 0.02)
    assert table and table.rows[2].gain
    assert table.rows[2].gain.interval == pytest.approx((2.0, 2.0))
