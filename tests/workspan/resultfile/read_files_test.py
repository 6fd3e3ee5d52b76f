# SPDX-License-Identifier: Apache-2.0
"""Irregular files, files that are too large, and files of other programs."""

import json
import os
import socket
from pathlib import Path

import pytest
from sample_results import case, encoded, result, tree

from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import ReadLimits, decode_result, read_any, read_bytes
from workspan.support.errors import InputError


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "to_fifo").symlink_to(tmp_path / "fifo")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "s"))
    expected = {
        "fifo": "a pipe",
        "to_fifo": "a pipe",
        "loop": "Too many levels",
        "s": "a socket",
        "none": "No such file",
        ".": "a directory",
    }
    for name, said in (
        expected
        | {"/dev/zero": "a device", "a\0b": "cannot be read", "x" * 300: "File name too long"}
    ).items():
        with pytest.raises(InputError) as caught:
            read_any(tmp_path / name)
        assert said in str(caught.value)
        assert "\0" not in str(caught.value)
    server.close()
    (tmp_path / "good").write_bytes(encoded())
    (tmp_path / "link").symlink_to(tmp_path / "good")
    assert isinstance(read_any(tmp_path / "link"), ResultFile)


def test_large_files_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputError, match="is larger than 1000 bytes, the limit"):
        read_bytes(tmp_path / "sparse", ReadLimits(bytes=1000))


def test_numbers_may_be_written_as_integers() -> None:
    file = tree([case("copy/seq/n:1/threads:1", [3.0])])
    file["workspan"]["cases"][0]["invocations"][0]["wall"] = [3]
    assert decode_result(json.dumps(file).encode(), "FILE") == result(
        [case("copy/seq/n:1/threads:1", [3.0])]
    )
