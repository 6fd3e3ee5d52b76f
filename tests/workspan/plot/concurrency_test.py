# SPDX-License-Identifier: Apache-2.0
"""concurrency: the gains of the table of `workspan concurrency`, on one scale."""

import pytest
from drawn import texts_of
from pictured import MODELS, ONE_PROCESS_MODELS, drawn, made, marks_of, run

from workspan.analysis.concurrency import ModelRow, judge_models
from workspan.analysis.ratios.figures import Figure
from workspan.plot.kinds import Run, picture
from workspan.support.errors import NothingError

FILES = (MODELS, ONE_PROCESS_MODELS)


def gains_of(row: ModelRow) -> list[Figure]:
    known = (row.one_core_gain, row.all_cpus_gain, row.waiting_gain)
    return [found for found in known if found and not found.one_cpu]


@pytest.mark.parametrize("name", FILES)
def test_every_gain_but_those_of_seq_has_a_mark(name: str) -> None:
    rows = [row for row in judge_models(run(name)).rows if row.model != "seq"]
    gains = {found.case: found for row in rows for found in gains_of(row)}
    assert len(gains) > 10
    marks = {mark.name: mark for mark in marks_of(drawn("concurrency", 180, name))}
    assert marks.keys() == gains.keys()
    for case, mark in marks.items():
        assert mark.hollow == (gains[case].interval is None)


def test_the_data_are_the_gains_and_their_intervals() -> None:
    _, rows = made("concurrency", MODELS).table()
    known = {f.case: f for row in judge_models(run(MODELS)).rows for f in gains_of(row)}
    for row in rows:
        found = known[row[2]]
        assert float(row[3]) == pytest.approx(found.value, rel=1e-5)
        assert found.interval
        assert [float(end) for end in row[4:]] == pytest.approx([*found.interval], rel=1e-5)


def test_the_title_says_what_overlaps_and_what_is_parallel() -> None:
    words = made("concurrency", ONE_PROCESS_MODELS).title
    assert words == "99 of 100 waits overlap on one core; 2 CPUs compute 1.9x as fast"


def test_what_a_task_costs_stands_beside_it_as_far_as_there_is_room() -> None:
    wide = [text for text, _ in texts_of(drawn("concurrency", 180, ONE_PROCESS_MODELS))]
    narrow = [text for text, _ in texts_of(drawn("concurrency", 85, ONE_PROCESS_MODELS))]
    assert {"memory of", "smallest", "cost of"} <= {*wide}
    assert "cost of" in narrow
    assert "memory of" not in narrow
    assert "36.0 us" in wide, "the cost of a thread"
    assert "28.7 kB" in wide, "the memory of one"


def test_a_cost_that_is_no_result_is_a_dash_and_explained() -> None:
    shared = [
        row for row in judge_models(run(MODELS)).rows if row.task_cost and row.task_cost.one_cpu
    ]
    assert len(shared) > 1
    for width in (85, 180):
        texts = [text for text, _ in texts_of(drawn("concurrency", width, MODELS))]
        assert texts.count("-") >= len(shared)
        assert "-: its tasks ran on one CPU, or not measured" in texts


def test_chosen_models_alone_are_drawn() -> None:
    runs = [Run("x", run(ONE_PROCESS_MODELS))]
    _, rows = picture("concurrency", runs, lambda name: "/threads/" in name).table()
    assert {row[0] for row in rows} == {"threads"}
    computing = picture("concurrency", runs, lambda name: name.startswith("busy/"))
    assert {row[1] for row in computing.table()[1]} == {
        "computing on one core",
        "computing on all CPUs",
    }
    assert computing.title == "2 CPUs compute 1.9x as fast"
    with pytest.raises(NothingError, match="no execution model"):
        picture("concurrency", runs, lambda name: "/seq/" in name)
