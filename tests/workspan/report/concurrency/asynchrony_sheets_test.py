# SPDX-License-Identifier: Apache-2.0
"""The tables about asynchrony: headings, titles, and cells of the study."""

import io

import pytest
from asynchronous import all_of_it, echo, served, spread
from rich.console import Console
from sample_results import result

from workspan.analysis.asynchrony.tables import Asynchrony, judge_asynchrony
from workspan.report.cells import PROSE_COLUMNS
from workspan.report.concurrency.asynchrony_sheets import ALL_COLUMNS, sheets
from workspan.report.figure_cells import MODEL, Sheet, figure_table


@pytest.fixture(scope="module")
def study() -> list[Sheet]:
    return sheets(judge_asynchrony(result(all_of_it())))


def test_each_heading_names_the_problem(study: list[Sheet]) -> None:
    assert [one.heading for one in study] == [
        "fileio: blocks of a file in random order, n = 1024, input:direct, inflight:8",
        "fileio: blocks of a file in random order, n = 1024, input:cached, inflight:8",
        "echo: client and server on this machine, n = 20000, input:b64, inflight:16,"
        " rate:closed and 20000",
        "futures: spawn, status, get: of tasks that are not cancelled; cancel, never ran: 50 %"
        " cancelled",
        "pipeline: three stages, n = 10000",
        "contention: increments of one counter, n = 1000000",
        "overlap: chunks through a GPU, n = 16777216, chunks:8",
    ]


def test_a_row_has_what_was_measured_and_dashes(study: list[Sheet]) -> None:
    rows = {(one.heading.split(":")[0], row[MODEL]): row for one in study for row in one.rows}
    cells = {key: [text.strip() for text in row.values()][1:] for key, row in rows.items()}
    assert cells["echo", "coroutines"] == [
        *("95.0 k/s", "125 k/s", "5.00 us~", "5.00 us~", "163 us"),
        *("40.0 us", "15.0 us~", "91.0 us", "290 us", "0.1 %~"),
    ]
    assert cells["echo", "threads"][-5:] == ["-"] * 5
    assert cells["futures", "pool"] == [
        *("10000", "87.0 ns~", "1.00 ns~", "20.0 ns~", "11.0 ns~", "100.0 %~"),
    ]
    assert cells["futures", "coroutines"][2:] == ["< 1 ns~", "7.00 ns~", "34.0 ns~", "-"]
    assert cells["pipeline", "tbb"] == ["833 k/s", "0.94x", "1.25x", "83 %", "131 us"]
    assert cells["contention", "omp_critical"][:3] == ["10.0 ns", "23.0 ns", "0.43x"]
    assert cells["overlap", "cuda_streams"] == ["15.0 ms", "2.00x", "0.75~"]


def test_every_column_has_a_title_of_its_own_in_words_and_in_lines() -> None:
    titles = [column.title for column in ALL_COLUMNS]
    assert len({*titles}) == len(titles)
    assert all(column.legend.endswith(".") for column in ALL_COLUMNS)


def test_loops_of_different_problems_are_both_named() -> None:
    found = [case for case in echo() if "rate:closed" in case["name"]]
    name = "echo/threads/n:5000/input:b64/inflight:16/rate:20000/threads:2"
    found.append(served(name, 0.25, spread(40, 91, 290)))
    (one,) = sheets(judge_asynchrony(result(found)))
    assert one.heading == (
        "echo: client and server on this machine, n = 20000, input:b64, inflight:16, rate:closed"
        " and n = 5000, input:b64, inflight:16, rate:20000"
    )
    (one,) = sheets(judge_asynchrony(result(found[:1])))
    assert one.heading.endswith("n = 20000, input:b64, inflight:16, rate:closed")


def test_nothing_measured_is_no_table() -> None:
    assert sheets(Asynchrony()) == []


def test_legends_say_what_a_rate_and_a_dash_are(study: list[Sheet]) -> None:
    legends = {one.heading.split(":")[0]: one.legend for one in study}
    assert "while the server serves, without set-up (n / T without that" in legends["echo"]
    assert "not a server that can be built" in legends["echo"]
    assert "the generator's own wake-up, which is part of open p50" in legends["echo"]
    assert "-: by construction no cancelled task starts" in legends["futures"]


def test_the_table_of_requests_is_as_wide_as_prose(study: list[Sheet]) -> None:
    (one,) = (one for one in study if one.heading.startswith("echo"))
    wide = {title: "85.1 k/s~" if "rate" in title else "4.35 us~" for title in one.titles}
    wide |= {MODEL: "coroutines", "late": "0.0 %~", "server CPU": "4.35 us~"}
    table = figure_table(one.titles, one.narrow, [wide])
    console = Console(width=200, file=io.StringIO())
    assert console.measure(table).maximum <= PROSE_COLUMNS
