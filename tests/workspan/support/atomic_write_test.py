# SPDX-License-Identifier: Apache-2.0
"""Files appear complete or not at all; links, pipes and impossible paths."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from workspan.support import atomic_write
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import UsageError


def test_a_link_is_followed_and_a_pipe_stays_one(tmp_path: Path) -> None:
    link, target, pipe = tmp_path / "link", tmp_path / "target", tmp_path / "pipe"
    link.symlink_to(target)
    write_atomically(link, b"one")
    assert link.is_symlink()
    assert target.read_bytes() == b"one"
    os.mkfifo(pipe)
    check_writable(pipe, "--out")
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        write_atomically(pipe, b"two")
        assert reader.communicate()[0] == b"two"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [link, pipe, target]


def test_an_immutable_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "journal.json"
    write_atomically(path, b"first", immutable=True)
    with pytest.raises(FileExistsError):
        write_atomically(path, b"second", immutable=True)
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("place", "words"), [("no/folder/x", "No such file"), ("", "is a folder")])
def test_an_impossible_path_is_reported_with_its_option(
    place: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=words):
        check_writable(tmp_path / place, "--out")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "x"
    write_atomically(path, b"old")
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="No space left") as error:
        write_atomically(path, b"new")
    assert error.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_without_hard_links_an_immutable_file_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*paths: Path) -> None:
        raise OSError(atomic_write.errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", fails)
    path = tmp_path / "x"
    write_atomically(path, b"first", immutable=True)
    with pytest.raises(FileExistsError):
        write_atomically(path, b"second", immutable=True)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
