# SPDX-License-Identifier: Apache-2.0
"""Facts that several checks derive from the plan and the states."""

import pytest
from doctor_facts import QUIET, facts, plan_tree, watched

from workspan.doctor.finding import Severity, max_threads, note, ok, time_fraction, warning


def test_each_kind_has_its_severity() -> None:
    assert [ok("t", "f").severity, ok("t", "f").advice] == [Severity.OK, ""]
    assert [note("t", "f", "a").severity, note("t", "f", "a").advice] == [Severity.NOTE, "a"]
    assert warning("t", "f", "a").severity is Severity.WARNING


def test_the_most_threads_are_those_of_planned_cases() -> None:
    cases = plan_tree()["workspan"]["cases"]
    for case in cases:
        case["status"], case["threads"] = "planned", 3
    cases[0].update(status="skipped", reason="x", cause="unavailable", threads=9)
    assert max_threads(facts(cases=cases)) == 3
    assert max_threads(facts(cases=[])) == 2  # the allowed CPUs


@pytest.mark.parametrize(
    ("before", "after", "fraction"),
    [(2.0, 2.5, 0.5), (2.0, 1.0, None), ("unknown", 2.0, None), (2.0, "unknown", None)],
)
def test_a_fraction_is_an_increase_per_second_watched(
    before: float | str, after: float | str, fraction: float | None
) -> None:
    assert time_fraction(before, after, watched()) == fraction
    assert time_fraction(0.0, 1.0, facts(after=QUIET)) is None  # no time has passed
