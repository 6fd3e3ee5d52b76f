# SPDX-License-Identifier: Apache-2.0
"""The command line itself: help, mistakes, closed, full and abandoned streams, output files."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from paths import SCRIPTS
from sample_results import encoded

from workspan.cli.app import app, invoke
from workspan.cli.arguments import COMPARISON_FORMATS
from workspan.report.comparison import FORMATS
from workspan.support.atomic_write import check_writable, write_atomically
from workspan.support.errors import UsageError

WORKSPAN = [sys.executable, "-c", "from workspan.cli.entry import main; main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SCRIPTS)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    path.write_bytes(encoded())
    return path


def shell(line: str, file: Path) -> subprocess.CompletedProcess[str]:
    script = f'workspan() {{ "$0" -c "from workspan.cli.entry import main; main()" "$@"; }}; {line}'
    command = ["bash", "-c", script, sys.executable]
    return subprocess.run(
        command, capture_output=True, text=True, env={**ENVIRONMENT, "FILE": str(file)}, timeout=60
    )


@pytest.mark.parametrize("command", ["info", "export", "compare $FILE", "validate", "--help;:"])
def test_a_reader_that_goes_away_changes_no_exit_code(command: str, file: Path) -> None:
    with_all = shell(f"workspan {command} $FILE", file)
    cut_off = shell(
        f"workspan {command} $FILE | head -n 1 >/dev/null; exit ${{PIPESTATUS[0]}}", file
    )
    assert (cut_off.returncode, cut_off.stderr) == (with_all.returncode, with_all.stderr)


def test_a_closed_stdout_is_not_a_traceback(file: Path) -> None:
    done = shell("workspan info $FILE >&-", file)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["info", "export"])
def test_a_full_stdout_is_one_line(command: str, file: Path) -> None:
    done = shell(f"workspan {command} $FILE >/dev/full", file)
    assert (done.returncode, done.stderr) == (
        2,
        "workspan: cannot write to stdout: No space left on device\n",
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["comapre"], "unknown command 'comapre'; did you mean compare?"),
        (
            ["run", "--worklaod", "gemm"],
            "unknown option '--worklaod'; did you mean --workload?",
        ),
        (["run", "--preset", "quik"], "--preset: unknown value 'quik'; did you mean quick?"),
        (["doctor", "--format", "jsn"], "--format: unknown value 'jsn'; did you mean json?"),
        ([], "a command is missing; workspan --help lists them"),
        (["validate"], "Missing argument"),
    ],
)
def test_a_mistake_is_one_line_with_the_nearest_right_word(words: list[str], says: str) -> None:
    done = subprocess.run(
        [*WORKSPAN, *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


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


def test_ctrl_c_is_reported(tmp_path: Path) -> None:
    slow = tmp_path / "bench"
    slow.write_text("#!/bin/sh\nsleep 30\n")
    slow.chmod(0o755)
    process = subprocess.Popen(
        [*WORKSPAN, "doctor", "--bench", str(slow)],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "workspan: interrupted\n")


def test_a_link_is_followed_and_a_pipe_stays_one(tmp_path: Path) -> None:
    link, target, pipe = tmp_path / "link", tmp_path / "target", tmp_path / "pipe"
    link.symlink_to(target)
    write_atomically(link, b"one")
    assert link.is_symlink()
    assert target.read_bytes() == b"one"
    os.mkfifo(pipe)
    check_writable(pipe, "--out")
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        write_atomically(pipe, b"two")
        assert reader.communicate()[0] == b"two"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [link, pipe, target]


def test_an_immutable_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "journal.json"
    write_atomically(path, b"first", immutable=True)
    with pytest.raises(FileExistsError):
        write_atomically(path, b"second", immutable=True)
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("place", "says"), [("no/folder/x", "No such file"), ("", "is a folder")])
def test_an_impossible_path_is_reported_with_its_option(
    place: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says):
        check_writable(tmp_path / place, "--out")
    assert list(tmp_path.iterdir()) == []
