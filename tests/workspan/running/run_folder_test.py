# SPDX-License-Identifier: Apache-2.0
"""A run's folder: created atomically, never overwritten, strictly read; and full disks."""

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fake_run import QUIET, fake_binary, journals, one_line, only_run, workspan

from workspan.resultfile.model import Journal
from workspan.running import run_folder as journal
from workspan.running.manifest import Manifest
from workspan.running.run_folder import changes, create, find_run, read_run, reopen
from workspan.support.errors import InputError, UsageError


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    return fake_binary(tmp_path)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, list[Journal]]:
    bench = fake_binary(tmp_path_factory.mktemp("sample"))
    assert workspan(bench, "--preset", "smoke").returncode == 0
    return read_run(only_run(bench))


Sample = tuple[Manifest, list[Journal]]


def test_added_invocations_are_read_back_in_order(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path / "a/b", "name", sample[0], 1 << 20)
    for one in reversed(sample[1]):
        folder.add(one)
    assert read_run(folder.path) == (sample[0], sample[1][::-1])
    assert [path.name for path in folder.path.parent.iterdir()] == ["name"]
    folder.close()


def test_files_are_never_overwritten(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    record = sample[1][0].record
    stranger = folder.path / f"0001-{record.workload}-{record.number}-{record.attempt}.json"
    stranger.write_text("somebody else's")
    folder.add(sample[1][0])
    assert (
        stranger.read_text() == "somebody else's"
        and (folder.path / stranger.name.replace("0001", "0002")).exists()
    )


def test_an_existing_name_gets_a_number(sample: Sample, tmp_path: Path) -> None:
    names = [create(tmp_path, "name", sample[0], 1).path.name for _ in range(3)]
    assert names == ["name", "name-2", "name-3"]


def test_a_folder_is_locked(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    with pytest.raises(UsageError, match="another workspan is at work"):
        reopen(folder.path)
    folder.close()
    reopen(folder.path).close()


def test_reopening_removes_leftovers_of_a_killed_run(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    folder.close()
    (folder.path / ".measuring-x").mkdir()
    (folder.path / ".measuring-x/result.json").touch()
    (folder.path / ".writing-y").touch()
    (folder.path / ".measuring-z").symlink_to(tmp_path)
    reopen(folder.path).close()
    assert (
        sorted(path.name for path in folder.path.iterdir()) == ["lock", "manifest.json"]
        and tmp_path.exists()
    )


def test_abandoned_incomplete_folders_are_removed(sample: Sample, tmp_path: Path) -> None:
    places = [tmp_path / name for name in (".new-old", ".new-locked", ".new-young")]
    for place in places:
        place.mkdir()
    lock = journal._lock(places[1])
    for place in places[:2]:
        os.utime(place, (time.time() - 1e5,) * 2)
    create(tmp_path, "name", sample[0], 1).close()
    assert [place.exists() for place in places] == [False, True, True]
    os.close(lock)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b"[]", b'{"schema_version": 1}', b"null"])
@pytest.mark.parametrize("name", ["manifest.json", "0001-alpha-1-1.json"])
def test_errors_name_the_unreadable_file(
    damage: bytes, name: str, sample: Sample, tmp_path: Path
) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    folder.close()
    path = folder.path / name
    path.unlink(missing_ok=True)
    path.write_bytes(damage)
    with pytest.raises(InputError) as error:
        reopen(folder.path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_duplicate_invocation_is_refused(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    folder.add(sample[1][0])
    (folder.path / "0007-anything.json").write_bytes(msgspec.json.encode(sample[1][0]))
    with pytest.raises(InputError, match="same invocation"):
        read_run(folder.path)


def test_a_pipe_in_the_folder_does_not_hang(sample: Sample, tmp_path: Path) -> None:
    folder = create(tmp_path, "name", sample[0], 1)
    os.mkfifo(folder.path / "0001.json")
    with pytest.raises(InputError, match="pipe"):
        read_run(folder.path)


def test_a_run_is_found_by_path_or_name(sample: Sample, tmp_path: Path) -> None:
    path = create(tmp_path, "20261122T145125Z-vm-quick", sample[0], 1).path
    assert find_run(str(path), Path("elsewhere")) == find_run(path.name, tmp_path) == path
    with pytest.raises(UsageError, match=f"did you mean {path.name}"):
        find_run("20261122T145125Z-vm-qick", tmp_path)


def test_a_full_disk_fails_before_the_folder_is_created(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OSError, match="No space left") as error:
        create(tmp_path / "local", "name", sample[0], 1000)
    assert (
        error.value.filename == str(tmp_path / "local")
        and list((tmp_path / "local").iterdir()) == []
    )


def test_a_run_is_found_by_its_name_in_list(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = create(Path("results/local"), "20261122T145125Z-vm-quick", sample[0], 1).path
    Path(path.name).mkdir()  # a folder of this name that is not a run
    assert (
        find_run(f"local/{path.name}", Path("elsewhere"))
        == find_run(path.name, Path("elsewhere"))
        == path
    )
    for name in ("20261122T145125Z-vm-qui", "20261122T145125Z-vm-quic/x"):
        Path("results/local", name).mkdir(parents=True)
    with pytest.raises(UsageError, match=f"did you mean local/{path.name}?"):
        find_run("local/20261122T145125Z-vm-qick", Path("elsewhere"))
    with pytest.raises(UsageError, match="run not found in elsewhere"):
        find_run("quite-another", Path("elsewhere"))


def test_changes_are_shown_as_typed_options(sample: Sample) -> None:
    now = msgspec.structs.replace(
        sample[0],
        options=msgspec.structs.replace(
            sample[0].options, cpus=(0, 1), workload=("a", "b"), seed=0
        ),
    )
    assert changes(sample[0], now) == [
        "option --workload (not given, now a, b)",
        "option --cpus (not given, now 0, 1)",
        "option --seed (1, now 0)",
    ]


def test_break_even_may_be_added_to_a_run(sample: Sample) -> None:
    """Its sizes are measured after all others."""
    more = msgspec.structs.replace(sample[0].options, break_even=True)
    assert changes(sample[0], msgspec.structs.replace(sample[0], options=more)) == []
    weak = msgspec.structs.replace(sample[0].options, weak=True)
    assert changes(sample[0], msgspec.structs.replace(sample[0], options=weak)) == [
        "option --weak (False, now True)"
    ]


FULL = """
import errno, os, workspan.running.run_folder as j
write, count = j.write_atomically, 0
def fails(path, data, **more):
    global count
    count += 1
    if count > 5:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
    write(path, data, **more)
j.write_atomically = fails
"""


def test_a_disk_that_fills_up_loses_one_invocation(bench: Path) -> None:
    done = workspan(bench, patch=QUIET + FULL)
    run = only_run(bench)
    assert done.returncode == 2 and len(journals(bench)) == 4  # the manifest was the first
    last = done.stderr.splitlines()[-1]
    assert (
        "No space left on device; kept: 4 finished invocations; resume with: workspan run --resume"
        in last
        and run.name in last
    )
    assert not [path.name for path in run.iterdir() if path.name.startswith(".")]
    assert workspan(bench, "--resume", run.name).returncode == 0 and len(journals(bench)) == 15


NO_RESULT = """
import workspan.running.session as s
def fails(path, data):
    raise OSError(28, 'No space left on device', str(path))
s.write_atomically = fails
"""


def test_a_result_that_cannot_be_written_is_still_shown(bench: Path) -> None:
    done = workspan(bench, patch=QUIET + NO_RESULT)
    assert (
        done.returncode == 2
        and "alpha" in done.stdout
        and "No space left" in done.stderr.splitlines()[-1]
    )
    assert workspan(bench, "--resume", only_run(bench).name).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    ).returncode:
        pytest.skip("mounting needs rights that we do not have")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_real_disk_that_is_full_or_read_only(bench: Path, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(60 << 20))
    assert "No space left" in one_line(workspan(bench, "--results", str(small_disk / "r")).stderr)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "Read-only file system" in one_line(
        workspan(bench, "--results", str(small_disk / "r")).stderr
    )
    assert not (bench.parent / "log").exists()


FILLING = """
import contextlib, workspan.running.session as s
add = s.RunFolder.add
def fill(self, one):
    add(self, one)
    if len(self.journals) == 4:
        with open('FILLER', 'wb', 0) as f, contextlib.suppress(OSError):
            while True:
                f.write(bytes(4096))
s.RunFolder.add = fill
"""


def test_a_real_disk_that_fills_up(bench: Path, small_disk: Path) -> None:
    patch = QUIET + FILLING.replace("FILLER", str(small_disk / "filler"))
    done = workspan(bench, "--results", str(small_disk / "r"), patch=patch)
    assert done.returncode == 2 and "No space left" in done.stderr.splitlines()[-1]
    (run,) = (small_disk / "r").glob("*")
    assert len(read_run(run)[1]) == 4
    (small_disk / "filler").unlink()
    assert workspan(bench, "--resume", str(run)).returncode == 0 and len(read_run(run)[1]) == 15
