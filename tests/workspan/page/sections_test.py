# SPDX-License-Identifier: Apache-2.0
"""Sections are there if the files have data for them."""

from dataclasses import replace

from workspan.page.sections import PLANS, cases_section, chart_sections
from workspan.page.sources import Source


def test_sections_without_data_are_left_out(small: Source, h100: Source) -> None:
    assert [one.name for one in chart_sections([small])][:2] == ["speedup", "why"]
    found = {one.name: one for one in chart_sections([h100])}
    assert list(found) == [plan.kind for plan in PLANS if plan.kind in found]
    assert {"speedup", "why", "breakeven", "roofline"} <= set(found)
    folded = [block.fold for block in found["breakeven"].blocks if block.tables]
    assert folded == ["Times at the largest size"]


def test_all_files_share_the_room_for_cases(small: Source) -> None:
    section = cases_section([replace(small, letter="A"), replace(small, letter="B")])
    assert [block.of[:2] for block in section.blocks] == ["A:", "B:"]
    assert all(block.search and not block.printed for block in section.blocks)
    rows = [len(block.tables[0].rows) for block in section.blocks]
    assert rows == [len(small.content.workspan.cases)] * 2
