# SPDX-License-Identifier: Apache-2.0
"""The machine's state from recorded trees and the disturbances between states."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from paths import ROOT

from workspan.machine import nvml
from workspan.machine.disturbance import disturbances
from workspan.machine.state import take_state
from workspan.resultfile.model import GpuState, State

MACHINES = ROOT / "tests" / "data" / "machines"

FILES = {
    "proc/stat": (
        "cpu  1000 200 300 90000 50 10 40 700 150 0\ncpu0 500 100 150 45000 25 5 20 350 75 0\n"
    ),
    "proc/loadavg": "0.37 0.25 0.79 3/92 2554\n",
    "proc/vmstat": "nr_free_pages 5\npswpin 3\npswpout 4\noom_kill 9\n",
    "proc/pressure/cpu": (
        "some avg10=0.67 avg60=0.59 avg300=0.80 total=3855479806\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
    ),
    "proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n",
    "proc/pressure/io": "some avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n",
}


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def copy_machine(root: Path, machine: str, files: dict[str, str]) -> Path:
    """A recorded machine of the C++ tests, with additional files."""
    shutil.copytree(MACHINES / machine, root, dirs_exist_ok=True)
    return tree(root, {**FILES, **files})


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


def seen(
    after: State,
    before: State | None = None,
    *,
    seconds: float = 3.0,
    cpus: int = 2,
    own: float = 0.0,
    switches: int = 0,
) -> list[str]:
    return disturbances(
        before or state(),
        after,
        seconds=seconds,
        cpus=list(range(cpus)),
        own_seconds=own,
        involuntary_switches=switches,
    )


def test_proc_is_read_in_seconds(tmp_path: Path) -> None:
    now = take_state(tree(tmp_path, FILES))
    assert now.busy == pytest.approx(
        (1000 + 200 + 300 + 10 + 40) / 100
    )  # idle, I/O wait and steal are not busy; guests are in user
    assert now.steal == pytest.approx(7.0)
    assert now.busy_by_cpu == {"0": pytest.approx((500 + 100 + 150 + 5 + 20) / 100)}
    assert now.steal_by_cpu == {"0": pytest.approx(3.5)}
    assert now.load == pytest.approx(0.37)
    assert now.pressure_cpu == pytest.approx(3855.479806)
    assert now.pressure_memory == pytest.approx(1.5)
    assert now.pressure_io == pytest.approx(0.25)
    assert now.swapped_pages == 7
    assert now.oom_kills == 9  # of the machine, where no group counts


def test_missing_files_are_unknown(tmp_path: Path) -> None:
    now = take_state(tmp_path, gpus=False)
    values = msgspec.structs.asdict(now)
    assert {name: v for name, v in values.items() if v != "unknown" and name != "at"} == {
        "gpus": [],
        "busy_by_cpu": {},
        "steal_by_cpu": {},
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("proc/stat", "cpu  1 2\n"),
        ("proc/stat", "cpu  1 2 3 4 5 6 7 nan 9 10\n"),
        ("proc/loadavg", "inf 1 1\n"),
        ("proc/loadavg", "-1 1 1\n"),
        ("proc/pressure/cpu", "some avg10=0.00 total=\n"),
        ("proc/pressure/cpu", "some avg10=0.00 total=1e999\n"),
        ("proc/vmstat", "pswpin x\npswpout 3\noom_kill \n"),
    ],
)
def test_malformed_files_are_unknown(tmp_path: Path, name: str, text: str) -> None:
    now = take_state(tree(tmp_path, {**FILES, name: text}), gpus=False)
    fields = {
        "proc/stat": "steal",
        "proc/loadavg": "load",
        "proc/pressure/cpu": "pressure_cpu",
        "proc/vmstat": "swapped_pages",
    }
    assert getattr(now, fields[name]) == "unknown"
    assert msgspec.json.decode(msgspec.json.encode(now), type=State) == now


def test_groups_of_v2_are_summed_up_to_the_root(tmp_path: Path) -> None:
    top = "sys/fs/cgroup"
    pod = f"{top}/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice"
    own = f"{pod}/cri-containerd-2f.scope"
    root = copy_machine(
        tmp_path,
        "container_v2",
        {
            f"{own}/cpu.stat": (
                "usage_usec 9\nnr_periods 100\nnr_throttled 7\nthrottled_usec 2000000\n"
            ),
            f"{top}/kubepods.slice/cpu.stat": (
                "nr_periods 100\nnr_throttled 4\nthrottled_usec 500000\n"
            ),
            f"{own}/memory.events": "low 0\nhigh 0\nmax 5\noom 1\noom_kill 3\n",
            f"{top}/kubepods.slice/memory.events": "oom_kill 100\n",
        },
    )
    now = take_state(root)
    assert (now.throttled_periods, now.throttled_time, now.oom_kills) == (11, 2.5, 3)


def test_groups_of_v1(tmp_path: Path) -> None:
    top = "sys/fs/cgroup"
    root = copy_machine(
        tmp_path,
        "cloud_vm",
        {
            f"{top}/cpu/cpu.stat": "nr_periods 10\nnr_throttled 2\nthrottled_time 1500000000\n",
            f"{top}/memory/jobs/17/memory.oom_control": (
                "oom_kill_disable 0\nunder_oom 0\noom_kill 6\n"
            ),
            f"{top}/memory/memory.oom_control": "oom_kill 50\n",
        },
    )
    now = take_state(root)
    assert (now.throttled_periods, now.throttled_time, now.oom_kills) == (2, 1.5, 6)


def test_a_container_of_v1_whose_path_lies_outside_of_its_mount(tmp_path: Path) -> None:
    stat = {
        "sys/fs/cgroup/cpu,cpuacct/cpu.stat": "nr_periods 10\nnr_throttled 8\nthrottled_time 0\n"
    }
    assert take_state(copy_machine(tmp_path, "container_v1", stat)).throttled_periods == 8


@pytest.mark.parametrize("machine", sorted(folder.name for folder in MACHINES.iterdir()))
def test_every_recorded_machine_can_be_read(machine: str) -> None:
    assert take_state(MACHINES / machine, gpus=False).at > 0


def test_this_machine_counts_upwards() -> None:
    before = take_state()
    sum(i * i for i in range(2_000_000))
    after = take_state()
    assert after.at >= before.at
    if before.busy != "unknown":
        assert after.busy >= before.busy > 0


def test_a_competitor_on_this_machine_is_detected() -> None:
    """Other load on this machine can only add to it."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as competitor:
        before, start = take_state(), time.monotonic()
        while (used := time.monotonic() - start) < 1.0:
            time.sleep(0.1)
        after = take_state()
        competitor.kill()
    if before.busy == "unknown":
        pytest.skip("no /proc/stat")
    assert seen(after, before, seconds=used) != []


def test_a_quiet_machine_is_not_a_disturbance() -> None:
    assert seen(state()) == []
    assert seen(state(busy=506.0), own=6.0, switches=100) == []
    assert seen(state(busy=506.0 + 0.2), own=6.0) == []  # 3 % by kernel threads and daemons


def test_own_oversubscription_is_not_a_disturbance() -> None:
    """Eight threads of ours on two CPUs raise pressure and switches, but the busy time is ours."""
    assert seen(state(busy=506.0, pressure_cpu=9.9, load=8.0), own=6.0, switches=6000) == []


def test_other_processes_are_a_disturbance() -> None:
    assert seen(state(busy=503.6), own=3.0) == ["other processes used 0.20 CPUs"]
    assert (
        seen(state(busy=500.99), own=0.95, seconds=0.5) == []
    )  # 4 %, but a few ticks: too short to tell
    many = seen(
        state(busy=500.0 + 128 * 3), own=128 * 3 - 2.0, cpus=128
    )  # two thirds of one CPU of 128 hold up the whole team
    assert many == ["other processes used 0.67 CPUs"]


def test_involuntary_switches_are_judged_if_busy_time_is_hidden() -> None:
    assert seen(state(busy="unknown"), own=3.0, switches=1200) == [
        "its threads were preempted 200 times per second and CPU"
    ]
    assert seen(state(busy=500.0), own=3.0, switches=1200) == [
        "its threads were preempted 200 times per second and CPU"
    ]
    assert seen(state(busy="unknown"), own=3.0, switches=60) == []
    assert seen(state(busy=503.0), own=3.0, switches=1200) == []


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
    assert seen(state(**change)) == [reason]
    unknown = dict.fromkeys(change, "unknown")
    assert seen(state(**change), state(**unknown)) == []
    assert seen(state(**dict.fromkeys(change, 0))) == []  # it fell: another counter


def test_a_power_cap_is_not_a_disturbance() -> None:
    hot = GpuState(name="H", sm_mhz=900.0, throttled=[nvml.THERMAL])
    full = GpuState(name="H", sm_mhz=1700.0, throttled=[nvml.POWER_CAP, "application clocks"])
    assert seen(state(gpus=[full])) == []
    assert seen(state(gpus=[full]), state(gpus=[hot])) == [f"H was throttled: {nvml.THERMAL}"]


def test_zero_seconds_are_not_judged() -> None:
    assert seen(state(busy=900.0), seconds=0.0) == []
