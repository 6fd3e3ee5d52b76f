# SPDX-License-Identifier: Apache-2.0
"""The machine's state from recorded trees: counters of load, pressure, quota and memory."""

import shutil
from pathlib import Path

import msgspec
import pytest
from paths import ROOT

from workspan.machine.state import take_state
from workspan.resultfile.model import State

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
