# SPDX-License-Identifier: Apache-2.0
"""`workspan info`: a file of ours, or of another program that uses Google Benchmark."""

from pathlib import Path

import pytest
from sample_results import encoded, foreign

from workspan.cli.app import invoke


@pytest.mark.parametrize(
    ("data", "words"), [(encoded(), ["Test CPU", "copy", "histogram"]), (foreign(), ["BM_x"])]
)
def test_both_kinds_of_files_are_shown(
    data: bytes, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "result.json").write_bytes(data)
    assert invoke(["info", str(tmp_path)]) == 0  # the folder of the file
    out = capsys.readouterr().out
    assert [word for word in words if word not in out] == []


@pytest.mark.parametrize("command", ["info", "export"])
def test_a_file_without_a_case_is_nothing(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "result.json").write_bytes(encoded([]))
    assert invoke([command, str(tmp_path)]) == 3
    assert tuple(capsys.readouterr()) == ("", f"workspan: no case in {tmp_path}/result.json\n")
