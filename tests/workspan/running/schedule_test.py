# SPDX-License-Identifier: Apache-2.0
"""The next invocation, as a pure function of the finished ones."""

import json
import random
import subprocess
import sys
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import HELPERS

from workspan.resultfile.model import InvocationRecord, State, Status
from workspan.resultfile.read import decode_result
from workspan.running.manifest import Manifest, Options
from workspan.running.schedule import (
    BUDGETS,
    MAX_EXCLUDED,
    Step,
    next_step,
    own_threads,
    round_order,
    steps_left,
)
from workspan.support.presets import PRESETS

FAKE = HELPERS / "fake_bench.py"
WORKLOADS = ["alpha", "beta", "gamma"]
_plan = subprocess.run(
    [sys.executable, str(FAKE), "--dry-run"], capture_output=True, check=True
).stdout


def manifest(**options: object) -> Manifest:
    return Manifest(
        started="2026-11-22T14:51:25Z",
        arguments=[],
        options=Options(**({"invocations": 3} | options)),  # type: ignore[arg-type]
        bench="bench",
        sha256="0" * 64,
        cpus=[0],
        memory_limit=None,
        plan=decode_result(_plan, "plan"),
        workloads=WORKLOADS,
    )


def record(
    step: Step,
    status: Status = Status.OK,
    case: str = "",
    seconds: float = 1.0,
    disturbed: bool = False,
) -> InvocationRecord:
    state = State(at=0)
    return InvocationRecord(
        workload=step.workload, number=step.number, attempt=step.attempt, status=status,
        reason="x", case=case, arguments=[], cpus=[], started="2026-11-22T14:51:25Z",
        seconds=seconds, exit_code=0, peak_memory=1, user_seconds=0, system_seconds=0,
        voluntary_switches=0, involuntary_switches=0, before=state, after=state,
        disturbed=["loud"] if disturbed else [],
    )  # fmt: skip


def play(plan: Manifest, outcome: object, most: int = 500) -> list[tuple[Step, InvocationRecord]]:
    """All steps to the end, with the given outcomes."""
    done: list[tuple[Step, InvocationRecord]] = []
    while step := next_step(plan, [r for _, r in done]):
        done.append((step, outcome(step)))  # type: ignore[operator]
        assert len(done) < most
    return done


def bad(workload: str, threads: int) -> str:
    variant = "omp" if threads > 1 else "seq"
    return f"{workload}/{variant}/n:1000/threads:{threads}"


def test_rounds_have_orders_of_their_own() -> None:
    done = play(manifest(preset="gate", invocations=None), record)
    rounds = [tuple(step.workload for step, _ in done[i : i + 3]) for i in range(0, 30, 3)]
    assert (
        len(done) == 30 and all(sorted(one) == WORKLOADS for one in rounds) and len(set(rounds)) > 2
    )
    assert [step.number for step, _ in done] == [n for n in range(1, 11) for _ in WORKLOADS]
    assert round_order(WORKLOADS, 1, 1) == round_order(WORKLOADS[::-1], 1, 1)
    assert len({tuple(round_order(WORKLOADS, seed, 1)) for seed in range(20)}) > 2


def test_unused_time_goes_to_the_rest() -> None:
    done = play(
        manifest(time_budget=100.0, invocations=1),
        lambda step: record(step, seconds=step.budget / 2),
    )
    budgets = [step.budget for step, _ in done]
    assert budgets == pytest.approx([100 / 3, 125 / 3, 62.5])


def test_an_overrun_does_not_starve_the_rest() -> None:
    done = play(manifest(time_budget=100.0, invocations=1), lambda step: record(step, seconds=1000))
    assert [step.budget for step, _ in done] == pytest.approx([100 / 3, 100 / 15, 100 / 15])


def test_without_a_limit_each_invocation_has_a_minute() -> None:
    assert {
        step.budget
        for step, _ in play(manifest(preset="full"), lambda step: record(step, seconds=1000))
    } == {60.0}


def test_disturbed_invocations_are_not_repeated() -> None:
    """Their samples know which of them were disturbed."""
    done = play(manifest(preset="full", invocations=2), lambda step: record(step, disturbed=True))
    assert Counter((step.workload, step.number) for step, _ in done) == {
        (w, n): 1 for w in WORKLOADS for n in (1, 2)
    }


def test_a_case_that_ends_the_process_is_excluded() -> None:
    def outcome(step: Step) -> InvocationRecord:
        name = bad("beta", 2)
        dies = step.workload == "beta" and name not in step.excluded and step.number == 2
        return record(step, Status.CRASHED, name) if dies else record(step)

    done = play(manifest(), outcome)
    assert [(s.number, s.attempt, s.excluded) for s, _ in done if s.workload == "beta"] == [
        (1, 1, ()),
        (2, 1, ()),
        (2, 2, (bad("beta", 2),)),
        (3, 1, (bad("beta", 2),)),
    ]


@pytest.mark.parametrize("end", ["timeout", "interrupted"])
def test_what_may_be_no_fault_of_the_case_gets_one_more_attempt(end: str) -> None:
    """A timeout under disturbance, or a signal."""
    name = bad("beta", 2)

    def ended(step: Step) -> InvocationRecord:
        if end == "timeout":
            return record(step, Status.TIMEOUT, name, disturbed=True)
        return msgspec.structs.replace(record(step, Status.CRASHED, name), exit_code=130)

    def outcome(step: Step, most: int) -> InvocationRecord:
        slow = (
            step.workload == "beta"
            and name not in step.excluded
            and step.number == 1
            and step.attempt <= most
        )
        return ended(step) if slow else record(step)

    def attempts(most: int) -> list[tuple[int, int, tuple[str, ...]]]:
        return [
            (s.number, s.attempt, s.excluded)
            for s, _ in play(manifest(), lambda step: outcome(step, most))
            if s.workload == "beta"
        ]

    assert attempts(1) == [(1, 1, ()), (1, 2, ()), (2, 1, ()), (3, 1, ())]
    assert attempts(9) == [
        (1, 1, ()),
        (1, 2, ()),
        (1, 3, (name,)),
        (2, 1, (name,)),
        (3, 1, (name,)),
    ]


@pytest.mark.parametrize("case", ["", "beta/omp/n:7/threads:2", "alpha/seq/n:1000/threads:1"])
def test_an_unknown_case_gives_the_workload_up(case: str) -> None:
    done = play(
        manifest(),
        lambda step: (
            record(step, Status.TIMEOUT, case) if step.workload == "beta" else record(step)
        ),
    )
    assert Counter(step.workload for step, _ in done) == {"alpha": 3, "beta": 1, "gamma": 3}


def test_rounds_of_break_even_are_not_its_business() -> None:
    """Neither their crashes nor their time, nor their numbers."""
    (first, _), *_ = play(manifest(time_budget=90.0), record)
    crashed = [record(Step(w, 1, 1, (), 1.0), Status.CRASHED, "", seconds=80) for w in WORKLOADS]
    rounds = [msgspec.structs.replace(one, sizes=[64]) for one in crashed]
    assert next_step(manifest(time_budget=90.0), rounds) == first
    assert steps_left(manifest(), rounds) == 9
    assert steps_left(manifest(), crashed) == 0


def test_an_excluded_case_that_still_crashes_gives_the_workload_up() -> None:
    done = play(
        manifest(),
        lambda step: (
            record(step, Status.CRASHED, bad("beta", 1))
            if step.workload == "beta"
            else record(step)
        ),
    )
    assert Counter(step.workload for step, _ in done)["beta"] == 2


def test_a_workload_that_crashes_in_case_after_case_is_given_up() -> None:
    plan = manifest()
    more = [
        msgspec.structs.replace(c, name=c.name.replace("1000", str(n)), n=n)
        for n in range(1, 9)
        for c in plan.plan.workspan.cases
    ]
    ours = msgspec.structs.replace(plan.plan.workspan, cases=more)
    plan = msgspec.structs.replace(plan, plan=msgspec.structs.replace(plan.plan, workspan=ours))

    def outcome(step: Step) -> InvocationRecord:
        return record(
            step,
            Status.CRASHED,
            next(
                c.name for c in more if c.workload == step.workload and c.name not in step.excluded
            ),
        )

    assert Counter(step.workload for step, _ in play(plan, outcome)) == dict.fromkeys(
        WORKLOADS, 1 + MAX_EXCLUDED
    )


def test_no_invocation_starts_if_all_cases_are_excluded() -> None:
    def outcome(step: Step) -> InvocationRecord:
        left = [
            c.name
            for c in manifest().plan.workspan.cases
            if c.workload == step.workload and c.name not in step.excluded
        ]
        return record(step, Status.CRASHED, left[0])

    assert Counter(step.workload for step, _ in play(manifest(), outcome)) == dict.fromkeys(
        WORKLOADS, MAX_EXCLUDED
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(PRESETS))
def test_the_schedule_always_ends(seed: int, preset: str) -> None:
    chance = random.Random(seed)
    names = [case.name for case in manifest().plan.workspan.cases]

    def outcome(step: Step) -> InvocationRecord:
        status = chance.choice(
            [Status.OK, Status.OK, Status.OK, Status.FAILED, Status.CRASHED, Status.TIMEOUT]
        )
        return record(
            step, status, chance.choice([*names, ""]), chance.uniform(0, 20), chance.random() < 0.3
        )

    plan = manifest(preset=preset)
    done = play(plan, outcome)
    assert all(step.budget > 0 for step, _ in done)
    assert steps_left(plan, [r for _, r in done]) == 0
    keys = [(step.workload, step.number, step.attempt) for step, _ in done]
    assert len(set(keys)) == len(keys)


def test_variants_with_threads_of_their_own_are_known_from_the_plan() -> None:
    of = manifest()
    alpha, omp, beta, *others = of.plan.workspan.cases[:2] + of.plan.workspan.cases[3:]
    cases = [
        msgspec.structs.replace(alpha, threading="own"),
        msgspec.structs.replace(omp, threading="per_task"),
        msgspec.structs.replace(beta, threading="own", status=Status.SKIPPED),
        *others,
    ]
    ours = msgspec.structs.replace(of.plan.workspan, cases=cases)
    plan = msgspec.structs.replace(of.plan, workspan=ours)
    assert own_threads(of) == {}
    found = own_threads(msgspec.structs.replace(of, plan=plan))
    assert found == {"alpha": {alpha.variant, omp.variant}}


def test_concurrency_takes_three_processes_of_each_workload_and_few_minutes() -> None:
    """Its cases are those that the binary plans, whatever their workloads are called."""
    assert (BUDGETS["concurrency"].invocations, BUDGETS["concurrency"].seconds) == (3, 195)
    steps = [
        s for s, _ in play(manifest(preset="concurrency"), lambda s: record(s, seconds=65 / 3))
    ]
    assert Counter(step.workload for step in steps) == dict.fromkeys(WORKLOADS, 3)
    assert all(step.budget == pytest.approx(195 / 9) for step in steps)


def test_the_plan_of_the_fake_is_a_result_file() -> None:
    assert {case["status"] for case in json.loads(_plan)["workspan"]["cases"]} == {"planned"}
