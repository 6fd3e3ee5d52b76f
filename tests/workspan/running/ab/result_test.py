# SPDX-License-Identifier: Apache-2.0
"""The result of an `ab`: the reason for missing pairs, and the result read from its folder."""

from pathlib import Path

import msgspec
import pytest
from sample_results import case, changed, result
from sample_runs import manifest

from workspan.resultfile.encode import encode_result
from workspan.running.ab.result import AbResult, read_ab

ONE = result([case("copy/seq/n:8/threads:1", [1e-6])])


@pytest.mark.parametrize(
    ("done", "interrupted", "reason"),
    [
        (True, False, ""),
        (True, None, ""),
        (False, True, "interrupted"),
        (False, False, "time limit reached"),
        (False, None, "ended early"),
    ],
)
def test_the_reason_for_missing_pairs(done: bool, interrupted: bool | None, reason: str) -> None:
    found = AbResult(ONE, ONE, ("x", "y"), Path(), done, interrupted)
    assert found.why_short == reason


@pytest.mark.parametrize("complete", [True, False])
def test_it_is_read_from_both_folders(complete: bool, tmp_path: Path) -> None:
    run = msgspec.structs.replace(ONE.workspan.run, complete=complete)
    for side, label, of in (("a", "old A=1", ONE), ("b", "", changed(ONE, run=run))):
        (tmp_path / side).mkdir()
        (tmp_path / side / "result.json").write_bytes(encode_result(of))
        one = manifest(kind="ab", label=label)
        (tmp_path / side / "manifest.json").write_bytes(msgspec.json.encode(one))
    found = read_ab((tmp_path / "a", tmp_path / "b"))
    assert found.labels == ("old A=1", str(tmp_path / "b"))
    assert (found.done, found.interrupted, found.folder) == (complete, None, tmp_path)
    assert found.new.workspan.run.complete is complete
