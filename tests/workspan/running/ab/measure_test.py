# SPDX-License-Identifier: Apache-2.0
"""Interleaved pairs with invocations that take no time: order, repeats and time limits."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sample_results import case, journal
from sample_runs import OMP, manifest

from workspan.process.watchdog import Watchdog
from workspan.resultfile.model import Journal
from workspan.running.ab import measure
from workspan.running.ab.measure import MAX_REPEATS, ROOM, START, AbMeasurement, pair_budget
from workspan.running.ab.order import SideName, first_sides
from workspan.running.ab.sides import Side
from workspan.running.invocation import Request
from workspan.running.run_folder import create


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[dict[SideName, Side]]:
    bench = tmp_path / "bench"
    bench.write_bytes(b"binary")
    digest = hashlib.sha256(b"binary").hexdigest()
    of = manifest(bench=str(bench), sha256=digest)
    found: dict[SideName, Side] = {
        name: Side(name, {"SIDE": name}, create(tmp_path, name, of, 1)) for name in ("a", "b")
    }
    yield found
    for side in found.values():
        side.folder.close()


def run(
    sides: dict[SideName, Side],
    monkeypatch: pytest.MonkeyPatch,
    disturbed: str = "",
    **budget: Any,
) -> tuple[bool, list[str]]:
    """Whether all pairs were measured, and the order of the invocations: a1.1 is a's first one."""
    order: list[str] = []

    def invocation(request: Request, **more: Any) -> Journal:
        key = f"{request.environment['SIDE']}{request.number}.{request.attempt}"
        order.append(key)
        loud = ["noise"] if key in disturbed.split() or disturbed == "always" else []
        return journal([case(OMP, [1e-6])], "copy", request.number, request.attempt, disturbed=loud)

    monkeypatch.setattr(measure, "run_invocation", invocation)
    values = {"pairs": 3, "workloads": 1, "budget": 1.0, "seconds": None, "seed": 1} | budget
    stop: Any = SimpleNamespace(received=0)
    of = AbMeasurement(
        sides,
        ["copy"],
        pair_budget(**values),
        Watchdog(),
        stop,
        lambda step, progress: None,
        lambda side, one: None,
    )
    complete = of.run()
    return complete, order


def test_the_room_for_repeats_is_half_of_the_time_of_the_pairs() -> None:
    budget = pair_budget(10, 2, 3.0, None, 1)
    assert budget.room == ROOM * 2 * 10 * 2 * (3.0 + START)
    assert (budget.seconds, pair_budget(10, 2, 3.0, 60.0, 1).room) == (None, 60.0)


def test_pairs_are_measured_in_the_random_order(
    sides: dict[SideName, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, order = run(sides, monkeypatch)
    assert complete
    firsts = first_sides(3, "copy", 1)
    assert [order[2 * k] for k in range(3)] == [f"{side}{k + 1}.1" for k, side in enumerate(firsts)]
    assert sorted(order) == ["a1.1", "a2.1", "a3.1", "b1.1", "b2.1", "b3.1"]


@pytest.mark.parametrize("loud", ["a2.1", "b2.1", "a2.1 b2.1"])
def test_a_disturbed_pair_is_repeated_on_both_sides(
    loud: str, sides: dict[SideName, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, order = run(sides, monkeypatch, loud)
    assert sorted(order) == ["a1.1", "a2.1", "a2.2", "a3.1", "b1.1", "b2.1", "b2.2", "b3.1"]


def test_repeats_are_limited_by_number(
    sides: dict[SideName, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, order = run(sides, monkeypatch, "always", pairs=1, seconds=100.0)
    assert complete
    assert len(order) == 2 * (1 + MAX_REPEATS)


def test_no_repeat_starts_that_would_exceed_the_time(
    sides: dict[SideName, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pair takes two seconds: within 4.5 s the only pair is repeated once."""
    complete, order = run(sides, monkeypatch, "always", pairs=1, seconds=4.5)
    assert complete
    assert len(order) == 4


def test_no_pair_starts_that_would_exceed_the_time(
    sides: dict[SideName, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    complete, order = run(sides, monkeypatch, pairs=100, seconds=7.0)
    assert not complete
    assert len(order) == 6
