# SPDX-License-Identifier: Apache-2.0
"""A grown file is one that workspan reads, of as many rows as wanted, and the same every time."""

from pathlib import Path

from goal_files import reduce_run

from workspan.goals.grown import Growth, write_grown
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result


def grown(folder: Path, growth: Growth, name: str = "grown.json") -> ResultFile:
    write_grown(reduce_run(), growth, folder / name)
    return read_result(folder / name)


def test_rows_processes_and_samples_are_as_many_as_wanted(tmp_path: Path) -> None:
    ours = grown(tmp_path, Growth(rows=10, processes=3, samples=4)).workspan
    assert len(ours.cases) == 10
    assert {c.n for c in ours.cases} == {32, 33, 34, 35}
    assert all([i.number for i in c.invocations] == [1, 2, 3] for c in ours.cases)
    assert all(len(i.wall) == len(i.block) == 4 for c in ours.cases for i in c.invocations)
    assert len(ours.beside) == 3 * 3 * 2  # of three whole copies: processes and ceilings
    assert {b.group.n for b in ours.beside} == {32, 33, 34}
    assert ours.run.invocations == 3
    assert {r.number for r in ours.invocations} == {1, 2, 3}


def test_times_are_made_up_near_those_of_the_run(tmp_path: Path) -> None:
    known = {c.name.replace("n:8", ""): c.time for c in reduce_run().workspan.cases}
    for case in grown(tmp_path, Growth(rows=6, processes=5, samples=12)).workspan.cases:
        then = known[case.name.replace(f"n:{case.n}", "")]
        assert case.time and then
        assert 0.8 * then < case.time < 1.25 * then
        assert case.time != then


def test_the_same_run_grows_to_the_same_bytes(tmp_path: Path) -> None:
    growth = Growth(rows=7, processes=2, samples=3)
    for name in ("a", "b"):
        grown(tmp_path, growth, name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
