# SPDX-License-Identifier: Apache-2.0
"""The order of the sides, and the cases that they exclude."""

import msgspec

from workspan.resultfile.model import InvocationRecord, State, Status
from workspan.running.ab.order import Exclusions, first_sides, sides_of_pair
from workspan.running.schedule import MAX_EXCLUDED


def test_pairs_are_abba_or_baab_by_chance() -> None:
    orders = {
        "".join("".join(sides_of_pair(f)) for f in first_sides(2, "w", seed)) for seed in range(20)
    }
    assert orders == {"abba", "baab"}
    for seed in range(20):
        firsts = first_sides(9, "w", seed)
        assert len(firsts) == 9
        assert all({firsts[i], firsts[i + 1]} == {"a", "b"} for i in range(0, 8, 2))
    assert first_sides(40, "w", 1) == first_sides(40, "w", 1)
    assert len({tuple(first_sides(40, w, 1)) for w in "uvw"}) == 3


def test_exclusions_are_shared_after_the_pair() -> None:
    exclusions = Exclusions()
    exclusions.by_side["b"]["w"] = ["w/x"]
    assert exclusions.of("a", "w") == ()
    exclusions.unite("w")
    assert exclusions.of("a", "w") == exclusions.of("b", "w") == ("w/x",)


def timeout(case: str, *disturbed: str) -> InvocationRecord:
    state = State(at=0)
    return InvocationRecord(
        workload="w", number=1, attempt=1, status=Status.TIMEOUT, reason="x", case=case,
        arguments=[], cpus=[], started="2026-11-22T14:51:25Z", seconds=1, exit_code="none",
        peak_memory=1, user_seconds=0, system_seconds=0, voluntary_switches=0,
        involuntary_switches=0, before=state, after=state, disturbed=list(disturbed),
    )  # fmt: skip


def test_a_timeout_under_disturbance_gets_another_attempt() -> None:
    exclusions = Exclusions()
    assert exclusions.learn("a", timeout("w/x", "noise"))
    assert exclusions.of("a", "w") == ()
    assert exclusions.learn("a", timeout("w/x", "noise"))
    assert exclusions.of("a", "w") == ("w/x",)
    assert exclusions.learn("a", timeout("w/y"))
    assert exclusions.of("a", "w") == ("w/x", "w/y")
    assert exclusions.learn("a", timeout("", "noise")) and not exclusions.given_up
    assert not exclusions.learn("a", timeout("", "noise")) and exclusions.given_up == {"w"}


def test_an_interruption_gets_another_attempt() -> None:
    exclusions = Exclusions()
    ended = msgspec.structs.replace(timeout("w/x"), status=Status.CRASHED, exit_code=130)
    assert exclusions.learn("a", ended)
    assert exclusions.of("a", "w") == ()
    assert exclusions.learn("a", ended)
    assert exclusions.of("a", "w") == ("w/x",)


def test_after_too_many_cases_the_workload_is_given_up() -> None:
    exclusions = Exclusions()
    for k in range(MAX_EXCLUDED):
        assert exclusions.learn("b", timeout(f"w/{k}"))
    assert not exclusions.learn("b", timeout("w/x"))
    assert exclusions.given_up == {"w"}
    assert exclusions.of("a", "w") == ()
