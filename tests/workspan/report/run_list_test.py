# SPDX-License-Identifier: Apache-2.0
"""The list of runs: what is there, what is unfinished, what is broken."""

import os
from pathlib import Path

import pytest
from sample_results import result

from workspan.cli.app import invoke
from workspan.report.run_list import find_runs
from workspan.resultfile.encode import encode_result


def test_the_list_names_runs_and_what_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "local/2026-a"
    run.mkdir(parents=True)
    for name in ("manifest.json", "0001-copy-1-1.json", "0002-copy-2-1.json"):
        (run / name).write_text("{}")
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine/quick.json").write_bytes(encode_result(result()))
    (tmp_path / "machine/bad.json").write_text("{")
    os.mkfifo(tmp_path / "machine/pipe.json")
    (tmp_path / "again").symlink_to(tmp_path)
    runs = {r.name: r for r in find_runs(tmp_path)}
    assert set(runs) == {"local/2026-a", "machine/quick", "machine/bad", "machine/pipe"}
    assert runs["local/2026-a"].state.startswith("unfinished, 2 invocations")
    assert (runs["machine/quick"].cases, runs["machine/quick"].date) == (
        "3 ok, 1 skipped",
        "2026-01-02 03:04:05",
    )
    assert "a pipe" in runs["machine/pipe"].broken
    assert invoke(["list", str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "broken: " in out
    assert "bad.json: line 1, column 2" in out
    (tmp_path / "machine/bad.json").unlink()
    (tmp_path / "machine/pipe.json").unlink()
    assert invoke(["list", str(tmp_path)]) == 0
    (tmp_path / "empty").mkdir()
    assert invoke(["list", str(tmp_path / "empty")]) == 3
    assert invoke(["list", str(tmp_path / "none")]) == 2
