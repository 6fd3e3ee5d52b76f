# SPDX-License-Identifier: Apache-2.0
"""Sections are there if the files have data for them."""

from dataclasses import replace

import pytest
from weak_runs import gustafson, weak_run

from workspan.page.sections import PLANS, cases_section, chart_sections, weak_section
from workspan.page.sources import Source


def test_sections_without_data_are_left_out(small: Source, h100: Source) -> None:
    assert [one.name for one in chart_sections([small])][:2] == ["speedup", "why"]
    found = {one.name: one for one in chart_sections([h100])}
    assert list(found) == [plan.kind for plan in PLANS if plan.kind in found]
    assert {"speedup", "why", "breakeven", "roofline"} <= set(found)
    assert found["speedup"].lead.endswith("over seq, the suite's code for one thread.")
    folded = [block.fold for block in found["breakeven"].blocks if block.tables]
    assert folded == ["Times at the largest size"]


def test_all_files_share_the_room_for_cases(small: Source) -> None:
    section = cases_section([replace(small, letter="A"), replace(small, letter="B")])
    assert [block.of[:2] for block in section.blocks] == ["A:", "B:"]
    assert all(block.search and not block.printed for block in section.blocks)
    rows = [len(block.tables[0].rows) for block in section.blocks]
    assert rows == [len(small.content.workspan.cases)] * 2


@pytest.mark.parametrize("teams", [(1, 2, 4, 8), (1, 2)])
def test_weak_scaling_has_a_section_of_its_own(teams: tuple[int, ...], small: Source) -> None:
    assert weak_section([small]) is None
    source = Source("weak", weak_run(teams, gustafson(0.05)), "")
    section = weak_section([source])
    assert section
    (block,) = section.blocks
    assert bool(block.pictures) == (len(teams) > 2)  # of two there is no curve, but the row
    assert [row[0].text for row in block.tables[0].rows] == ["reduce omp"]
    assert block.paragraphs[0].startswith("With as much work for each thread, ")
    assert "scaling" not in [one.name for one in chart_sections([source])]


def test_all_sizes_of_a_weak_run_are_drawn() -> None:
    file = weak_run((1, 2, 3, 4), gustafson(0.05), sizes=(1000, 2100, 4500, 9700))
    assert Source("weak", file, "").drawn is file
