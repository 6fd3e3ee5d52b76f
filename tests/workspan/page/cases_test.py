# SPDX-License-Identifier: Apache-2.0
"""The tables with a row a case: ratios with their intervals, failures with their reasons."""

import pytest
from sample_results import case, result, without_times

from workspan.page.cases import (
    all_cases,
    answers,
    form_of,
    gpu_answers,
    plus_minus,
    ratio_cell,
    size_cell,
)
from workspan.page.content import Cell, Table
from workspan.page.sources import Source
from workspan.report.cells import EstimateFormat
from workspan.stats.ratios import Estimate


def source_of(cases: list) -> Source:
    return Source("x/result.json", result(cases), "")


def column(table: Table, title: str) -> list[str]:
    at = list(table.titles).index(title)
    return [row[at].text for row in table.rows]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, Cell("-")),
        (Estimate(13.7, (13.0, 14.0), 5), Cell("13.7", 13.7, "\u00b13.6%")),
        (Estimate(2.0, (1.5, 2.5), 5), Cell("2.00", 2.0, "\u00b125%")),
        (Estimate(2.0, None, 1, True), Cell("2.00", 2.0, "*")),
        (Estimate(2.0, (1.9, 2.1), 3, from_rows=True), Cell("2.00", 2.0, "\u00b15.0%^")),
        (Estimate(1.0, None, 3, exact=True), Cell("1.00", 1.0)),
    ],
)
def test_a_ratio_has_its_interval_as_a_remark(found: Estimate | None, expected: Cell) -> None:
    assert ratio_cell(found, EstimateFormat(0.02)) == expected


def test_sizes_and_half_widths() -> None:
    assert size_cell(2**24) == Cell("2\u00b2\u2074", 2**24)
    assert size_cell(1000) == Cell("1000", 1000)
    assert (plus_minus(0.012), plus_minus(0.12), plus_minus(None)) == (
        "\u00b11.2%",
        "\u00b112%",
        "",
    )


def test_marks_of_one_process_are_left_to_the_legend(h100: Source, small: Source) -> None:
    assert not form_of(h100).one_process
    assert form_of(small).one_process
    assert "All intervals are within one process." in answers(h100).legend
    assert "All intervals are within one process." not in answers(small).legend


def test_every_case_has_a_row_and_a_failed_one_its_reason() -> None:
    source = source_of(
        [
            case("copy/seq/n:1024/threads:1", [2e-6] * 7),
            case("copy/omp/n:1024/threads:2", [1e-6] * 7),
            without_times("copy/cuda/n:1024/threads:1", "failed", "wrong <result>"),
            without_times("gemm/omp/n:8/threads:2", "skipped", "no room"),
        ]
    )
    table = all_cases(source, source.content.workspan.cases)
    assert column(table, "time") == ["2.00 us", "1.00 us", "failed", "skipped"]
    assert column(table, "vs seq")[1:] == ["2.00", "-", "-"]
    assert column(table, "notes")[2:] == ["wrong <result>", "no room"]
    assert "input" not in table.titles, "a column without a value is left out"
    assert table.rows[1][list(table.titles).index("time")].value == pytest.approx(1e-6)


def test_cases_beyond_the_room_are_counted(h100: Source) -> None:
    table = all_cases(h100, h100.content.workspan.cases, 10)
    assert (len(table.rows), table.left_out) == (10, 286)


def test_the_answers_name_the_fastest_host_code(h100: Source) -> None:
    table = answers(h100)
    named = dict(zip(column(table, "workload"), column(table, "fastest host code"), strict=True))
    assert named["stencil2d"] == "omp_tiled (16)"
    speedups = dict(zip(column(table, "workload"), column(table, "vs seq"), strict=True))
    assert speedups["gemm"] == "13.7"
    on_gpu = gpu_answers(h100)
    gains = dict(zip(column(on_gpu, "workload"), column(on_gpu, "with transfers"), strict=True))
    assert gains["stencil2d"] == "0.22"
    assert not gpu_answers(source_of([case("copy/seq/n:8/threads:1", [1e-6] * 7)])).rows
