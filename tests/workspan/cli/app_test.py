# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: its help, its formats, its exit codes, and errors of one line."""

import errno
import re

import pytest
import typer
from paths import ROOT

from workspan.cli import app as command_line
from workspan.cli.app import EXIT_CODES, app, invoke
from workspan.cli.arguments import COMPARISON_FORMATS
from workspan.report.comparison.comparison import FORMATS
from workspan.support.errors import Exit, NothingError, StoppedError, UsageError

COMMANDS = sorted(typer.main.get_group(app).commands)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_native_english(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    assert invoke([*command.split(), "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Usage: workspan" in text
    assert " is no " not in text
    assert "no comparison was conclusive" in text


def test_the_command_offers_every_format_of_comparisons() -> None:
    assert tuple(form.value for form in COMPARISON_FORMATS) == FORMATS


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("a\nb"), 2, "workspan: a<U+000A>b"),
        (NothingError("nothing"), 3, "workspan: nothing"),
        (StoppedError("interrupted"), 130, "workspan: interrupted"),
        (KeyboardInterrupt(), 130, "workspan: interrupted"),
        (OSError(errno.ENOSPC, "No space left", "x"), 2, "workspan: x: No space left"),
        (OSError(errno.EIO, "I/O error"), 2, "workspan: cannot write to stdout: I/O error"),
    ],
)
def test_every_error_is_one_line_with_its_exit_code(
    error: BaseException,
    code: int,
    line: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(**options: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "app", fails)
    assert invoke(["info"]) == code
    assert tuple(capsys.readouterr()) == ("", line + "\n")


def test_the_exit_codes_of_the_help_are_those_of_the_pages() -> None:
    text = (ROOT / "docs/running.md").read_text()
    table = text.partition("| exit code | in every tool |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", table, re.M)
    assert [int(code) for code, _ in rows] == sorted(Exit)
    assert f"Exit codes: {'; '.join(' '.join(row) for row in rows)}." == EXIT_CODES


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["--version"]) == 0
    assert capsys.readouterr().out.startswith("workspan ")
