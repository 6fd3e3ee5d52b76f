# SPDX-License-Identifier: Apache-2.0
"""The problem that a table is about."""

import pytest
from execution_models import measured, unmeasured
from sample_results import result

from workspan.analysis.asynchrony.problems import Problem, WorkloadCases, number_of


def cases(*names: str) -> WorkloadCases:
    found = [measured(name, 1.0) for name in names]
    return WorkloadCases(result(found).workspan.cases, "fileio")


def everything(_: object) -> bool:
    return True


def test_it_is_the_one_that_most_models_solved_then_the_largest() -> None:
    small = [f"fileio/{model}/n:64/threads:2" for model in ("pool", "futures")]
    large = [f"fileio/{model}/n:1024/threads:2" for model in ("pool", "futures")]
    assert cases(*small, large[0]).problem(everything) == Problem(64)
    assert cases(*small, *large).problem(everything) == Problem(1024)
    assert cases(*small, *large).problem(lambda case: case.n < 100) == Problem(64)
    assert cases(*small).problem(lambda case: case.n > 100) is None
    assert cases().problem(everything) is None


@pytest.mark.parametrize(
    ("measured_at", "chosen"),
    [((1, 8, 64), "8"), ((1, 16), "16"), ((1, 64), "1"), ((64, 512), "64"), ((0, 64), "0")],
)
def test_of_others_it_is_next_to_a_number_by_octaves(
    measured_at: tuple[int, ...], chosen: str
) -> None:
    found = cases(*(f"fileio/pool/n:64/inflight:{k}/threads:2" for k in measured_at))
    assert found.problem(everything, {"inflight": 8}) == Problem(64, {"inflight": chosen})


def test_its_keys_are_in_the_order_of_a_name() -> None:
    problem = cases("fileio/pool/n:64/input:direct/inflight:8/threads:2").problem(everything)
    assert problem and [*problem.keys] == ["input", "inflight"]


def test_a_model_is_shown_on_the_most_threads() -> None:
    found = cases(*(f"fileio/pool/n:64/threads:{k}" for k in (2, 1, 4)))
    case = found.of("pool", Problem(64))
    assert case and case.threads == 4
    assert [c.threads for c in found.all_of("pool", Problem(64))] == [1, 2, 4]
    assert found.of("pool", Problem(65)) is None
    assert found.of("pool", None) is None


def test_one_core_is_apart_unless_there_is_nothing_else() -> None:
    on_one, on_all = "fileio/pool/n:64/cpus:1/threads:1", "fileio/pool/n:64/threads:2"
    both = cases(on_one, on_all)
    assert [c.name for c in both.cases] == [on_all]
    one = both.on_one_core("pool", Problem(64))
    assert one and one.name == on_one
    assert both.on_one_core("pool", Problem(65)) is None
    assert both.on_one_core("futures", Problem(64)) is None
    assert both.on_one_core("pool", None) is None
    assert cases(on_one).problem(everything) == Problem(64, {"cpus": "1"})


def test_seq_of_the_same_problem_is_the_baseline() -> None:
    found = cases(
        "fileio/seq/n:64/inflight:8/threads:1",
        "fileio/seq/n:64/inflight:1/threads:1",
        "fileio/pool/n:64/inflight:1/threads:2",
        "fileio/pool/n:65/inflight:1/threads:2",
    )
    same, other = (c for c in found.cases if c.variant == "pool")
    seq = found.baseline(same)
    assert seq and seq.keys == {"inflight": "1"}
    assert found.baseline(other) is None


def test_the_largest_of_a_models_cases() -> None:
    found = cases("fileio/pool/n:64/threads:2", "fileio/pool/n:9/threads:4")
    largest = found.largest("pool", everything)
    assert largest and largest.n == 64
    assert found.largest("futures", everything) is None


def test_only_timed_cases_of_the_workload_with_something_to_do_count() -> None:
    found = [
        measured("echo/pool/n:64/threads:2", 1.0),
        measured("fileio/pool/n:0/threads:2", 1.0),
        unmeasured("fileio/pool/n:8/threads:2"),
    ]
    assert WorkloadCases(result(found).workspan.cases, "fileio").cases == []


def test_a_key_that_is_not_a_number_is_0() -> None:
    assert [number_of({"rate": v}, "rate") for v in ("20000", "closed", "")] == [20000, 0, 0]
    assert number_of({}, "rate") == 0
