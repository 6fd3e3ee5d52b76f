# SPDX-License-Identifier: Apache-2.0
"""What a large file may take, and how it is measured."""

from pathlib import Path

import pytest
from sample_results import encoded

from workspan.goals import large
from workspan.goals.grown import Growth
from workspan.goals.large import ANALYSED, MEMORY, PAGE, SHOWN, Spent
from workspan.resultfile.read import ReadLimits, read_result
from workspan.support.errors import NothingError


@pytest.mark.parametrize(
    ("analysis", "met"),
    [
        (Spent(ANALYSED, MEMORY), True),
        (Spent(ANALYSED + 0.1, MEMORY), False),
        (Spent(ANALYSED, MEMORY + 1), False),
    ],
)
def test_the_analysis_has_seconds_and_memory(analysis: Spent, met: bool) -> None:
    assert large.is_analysed_soon(analysis).met is met


def test_goals_say_what_was_measured() -> None:
    analysis = Spent(2.0, 2.0**29)
    assert large.is_analysed_soon(analysis).measured == "2.0 s, 0.50 GiB"
    goal = large.is_shown_soon(analysis, Spent(3.5, 1.0), 2**20)
    assert (goal.met, goal.measured) == (True, "1.00 MiB, 3.5 s, 1.5 s more")
    assert goal.goal.startswith("100000 rows of 3 processes: a page of <= 3 MiB in <= 2 s more")


def test_the_page_has_seconds_of_its_own_and_a_size() -> None:
    analysis = Spent(3.0, 1.0)
    assert large.is_shown_soon(analysis, Spent(3.0 + SHOWN, 1.0), PAGE).met is True
    assert large.is_shown_soon(analysis, Spent(3.1 + SHOWN, 1.0), PAGE).met is False
    assert large.is_shown_soon(analysis, Spent(3.0, 1.0), PAGE + 1).met is False


def test_the_made_up_file_is_one_that_workspan_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "LARGE", Growth(rows=250, processes=3, samples=3))
    path = large.make_large(tmp_path)
    ours = read_result(path).workspan
    assert len(ours.cases) == 250
    assert len({c.workload for c in ours.cases}) > 10
    scale = 100_000 / 250
    limits, data = ReadLimits(), path.read_bytes()
    assert len(data) * scale < limits.bytes
    assert sum(map(data.count, (b",", b"[", b"{"))) * scale < limits.values


def test_time_and_memory_are_those_of_the_command(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(encoded())
    found = large.spent(["analyze", str(file)])
    assert found.seconds > 0
    assert found.memory > 2**20
    with pytest.raises(NothingError, match=r"analyze none\.json: ended with 2"):
        large.spent(["analyze", "none.json"])
