# SPDX-License-Identifier: Apache-2.0
"""`workspan export`: to stdout or to a file, in each format; what it refuses."""

import csv
from pathlib import Path

import pytest
from sample_results import encoded, foreign

from workspan.cli.app import invoke
from workspan.cli.arguments import EXPORT_FORMATS


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("result.json").write_bytes(encoded())
    Path("foreign.json").write_bytes(foreign())
    return "result.json"


@pytest.mark.parametrize("form", [form.value for form in EXPORT_FORMATS])
def test_each_format_is_written(
    form: str, file: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert invoke(["export", file, "--format", form, "--out", "out"]) == 0
    assert capsysbinary.readouterr().out == b""
    assert invoke(["export", file, "--format", form]) == 0
    first = {"csv": b"name,", "parquet": b"PAR1", "gobench": b"", "junit": b"<?xml"}[form]
    data = Path("out").read_bytes()
    assert data
    assert data.startswith(first)
    assert capsysbinary.readouterr().out == data


def test_samples_are_rows_of_their_own(file: str) -> None:
    assert invoke(["export", file, "--out", "few.csv"]) == 0
    assert invoke(["export", file, "--samples", "--out", "many.csv"]) == 0
    few, many = (
        list(csv.reader(Path(name).read_text().splitlines())) for name in ("few.csv", "many.csv")
    )
    assert len(many) > len(few)


def test_another_program_has_no_junit(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["export", "foreign.json", "--format", "csv", "--out", "x"]) == 0
    assert invoke(["export", "foreign.json", "--format", "junit"]) == 2
    assert "no failed cases to report as JUnit" in capsys.readouterr().err
