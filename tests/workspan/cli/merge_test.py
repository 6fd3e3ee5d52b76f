# SPDX-License-Identifier: Apache-2.0
"""`workspan merge`: single invocations into one file."""

from pathlib import Path

import pytest
from sample_results import case, encoded

from workspan.cli.app import invoke
from workspan.resultfile.read import read_result

SEQ = "copy/seq/n:1024/threads:1"


def test_two_invocations_become_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for k in (1, 3):
        Path(f"{k}.json").write_bytes(encoded([case(SEQ, [float(k)])]))
    assert invoke(["merge", "1.json", "3.json", "--out", "out.json"]) == 0
    assert capsys.readouterr().out.startswith("out.json: Verified and timed: 1.")
    (merged,) = read_result(Path("out.json")).workspan.cases
    assert merged.time == pytest.approx(3**0.5)
    assert len(merged.invocations) == 2
