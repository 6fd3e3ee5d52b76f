# SPDX-License-Identifier: Apache-2.0
"""The section on concurrency: the table of `workspan concurrency`, and timelines."""

import json

import pytest
from asynchronous import all_of_it
from execution_models import file_of, models
from markupsafe import Markup

from workspan.page.concurrency import concurrency_section
from workspan.page.content import Picture
from workspan.page.sources import Source
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
