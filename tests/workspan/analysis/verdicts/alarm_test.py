# SPDX-License-Identifier: Apache-2.0
"""An alarm of several cases: the worst first, each once."""

from workspan.analysis.verdicts.alarm import Alarm, Hit, alarm_of


def test_the_worst_case_comes_first_with_its_numbers() -> None:
    hits = [Hit("a", 1.0, {"share": 0.1}), Hit("b", 3.0, {"share": 0.3}), Hit("a", 2.0, {})]
    assert alarm_of("starved", hits, 9) == Alarm("starved", ("b", "a"), {"share": 0.3}, 9)


def test_no_case_is_no_alarm() -> None:
    assert alarm_of("starved", [], 9) is None
