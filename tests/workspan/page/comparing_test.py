# SPDX-License-Identifier: Apache-2.0
"""Several files: each further one against the first, as `workspan compare` does."""

import pytest
from block_files import ChangingMachine
from sample_results import case, result

from workspan.page.comparing import Comparison, compare_section, comparisons, text_cell
from workspan.page.content import Cell
from workspan.page.sources import Source, lettered


@pytest.fixture(scope="module")
def of_one_machine(small: Source) -> Comparison:
    again = Source("again/result.json", ChangingMachine(2).run(5), "1" * 64)
    (found,) = comparisons(lettered([small, again]))
    return found


def test_runs_of_one_machine_have_a_chart_and_verdicts(of_one_machine: Comparison) -> None:
    assert of_one_machine.chart
    assert of_one_machine.answer.endswith(".")
    section = compare_section([of_one_machine])
    assert section.blocks[0].pictures == [of_one_machine.chart]
    titles = [title for block in section.blocks for t in block.tables for title in t.titles]
    assert "case" in titles


def test_machines_are_compared_without_a_chart(h100: Source, xeon: Source) -> None:
    (found,) = comparisons(lettered([h100, xeon]))
    assert found.chart is None
    assert found.answer.startswith("A is ")
    assert "times as fast as B" in found.answer
    section = compare_section([found])
    differences = section.blocks[0].tables[0]
    assert list(differences.titles) == ["differs", "A", "B"]
    assert section.blocks[0].of == "A and B"
    assert not any(found.answer[4:30] in text for text in section.blocks[0].paragraphs)
    folded = [block for block in section.blocks if block.fold]
    assert folded, "long tables"
    assert all(block.search for block in folded)


def test_runs_of_one_machine_without_a_common_case_have_nothing_to_compare() -> None:
    sides = [result([case(f"{name}/seq/n:8/threads:1", [1e-6] * 8)]) for name in ("copy", "gemm")]
    (found,) = comparisons(
        lettered([Source(name, side, "") for name, side in zip("xy", sides, strict=True)])
    )
    assert found.chart is None
    assert found.answer == "No case was measured in both."


def test_more_files_are_each_compared_with_the_first(small: Source) -> None:
    found = comparisons(lettered([small] * 3))
    assert [(one.old.letter, one.new.letter) for one in found] == [("A", "B"), ("A", "C")]
    assert compare_section(found).blocks[0].of == "old: A, new: B"


def test_a_further_machine_has_its_letter_of_the_page(h100: Source, xeon: Source) -> None:
    _, found = comparisons(lettered([h100, h100, xeon]))
    assert found.answer.startswith("A is ")
    assert "times as fast as C" in found.answer
    assert compare_section([found]).blocks[0].of == "A and C"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4.30 ms", 4.3e-3),
        ("1.33 us", 1.33e-6),
        ("+3.2 %", 3.2),
        ("-12.0 %", -12.0),
        ("x12", 12.0),
        ("<0.0001", 1e-4),
        ("0.97 .. 1.02", 0.97),
        ("SLOWER", None),
    ],
)
def test_a_cell_sorts_by_its_number(text: str, value: float | None) -> None:
    found = text_cell(text)
    assert found.text == text
    assert found.value == (None if value is None else pytest.approx(value))
    assert text_cell("") == Cell("-")
