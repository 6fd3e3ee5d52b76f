# SPDX-License-Identifier: Apache-2.0
"""`workspan run` started for a goal: its options, its result, and the neighbour beside it."""

import os
from pathlib import Path

import pytest
from comparing import encoded
from goal_files import reduce_run
from paths import SCRIPTS

from workspan.goals import measuring
from workspan.goals.measuring import Place, measure, neighbour
from workspan.support.errors import NothingError

WRITES = """
import pathlib, shutil, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--results") + 1]) / "new"
folder.mkdir()
(folder / "words").write_text(" ".join(sys.argv[1:]))
shutil.copy("made.json", folder / "result.json")
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS))
    (tmp_path / "made.json").write_bytes(encoded(reduce_run()))
    monkeypatch.setattr(measuring, "COMMAND", ("-c", WRITES))
    return tmp_path


def test_a_run_is_read_from_the_folder_that_it_left(here: Path) -> None:
    (here / "runs/old").mkdir(parents=True)
    (here / "runs/old/result.json").write_text("{")
    found = measure(Place(Path("b/bench"), Path("runs")), ["--preset", "quick"])
    assert found.file == reduce_run()
    assert found.seconds and found.seconds > 0
    assert found.folder == Path("runs/new")
    words = (found.folder / "words").read_text()
    assert words == "run --preset quick --bench b/bench --results runs"


@pytest.mark.parametrize("script", ["pass", WRITES + "sys.exit(2)"])
def test_a_run_without_a_result_says_so(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "COMMAND", ("-c", script))
    with pytest.raises(NothingError, match="workspan run -x --results runs: ended with"):
        measure(Place(None, Path("runs")), ["-x"])


def test_the_neighbour_is_there_as_long_as_it_is_needed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    cpu = max(os.sched_getaffinity(0))
    with neighbour(30):
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err.startswith(f"neighbour on CPU {cpu}:")
