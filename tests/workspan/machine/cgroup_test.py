# SPDX-License-Identifier: Apache-2.0
"""The folders of this process's control groups, in both hierarchies and in containers."""

from pathlib import Path

import pytest

from workspan.machine.cgroup import V2, group_folders

V2_MOUNT = "30 1 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
V1_MOUNT = "31 1 0:27 {folder} /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"


def folders(root: Path, groups: str, mounts: str, controller: str) -> list[str]:
    place = root / "proc/self"
    place.mkdir(parents=True)
    (place / "cgroup").write_text(groups)
    (place / "mountinfo").write_text(mounts)
    return [path.relative_to(root).as_posix() for path in group_folders(root, controller)]


def test_v2_lists_the_group_and_its_ancestors_innermost_first(tmp_path: Path) -> None:
    assert folders(tmp_path, "0::/a/b\n", V2_MOUNT, V2) == [
        "sys/fs/cgroup/a/b",
        "sys/fs/cgroup/a",
        "sys/fs/cgroup",
    ]


def test_v1_is_found_by_its_controller(tmp_path: Path) -> None:
    groups = "5:memory:/m\n4:cpu,cpuacct:/jobs/7\n0::/other\n"
    mounts = V1_MOUNT.format(folder="/") + V2_MOUNT
    assert folders(tmp_path, groups, mounts, "cpu") == [
        "sys/fs/cgroup/cpu/jobs/7",
        "sys/fs/cgroup/cpu/jobs",
        "sys/fs/cgroup/cpu",
    ]


@pytest.mark.parametrize(
    ("path", "inner"),
    [("/docker/1", ""), ("/docker/1/x", "/x"), ("/elsewhere", ""), ("/docker/1/../x", "")],
)
def test_a_container_sees_a_part_of_the_hierarchy(tmp_path: Path, path: str, inner: str) -> None:
    mounts = V1_MOUNT.format(folder="/docker/1")
    found = folders(tmp_path, f"4:cpu:{path}\n", mounts, "cpu")
    assert found[0] == f"sys/fs/cgroup/cpu{inner}"
    assert found[-1] == "sys/fs/cgroup/cpu"


@pytest.mark.parametrize(
    ("groups", "mounts"),
    [("", V2_MOUNT), ("0::/a\n", ""), ("0::/a\n", "30 1 0:26 / /x rw\n"), ("nonsense\n", "- -\n")],
)
def test_without_a_group_or_a_mount_there_is_none(tmp_path: Path, groups: str, mounts: str) -> None:
    assert folders(tmp_path, groups, mounts, V2) == []
