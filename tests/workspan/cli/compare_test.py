# SPDX-License-Identifier: Apache-2.0
"""`workspan compare`: which comparison the options choose, and its exit code."""

import json
from pathlib import Path

import pytest
from sample_results import case, encoded

from workspan.cli.app import invoke

SEQ, OMP = "copy/seq/n:1024/threads:1", "copy/omp/n:1024/threads:2"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """old.json and new.json; in new, omp is twice as slow."""
    monkeypatch.chdir(tmp_path)
    for name, slow in (("old", 1.0), ("new", 2.0)):
        cases = [case(SEQ, [2e-6] * 3), case(OMP, [1e-6 * slow] * 3)]
        Path(f"{name}.json").write_bytes(encoded(cases))


def report(*words: str) -> tuple[int, dict[str, object]]:
    """The exit code, and the report in JSON."""
    code = invoke(["compare", *words, "--format", "json", "--output", "out.json"])
    found: dict[str, object] = json.loads(Path("out.json").read_text())
    return code, found


@pytest.mark.usefixtures("files")
def test_two_files_of_single_processes_have_no_verdict() -> None:
    code, found = report("old.json", "new.json")
    assert code == 3
    rows = {row["name"]: row for row in found["rows"]}  # type: ignore[attr-defined]
    assert rows[OMP]["effect"] == pytest.approx(2.0)
    assert rows[SEQ]["effect"] == pytest.approx(1.0)


@pytest.mark.usefixtures("files")
def test_by_compares_within_one_file_and_fails_for_no_verdict() -> None:
    code, found = report("old.json", "--by", "variant")
    assert code in (0, 3)
    assert [row["name"] for row in found["rows"]] == [OMP]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("files")
def test_a_filter_chooses_cases(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = report("old.json", "new.json", "--filter", "-omp")
    assert [row["name"] for row in found["rows"]] == [SEQ]  # type: ignore[attr-defined]
    assert invoke(["compare", "old.json", "new.json", "--filter", "nothing"]) == 3
    assert "no case matches --filter nothing" in capsys.readouterr().err
