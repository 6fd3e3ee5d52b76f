# SPDX-License-Identifier: Apache-2.0
"""The result of a run that cannot be resumed."""

from pathlib import Path

import msgspec
import pytest
from sample_results import case, changed, journal, planned, result

from workspan.cli.app import invoke
from workspan.resultfile.encode import encode_result
from workspan.resultfile.read import read_result
from workspan.running.manifest import Manifest, Options

SEQ = "copy/seq/n:8/threads:1"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A killed run: two of three invocations, no result."""
    monkeypatch.chdir(tmp_path)
    folder = Path("results/local/killed")
    folder.mkdir(parents=True)
    plan = result([planned(SEQ)])
    manifest = Manifest(
        started="2026-01-02T03:04:05Z",
        arguments=["run"],
        options=Options(preset="gate", invocations=3),
        bench="bench",
        sha256="0" * 64,
        cpus=[0],
        memory_limit=None,
        plan=plan,
        workloads=["copy"],
    )
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    for k in (1, 2):
        (folder / f"{k}.json").write_bytes(
            msgspec.json.encode(journal([case(SEQ, [float(k)])], "copy", k))
        )
    return folder


@pytest.mark.parametrize("name", ["results/local/killed", "killed"])
def test_a_killed_run_becomes_an_incomplete_result(run: Path, name: str) -> None:
    assert invoke(["merge", name, "--out", "out.json"]) == 0
    ours = read_result(Path("out.json")).workspan
    assert ours.cases[0].time == pytest.approx(2**0.5)
    assert (ours.run.complete, ours.run.invocations, ours.run.preset) == (
        False,
        3,
        "gate",
    )
    assert ours.run.arguments == ["run"]


def test_failures_to_merge_are_one_line(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def error_of(*arguments: str) -> str:
        assert invoke(["merge", *arguments, "--out", "out.json"]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        return error

    assert "did you mean results/local/killed?" in error_of("results/local/kiled")
    assert "was cut off" in error_of("killed", "killed")
    (run / "result.json").write_bytes(encode_result(result()))
    assert "is complete" in error_of("killed")
    incomplete = msgspec.structs.replace(result().workspan.run, complete=False)
    (run / "result.json").write_bytes(encode_result(changed(result(), run=incomplete)))
    assert invoke(["merge", "killed", "--out", "out.json"]) == 0
    for name in ("1.json", "2.json", "result.json"):
        (run / name).unlink()
    assert "no finished invocation" in error_of("killed")
