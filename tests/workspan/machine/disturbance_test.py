# SPDX-License-Identifier: Apache-2.0
"""Only load on the invocation's own CPUs counts, if the kernel has counters per CPU."""

from workspan.machine.disturbance import disturbances
from workspan.resultfile.model import State


def state(busy: dict[str, float], steal: dict[str, float] | None = None) -> State:
    steal = steal or {}
    return State(
        at=0.0,
        busy=sum(busy.values()),
        steal=sum(steal.values()),
        busy_by_cpu=busy,
        steal_by_cpu=steal,
    )


def seen(before: State, after: State, cpus: list[int], own: float) -> list[str]:
    return disturbances(
        before, after, seconds=3.0, cpus=cpus, own_seconds=own, involuntary_switches=0
    )


def test_a_competitor_on_another_cpu_is_not_a_disturbance() -> None:
    before, after = (
        state({"0": 50.0, "1": 70.0}),
        state({"0": 53.0, "1": 73.0}),
    )  # ours on 0, a busy loop on 1
    assert seen(before, after, [0], own=3.0) == []
    assert seen(before, after, [0, 1], own=3.0) == ["other processes used 1.00 CPUs"]
    assert seen(before, after, [1], own=1.6) == ["other processes used 0.47 CPUs"]


def test_steal_counts_on_our_cpus_only() -> None:
    before, after = (
        state({"0": 0.0, "1": 0.0}, {"0": 1.0, "1": 1.0}),
        state({"0": 3.0, "1": 3.0}, {"0": 1.0, "1": 1.6}),
    )
    assert seen(before, after, [0], own=3.0) == []
    assert seen(before, after, [1], own=3.0) == [
        "the hypervisor gave 20.0% of the CPU time to other guests (steal)"
    ]


def test_all_cpus_are_judged_if_a_row_is_missing() -> None:
    before, after = state({"0": 50.0, "1": 70.0}), state({"0": 53.0, "1": 73.0})
    assert seen(before, after, [0, 2], own=3.0) == ["other processes used 1.00 CPUs"]
    assert seen(State(at=0.0, busy=120.0), after, [0], own=3.0) == [
        "other processes used 1.00 CPUs"
    ]
