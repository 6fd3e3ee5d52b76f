# SPDX-License-Identifier: Apache-2.0
"""Small text files: missing ones are empty, rows are found by their whole name."""

from pathlib import Path

import pytest

from workspan.machine.proc_files import contents, field


def test_a_file_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    assert contents(tmp_path / "missing") == contents(tmp_path) == ""
    (tmp_path / "bytes").write_bytes(b"a\xffb")
    assert contents(tmp_path / "bytes") == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("name", "value"),
    [("oom", 1), ("oom_kill", 7), ("kill", None), ("text", None), ("two", None), ("minus", None)],
)
def test_a_field_is_the_number_after_its_name(name: str, value: int | None) -> None:
    assert field("oom_kill 7\noom 1\noom_kill 9\ntext x\ntwo 1 2\nminus -3\n", name) == value
