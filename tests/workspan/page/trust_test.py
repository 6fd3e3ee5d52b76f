# SPDX-License-Identifier: Apache-2.0
"""The section on trust: totals, alarms, noise, failures, warnings, what was not measured."""

import pytest
from sample_results import case, changed, record, result, without_times

from workspan.page import trust
from workspan.page.content import Block
from workspan.page.sources import Source
from workspan.page.trust import trust_section


def blocks(source: Source) -> dict[str, Block]:
    return {block.heading or block.fold: block for block in trust_section([source]).blocks}


def test_failures_and_skipped_cases_are_grouped_by_reason() -> None:
    cases = [
        case("copy/seq/n:8/threads:1", [1e-6] * 7),
        *(without_times(f"copy/omp/n:{n}/threads:2", "failed", "wrong") for n in (8, 16)),
        *(without_times(f"gemm/omp/n:{n}/threads:2", "skipped", "no room") for n in range(9, 19)),
    ]
    disturbed = changed(result(cases), invocations=[record(disturbed=["load 9"])])
    found = blocks(Source("x", disturbed, ""))
    assert found[""].paragraphs == ["Verified and timed: 1. Skipped: 10. Failed: 2."]
    (failed,) = found["Failed"].tables[0].rows
    names = "copy/omp/n:8/threads:2, copy/omp/n:16/threads:2"
    assert [cell.text for cell in failed] == ["failed", "wrong", "2", names]
    (skipped,) = found["Not measured: 10"].tables[0].rows
    assert [cell.text for cell in skipped][2:] == ["10", "gemm (10)"], "many by their workload"
    (noisy,) = found["Disturbed processes: 1"].tables[0].rows
    assert noisy[2].text == "load 9"


def test_alarms_come_before_warnings(h100: Source) -> None:
    names = list(blocks(h100))
    assert names.index("What may mislead") < names.index("Warnings")
    assert "Noise by process" not in names, "of one process nothing is known"


def test_marks_of_the_alarms_are_explained(h100: Source, small: Source) -> None:
    *said, last = blocks(h100)["What may mislead"].paragraphs
    assert any("6.98x?" in text for text in said)
    assert last.startswith("?: no interval, so it is said by value")
    of_small = blocks(small).get("What may mislead")
    assert of_small is None or not any(text.startswith("?") for text in of_small.paragraphs)


def test_alarms_beyond_the_worst_are_folded(h100: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "MOST", 6)
    found = blocks(h100)
    shown = [text for text in found["What may mislead"].paragraphs if not text.startswith("?")]
    assert len(shown) == 6
    rest = found["Further alarms: 4"].paragraphs
    assert len(rest) == 4
    assert not {*rest} & {*shown}
    assert rest[-1].endswith(".")


def test_a_print_leaves_the_samples_out(h100: Source) -> None:
    assert not blocks(h100)["Samples in the order they were taken"].printed


def test_processes_are_compared(small: Source) -> None:
    table = blocks(small)["Noise by process"].tables[0]
    assert [row[0].text for row in table.rows] == ["1", "2", "3", "4", "5"]
    assert all(row[2].text.endswith(" %") for row in table.rows)
