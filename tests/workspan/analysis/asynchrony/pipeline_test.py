# SPDX-License-Identifier: Apache-2.0
"""Pipelines: their gain, and the one that the longest stage allows."""

import pytest
from asynchronous import STAGES, pipeline
from sample_results import result

from workspan.analysis.asynchrony.pipeline import PipelineRow, PipelineTable, pipeline_table
from workspan.analysis.ratios.figures import Figure


def table(cpus: int = 2, **stages: float) -> PipelineTable:
    found = pipeline_table(result(pipeline(STAGES | stages)).workspan.cases, cpus, 0.02)
    assert found
    return found


def about(value: float) -> Figure:
    return Figure(pytest.approx(value))


def test_the_gain_is_over_seq_and_over_its_bound() -> None:
    """200 + 1000 + 300 ns, the longest 1000: 1.5x at most."""
    found = table()
    assert [row.model for row in found.rows] == ["seq", "threads", "coroutines", "tbb"]
    assert (found.longest, found.bound) == ("transform", pytest.approx(1.5))
    rows = {row.model: row for row in found.rows}
    assert rows["tbb"] == PipelineRow(
        "tbb",
        rate=about(1e9 / 1200),
        one_core_gain=about(1500 / 1600),
        gain=about(1.25),
        of_bound=about(1.25 / 1.5),
        p50=about(131e-6),
        one_core_handing_over=about(100e-9),
        handing_over=about(200e-9),
    )
    one = about(1.0)
    assert rows["seq"] == PipelineRow("seq", about(1e9 / 1500), one, one, p50=about(131e-6))


@pytest.mark.parametrize(("cpus", "bound"), [(1, 1.0), (2, 2.0), (3, 3.0), (16, 3.0)])
def test_no_more_cpus_compute_than_there_are(cpus: int, bound: float) -> None:
    """Of three stages that take equally long."""
    assert table(cpus, read_ns=1000.0, reduce_ns=1000.0).bound == pytest.approx(bound)


@pytest.mark.parametrize("stages", [{"read_ns": 1.0, "reduce_ns": 1.0}, STAGES | {"read_ns": 0.0}])
def test_without_the_times_of_all_stages_there_is_no_bound(stages: dict[str, float]) -> None:
    found = pipeline_table(result(pipeline(stages)).workspan.cases, 2, 0.02)
    assert found and (found.longest, found.bound) == ("", None)
    assert not any(row.of_bound for row in found.rows)
    assert found.rows[-1].gain == about(1.25)


def test_without_seq_there_is_a_rate_and_without_cases_nothing() -> None:
    cases = [c for c in result(pipeline()).workspan.cases if c.variant != "seq"]
    found = pipeline_table(cases, 2, 0.02)
    assert found
    assert found.rows[0] == PipelineRow("threads", about(1e9 / 3500), p50=about(131e-6))
    assert pipeline_table([], 2, 0.02) is None


def test_handing_over_is_what_an_item_takes_beyond_the_bound() -> None:
    assert table().item == pytest.approx(1500e-9)
    rows = {row.model: row for row in table().rows}
    assert rows["threads"].handing_over == about(3500e-9 - 1500e-9 / 1.5)
    assert rows["threads"].one_core_handing_over == about(5000e-9 - 1500e-9)
    assert rows["coroutines"].one_core_handing_over == about(350e-9)
    assert rows["seq"].handing_over is rows["seq"].one_core_handing_over is None
    alone = rows["tbb"].handing_over
    assert alone and alone.interval == pytest.approx((200e-9, 200e-9))


def test_handing_over_is_as_uncertain_as_both_times() -> None:
    cases = [c | {"interval": [0.9 * c["time"], 1.2 * c["time"]]} for c in pipeline()]
    found = pipeline_table(result(cases).workspan.cases, 2, 0.02)
    assert found and found.rows[-1].handing_over
    ends = 0.9 * 1200 - 1.2 * 1500 / 1.5, 1.2 * 1200 - 0.9 * 1500 / 1.5
    assert found.rows[-1].handing_over.interval == pytest.approx([ns * 1e-9 for ns in ends])


def test_a_gain_has_an_interval() -> None:
    """Of no width, since all processes are alike."""
    gain = table().rows[-1].gain
    assert gain and gain.interval == pytest.approx((1.25, 1.25))
