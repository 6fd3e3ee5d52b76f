# SPDX-License-Identifier: Apache-2.0
"""The section on concurrency: the table of `workspan concurrency`, and timelines."""

import json
from dataclasses import replace

import pytest
from asynchronous import all_of_it
from execution_models import file_of, models
from markupsafe import Markup
from paths import ROOT

from workspan.analysis.concurrency import judge_models
from workspan.page.concurrency import concurrency_section, model_figures
from workspan.page.content import Picture
from workspan.page.page import page
from workspan.page.sources import Source, read_source
from workspan.resultfile.read import decode_result


@pytest.fixture(scope="module")
def measured() -> Source:
    file = decode_result(json.dumps(file_of(models())).encode(), "x")
    return Source("x", file, "")


def test_the_models_stand_in_a_table_that_sorts_by_value(measured: Source) -> None:
    section = concurrency_section([measured], [])
    assert section
    block = section.blocks[0]
    assert block.paragraphs, "what the gains say as a whole"
    (table,) = block.tables
    rows = {row[0].text: row for row in table.rows}
    cost = list(table.titles).index("cost of a task")
    assert rows["threads"][cost].text == "36.0 us"
    assert rows["threads"][cost].value == pytest.approx(36e-6)
    assert table.legend.startswith("cost of a task: ")


def test_the_best_of_each_column_is_told_at_a_glance(measured: Source) -> None:
    judged = judge_models(measured.content)
    tiles = {tile.what: tile for tile in model_figures(judged)}
    assert 3 <= len(tiles) <= 6
    rows = {row.model: row for row in judged.rows}
    gains = {m: r.all_cpus_gain.value for m, r in rows.items() if r.all_cpus_gain and m != "seq"}
    computing = tiles[f"computing on {judged.subject.cpus} CPUs over seq"]
    assert computing.number == f"{max(gains.values()):.2f}x"
    assert computing.remark.split(",")[0] == max(gains, key=lambda model: gains[model])
    able = [r for m, r in rows.items() if gains.get(m, 0) >= 1.1 and m not in ("omp", "tbb")]
    costs = {r.model: r.task_cost.value for r in able if r.task_cost and not r.task_cost.one_cpu}
    assert tiles["cost of a task"].remark.split(",")[0] == min(costs, key=lambda m: costs[m])


def test_an_iteration_of_a_loop_is_no_task() -> None:
    judged = judge_models(
        read_source(ROOT / "results/epyc-avx512-vm-2-cores/concurrency.json").content
    )
    costs = {row.model: row.task_cost.value for row in judged.rows if row.task_cost}
    assert costs["tbb"] < costs["omp"] < costs["threads"]
    tiles = {tile.what: tile.remark for tile in model_figures(judged)}
    assert tiles["cost of a task"].startswith(("threads, least of", "futures, least of"))
    assert tiles["smallest task worth it"].startswith("omp_tasks, METG")


def test_tasks_that_shared_a_cpu_are_no_best_ones(measured: Source) -> None:
    judged = judge_models(measured.content)
    before = {tile.what: tile for tile in model_figures(judged)}["cost of a task"]
    shared = [
        replace(row, task_cost=replace(row.task_cost, one_cpu=True))
        if row.task_cost and before.remark.startswith(f"{row.model},")
        else row
        for row in judged.rows
    ]
    after = {t.what: t for t in model_figures(replace(judged, rows=tuple(shared)))}
    assert after["cost of a task"].remark.split(",")[0] != before.remark.split(",")[0]


def test_what_the_page_says_first_is_not_repeated(measured: Source) -> None:
    section = concurrency_section([measured], [])
    assert section
    first, *rest = section.blocks[0].paragraphs
    again = concurrency_section([measured], [], {first})
    assert again
    assert again.blocks[0].paragraphs == rest
    text = page([measured])
    assert text.count(first.rstrip(".")) == 1
    assert "cost of a task</" in text or "cost of a task<span" in text


def test_asynchrony_has_a_table_for_each_workload() -> None:
    file = decode_result(json.dumps(file_of(all_of_it())).encode(), "x")
    section = concurrency_section([Source("x", file, "")], [])
    assert section
    headings = [block.heading.split(":")[0] for block in section.blocks]
    assert headings == [
        *("fileio", "fileio", "echo", "futures", "pipeline", "contention", "overlap"),
    ]
    echo = section.blocks[2]
    assert "coroutines answers 125 k/s in the closed loop" in echo.paragraphs[0]
    (table,) = echo.tables
    row = next(row for row in table.rows if row[0].text == "coroutines")
    p99 = row[list(table.titles).index("open p99")]
    assert (p99.text, p99.value) == ("91.0 us", pytest.approx(91e-6))
    assert "~: " in table.legend


def test_timelines_are_enough_for_a_section(h100: Source) -> None:
    assert concurrency_section([h100], []) is None
    drawn = Picture("a timeline", Markup(""), Markup(""), None)
    section = concurrency_section([h100], [drawn])
    assert section
    assert [block.pictures for block in section.blocks] == [[drawn]]
