# SPDX-License-Identifier: Apache-2.0
"""When a run counts as one of an idle machine."""

import pytest
from goal_files import reduce_run, with_round_trips

from workspan.goals.idle import Idleness, idleness

NEAR = (100e-9, 110e-9, 90e-9, 120e-9, 100e-9)


def test_a_run_is_idle_if_its_samples_had_their_cores_and_these_did_not_move() -> None:
    found = idleness(with_round_trips(reduce_run(), NEAR))
    assert found.idle
    assert str(found) == "idle: 100.0 % of team samples clean, round trips within a factor 1.33"


def test_moved_cores_and_disturbed_samples_are_not_idle() -> None:
    moved = idleness(with_round_trips(reduce_run(), (*NEAR[1:], 300e-9)))
    assert not moved.idle and moved.trips == pytest.approx(300 / 90)
    disturbed = idleness(with_round_trips(reduce_run(disturbed=[1]), NEAR))
    assert disturbed.clean == pytest.approx(11 / 12)  # of the team alone
    assert not disturbed.idle


def test_unknown_is_not_idle() -> None:
    assert not Idleness(None, 1.0).idle
    assert not Idleness(1.0, None).idle
    assert str(Idleness(None, None)).startswith("not idle: unknown of team samples")
