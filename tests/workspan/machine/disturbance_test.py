# SPDX-License-Identifier: Apache-2.0
"""The disturbances between two states, each with its reason.

Only load on the invocation's own CPUs counts, if the kernel has counters per CPU.
"""

import subprocess
import sys
import time

import msgspec
import pytest

from workspan.machine import nvml
from workspan.machine.disturbance import CpuUse, disturbances
from workspan.machine.state import take_state
from workspan.resultfile.model import GpuState, State


def cpu_state(busy: dict[str, float], steal: dict[str, float] | None = None) -> State:
    steal = steal or {}
    return State(
        at=0.0,
        busy=sum(busy.values()),
        steal=sum(steal.values()),
        busy_by_cpu=busy,
        steal_by_cpu=steal,
    )


def on_cpus(before: State, after: State, cpus: list[int], own: float) -> list[str]:
    return disturbances(before, after, CpuUse(cpus, 3.0, own, 0))


def state(**changes: object) -> State:
    quiet = State(
        at=1000.0,
        load=0.1,
        busy=500.0,
        steal=10.0,
        pressure_cpu=7.0,
        pressure_memory=1.0,
        pressure_io=1.0,
    )
    counters = State(
        at=1000.0, throttled_periods=5, throttled_time=1.0, swapped_pages=10, oom_kills=2
    )
    both = {
        name: getattr(counters, name)
        for name in ("throttled_periods", "throttled_time", "swapped_pages", "oom_kills")
    }
    return msgspec.structs.replace(quiet, **{**both, **changes})


def found(
    after: State,
    before: State | None = None,
    *,
    seconds: float = 3.0,
    cpus: int = 2,
    own: float = 0.0,
    switches: int = 0,
) -> list[str]:
    return disturbances(before or state(), after, CpuUse(range(cpus), seconds, own, switches))


def test_a_competitor_on_another_cpu_is_not_a_disturbance() -> None:
    before, after = (
        cpu_state({"0": 50.0, "1": 70.0}),
        cpu_state({"0": 53.0, "1": 73.0}),
    )  # ours on 0, a busy loop on 1
    assert on_cpus(before, after, [0], own=3.0) == []
    assert on_cpus(before, after, [0, 1], own=3.0) == ["other processes used 1.00 CPUs"]
    assert on_cpus(before, after, [1], own=1.6) == ["other processes used 0.47 CPUs"]


def test_steal_counts_on_our_cpus_only() -> None:
    before, after = (
        cpu_state({"0": 0.0, "1": 0.0}, {"0": 1.0, "1": 1.0}),
        cpu_state({"0": 3.0, "1": 3.0}, {"0": 1.0, "1": 1.6}),
    )
    assert on_cpus(before, after, [0], own=3.0) == []
    assert on_cpus(before, after, [1], own=3.0) == [
        "the hypervisor gave 20.0% of the CPU time to other guests (steal)"
    ]


def test_all_cpus_are_judged_if_a_row_is_missing() -> None:
    before, after = cpu_state({"0": 50.0, "1": 70.0}), cpu_state({"0": 53.0, "1": 73.0})
    assert on_cpus(before, after, [0, 2], own=3.0) == ["other processes used 1.00 CPUs"]
    assert on_cpus(State(at=0.0, busy=120.0), after, [0], own=3.0) == [
        "other processes used 1.00 CPUs"
    ]


def test_a_competitor_on_this_machine_is_detected() -> None:
    """Other load on this machine can only add to it."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as competitor:
        before, start = take_state(), time.monotonic()
        while (wall := time.monotonic() - start) < 1.0:
            time.sleep(0.1)
        after = take_state()
        competitor.kill()
    if before.busy == "unknown":
        pytest.skip("no /proc/stat")
    assert found(after, before, seconds=wall) != []


def test_a_quiet_machine_is_not_a_disturbance() -> None:
    assert found(state()) == []
    assert found(state(busy=506.0), own=6.0, switches=100) == []
    assert found(state(busy=506.0 + 0.2), own=6.0) == []  # 3 % by kernel threads and daemons


def test_own_oversubscription_is_not_a_disturbance() -> None:
    """Eight threads of ours on two CPUs raise pressure and switches, but the busy time is ours."""
    assert found(state(busy=506.0, pressure_cpu=9.9, load=8.0), own=6.0, switches=6000) == []


def test_other_processes_are_a_disturbance() -> None:
    assert found(state(busy=503.6), own=3.0) == ["other processes used 0.20 CPUs"]
    assert (
        found(state(busy=500.99), own=0.95, seconds=0.5) == []
    )  # 4 %, but a few ticks: too short to tell
    many = found(
        state(busy=500.0 + 128 * 3), own=128 * 3 - 2.0, cpus=128
    )  # two thirds of one CPU of 128 hold up the whole team
    assert many == ["other processes used 0.67 CPUs"]


def test_involuntary_switches_are_judged_if_busy_time_is_hidden() -> None:
    assert found(state(busy="unknown"), own=3.0, switches=1200) == [
        "its threads were preempted 200 times per second and CPU"
    ]
    assert found(state(busy=500.0), own=3.0, switches=1200) == [
        "its threads were preempted 200 times per second and CPU"
    ]
    assert found(state(busy="unknown"), own=3.0, switches=60) == []
    assert found(state(busy=503.0), own=3.0, switches=1200) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"steal": 10.3}, "the hypervisor gave 5.0% of the CPU time to other guests (steal)"),
        ({"throttled_periods": 6}, "the CPU quota throttled it in 1 periods"),
        ({"swapped_pages": 1010}, "1000 pages were swapped"),
        ({"pressure_memory": 1.3}, "a task waited for memory in 10.0% of the time"),
        ({"oom_kills": 3}, "the kernel killed 1 process for lack of memory"),
    ],
)
def test_each_disturbance_has_its_reason(change: dict[str, float], reason: str) -> None:
    assert found(state(**change)) == [reason]
    unknown = dict.fromkeys(change, "unknown")
    assert found(state(**change), state(**unknown)) == []
    assert found(state(**dict.fromkeys(change, 0))) == []  # it fell: another counter


def test_a_power_cap_is_not_a_disturbance() -> None:
    hot = GpuState(name="H", sm_mhz=900.0, throttled=[nvml.THERMAL])
    full = GpuState(name="H", sm_mhz=1700.0, throttled=[nvml.POWER_CAP, "application clocks"])
    assert found(state(gpus=[full])) == []
    assert found(state(gpus=[full]), state(gpus=[hot])) == [f"H was throttled: {nvml.THERMAL}"]


def test_zero_seconds_are_not_judged() -> None:
    assert found(state(busy=900.0), seconds=0.0) == []
