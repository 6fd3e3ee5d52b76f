# SPDX-License-Identifier: Apache-2.0
"""`workspan compare` in this process, for the tests of what it accepts, refuses and prints."""

from pathlib import Path

import pytest
from comparing import RunCompare, encoded

from workspan.cli.app import invoke
from workspan.resultfile import find
from workspan.resultfile.model import ResultFile


@pytest.fixture
def run_compare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> RunCompare:
    """Runs the command on files given as contents or paths; exit code, stdout, stderr.

    The folder is empty, and its results/ stands for the repository's.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(find, "COMMITTED", tmp_path / "results")

    def run(*arguments: ResultFile | bytes | str) -> tuple[int, str, str]:
        words = []
        for i, argument in enumerate(arguments):
            if not isinstance(argument, str):
                data = argument if isinstance(argument, bytes) else encoded(argument)
                Path(f"{i}.json").write_bytes(data)
            words.append(argument if isinstance(argument, str) else f"{i}.json")
        code = invoke(["compare", *words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def run_reference(run_compare: RunCompare) -> RunCompare:
    """The same with --reference."""
    return lambda *words: run_compare("--reference", *words)
