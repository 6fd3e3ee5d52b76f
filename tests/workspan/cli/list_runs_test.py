# SPDX-License-Identifier: Apache-2.0
"""`workspan list`: the runs of a folder; 3 without any, 2 with a broken one."""

from pathlib import Path

import pytest
from sample_results import encoded

from workspan.cli.app import invoke


def test_runs_are_listed_and_broken_ones_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("results/first").mkdir(parents=True)
    assert invoke(["list"]) == 3
    assert "no runs in results; workspan run creates one" in capsys.readouterr().err
    Path("results/first/result.json").write_bytes(encoded())
    assert invoke(["list"]) == 0
    assert "first" in capsys.readouterr().out
    Path("results/second.json").write_text("{")
    assert invoke(["list", "results"]) == 2
    assert "second" in capsys.readouterr().out
