# SPDX-License-Identifier: Apache-2.0
"""A round: its own invocations only, numbered on, with the time of as many of the run."""

from typing import Any

import msgspec
import pytest
from sample_results import record, without_times
from sample_runs import manifest

from workspan.resultfile.model import Case, InvocationRecord, Status
from workspan.running.manifest import Manifest, Options
from workspan.running.rounds import Narrowed, Round
from workspan.running.schedule import UNLIMITED, Step

NAMES = ("copy/omp/n:8/threads:2", "read/omp/n:8/threads:2", "triad/omp/n:8/threads:2")


def whole(**options: Any) -> Manifest:
    return manifest(NAMES, options=Options(**({"invocations": 2} | options)))


def part(workload: str, *sizes: int, first: int = 2) -> Narrowed:
    names = [f"{workload}/omp/n:{n}/threads:2" for n in sizes]
    cases = [msgspec.convert(without_times(name, "planned", ""), Case) for name in names]
    return Narrowed(workload, sizes, ("seq", "omp"), tuple(cases), first)


def of_step(step: Step, **changed: Any) -> InvocationRecord:
    sizes = list(step.sizes)
    return record(step.workload, step.number, step.attempt, sizes=sizes, **changed)


def play(found: Round, done: list[InvocationRecord]) -> list[Step]:
    """All its steps, whose records are added."""
    steps = []
    while step := found.next_step(done):
        steps.append(step)
        done.append(of_step(step))
    return steps


def test_numbers_go_on_and_sizes_are_those_of_the_workload() -> None:
    of_base = [record("copy", k) for k in (1, 2)]
    steps = play(Round(whole(), [part("copy", 16), part("read", 32, 64, first=4)]), of_base)
    assert sorted((s.workload, s.number, s.sizes) for s in steps) == [
        *(("copy", k, (16,)) for k in (3, 4)),
        *(("read", k, (32, 64)) for k in (5, 6)),
    ]
    assert {s.variants for s in steps} == {("seq", "omp")}


def test_records_of_the_preset_and_of_other_rounds_are_not_its_own() -> None:
    found = Round(whole(), [part("copy", 16)])
    others = [record("copy", 1), record("copy", 3, sizes=[32]), record("read", 3, sizes=[16])]
    assert found.steps_left(others) == 2
    assert found.steps_left([*others, record("copy", 3, sizes=[16])]) == 1
    assert found.next_step([record("copy", k, sizes=[16]) for k in (3, 4)]) is None


def test_an_invocation_may_take_as_long_as_one_of_the_run() -> None:
    (first, *_) = play(Round(whole(time_budget=60.0), [part("copy", 16), part("read", 16)]), [])
    assert first.budget == pytest.approx(60 / (2 * 3))
    (first, *_) = play(Round(whole(preset="full"), [part("copy", 16)]), [])
    assert first.budget == UNLIMITED


def test_a_case_that_ends_a_process_is_excluded_as_in_any_run() -> None:
    found, bad = Round(whole(), [part("copy", 16, 32)]), "copy/omp/n:16/threads:2"
    step = found.next_step([])
    assert step
    done = [of_step(step, status=Status.CRASHED, case=bad, reason="x")]
    again = found.next_step(done)
    assert again
    assert (again.number, again.attempt, again.excluded) == (3, 2, (bad,))
    done = [of_step(step, status=Status.CRASHED, case="", reason="x")]
    assert found.next_step(done) is None, "nobody knows what to exclude"


def test_its_manifest_has_its_cases_only() -> None:
    of = Round(whole(), [part("copy", 16)]).manifest
    assert [c.name for c in of.plan.workspan.cases] == ["copy/omp/n:16/threads:2"]
    assert of.workloads == ["copy"]
