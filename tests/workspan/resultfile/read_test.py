# SPDX-License-Identifier: Apache-2.0
"""Reading whole files: limits, kinds of file, newer schemas, `workspan validate`."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from refusals import refused
from sample_results import COMMITTED, case, encoded, foreign, journal, tree

from workspan.cli.app import invoke
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import ReadLimits, decode_any, decode_journal, result_violations
from workspan.support.errors import InputError


def test_good_files_are_read() -> None:
    assert isinstance(decode_any(encoded(), "FILE"), ResultFile)
    assert isinstance(decode_any(foreign(), "FILE"), ForeignFile)
    assert COMMITTED
    for path in COMMITTED:
        assert result_violations(path.read_bytes(), "FILE") == []


def test_validate_tells_every_broken_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tree()
    file["workspan"]["cases"][0]["seed"] = 2**64
    file["workspan"]["cases"][1]["verdict"]["ok"] = False
    path = tmp_path / "bad\u202e.json"
    path.write_text(json.dumps(file))
    good = tmp_path / "good.json"
    good.write_bytes(encoded())
    assert invoke(["validate", str(path), str(good)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "bad<U+202E>.json: $.workspan.cases[0].seed: is above" in lines[0]
    assert "$.workspan.cases[1].verdict.ok" in lines[1]
    assert lines[2] == f"{good}: ok"
    assert invoke(["validate", str(good)]) == 0


def test_other_kinds_of_file_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gb.json"
    path.write_bytes(foreign())
    assert invoke(["validate", str(path)]) == 2
    assert "Google Benchmark JSON of another program" in capsys.readouterr().out
    whole = msgspec.json.encode(journal([case("copy/seq/n:1/threads:1", [1.0])]))
    assert "the record of one invocation" in refused(whole)


def test_limits() -> None:
    assert "holds more than 100 values" in refused(encoded(), ReadLimits(values=100))
    assert "$.benchmarks: has 3 rows; the limit is 2" in refused(encoded(), ReadLimits(rows=2))
    assert "$.workspan.cases: has 4 rows; the limit is 3" in refused(encoded(), ReadLimits(rows=3))
    assert "$.benchmarks: has 5 rows; the limit is 4" in refused(foreign(), ReadLimits(rows=4))


def test_a_million_rows_are_too_many() -> None:
    rows = ",".join(['{"name":"a","real_time":1}'] * 1_000_001)
    assert "has 1000001 rows; the limit is 1000000" in refused(
        f'{{"benchmarks":[{rows}]}}'.encode()
    )


def test_a_file_of_a_newer_schema_is_not_called_wrong() -> None:
    newer = tree() | {"from the future": 1}
    newer["workspan"]["schema_version"] = 3
    said = "the file is of a newer schema (3) than this workspan reads (2); update workspan"
    line = f"FILE: $.workspan.schema_version: {said}"
    assert refused(json.dumps(newer).encode()) == line
    record = {"record": {}, "schema_version": 3}
    with pytest.raises(
        InputError, match=re.escape("$.schema_version: the file is of a newer schema (3) than")
    ):
        decode_journal(json.dumps(record).encode(), "FILE")
    newer["workspan"]["schema_version"] = 0
    assert "newer" not in refused(json.dumps(newer).encode())
