# SPDX-License-Identifier: Apache-2.0
"""`workspan validate`: a line per violation, and exit code 2 if there is one."""

import json
from pathlib import Path

import pytest
from sample_results import encoded, tree

from workspan.cli.app import invoke


def test_good_and_bad_files_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bad = tree()
    bad["workspan"]["cases"][0]["threads"] = 0
    Path("good.json").write_bytes(encoded())
    Path("bad.json").write_text(json.dumps(bad))
    assert invoke(["validate", "good.json"]) == 0
    assert capsys.readouterr().out == "good.json: ok\n"
    assert invoke(["validate", "bad.json", "good.json", "missing.json"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("bad.json: $.workspan.cases[0].threads: ")
    assert lines[-2] == "good.json: ok"
    assert lines[-1].startswith("missing.json: no such file or run")


def test_limits_of_size_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.json").write_bytes(encoded() + b" " * (1 << 20))
    assert invoke(["validate", "x.json"]) == 0
    assert invoke(["validate", "x.json", "--max-mib", "1"]) == 2
    assert invoke(["validate", "x.json", "--max-rows", "1"]) == 2
    assert capsys.readouterr().err == ""
