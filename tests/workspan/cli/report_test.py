# SPDX-License-Identifier: Apache-2.0
"""`workspan report`: the page that it writes, and what it refuses in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from block_files import ChangingMachine
from made_up_traces import encoded_trace, four_orders
from paths import ROOT
from sample_results import result, without_times

from workspan.cli.app import invoke
from workspan.cli.report import MOST_FILES
from workspan.resultfile.encode import encode_result


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("run").mkdir()
    Path("run/result.json").write_bytes(encode_result(ChangingMachine(1).run(3)))
    Path("empty.json").write_bytes(encode_result(result([])))
    for status, why in (("skipped", "no CUDA device"), ("crashed", "SIGSEGV")):
        none = [without_times("copy/omp/n:8/threads:2", status, why)]
        Path(f"{status}.json").write_bytes(encode_result(result(none)))
    Path("broken.json").write_text("{")
    Path("trace.json").write_bytes(encoded_trace(four_orders()))


def test_a_run_becomes_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["report", "run", "-o", "out.html"]) == 0
    assert tuple(capsys.readouterr()) == ("Report: out.html\n", "")
    written = Path("out.html").read_text()
    assert written.startswith("<!DOCTYPE html>\n")
    assert written.rstrip().endswith("</html>")
    assert "run/result.json" in written
    assert invoke(["report", "run", "-o", "again.html"]) == 0
    assert Path("again.html").read_text() == written


def test_several_runs_and_traces_become_one_page() -> None:
    command = ["report", "run", "run/result.json", "--trace", "trace.json", "-o", "out.html"]
    assert invoke(command) == 0
    written = Path("out.html").read_text()
    assert 'id="compare"' in written
    assert "Interleaved" in written


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        ("run", 2, "--out is missing"),
        ("-o a.html", 2, "RUN... is missing"),
        ("run -o a.htm1", 2, "--out a.htm1: the name must end in .html"),
        ("run -o no/a.html", 2, "--out no/a.html: cannot be written: No such file"),
        ("nothing -o a.html", 2, "nothing: no such file or run"),
        ("broken.json -o a.html", 2, "broken.json: "),
        ("empty.json -o a.html", 3, "no case in empty.json"),
        ("skipped.json -o a.html", 3, "no time of a case in skipped.json"),
        ("run skipped.json -o a.html", 3, "no time of a case in skipped.json"),
        (
            "crashed.json -o a.html",
            3,
            "no time of a case in crashed.json; 1 case crashed: SIGSEGV. copy/omp/n:8/threads:2.",
        ),
        ("run --trace none.json -o a.html", 2, "none.json: cannot be read: No such file"),
        ("run " * (MOST_FILES + 1) + "-o a.html", 2, "7 results; a page has room for 6"),
    ],
)
def test_each_mistake_is_one_line_and_writes_nothing(
    arguments: str, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["report", *arguments.split()]) == code
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert line in error
    assert not list(Path().glob("a*"))


def test_an_input_is_never_overwritten() -> None:
    Path("run.html").write_bytes(Path("run/result.json").read_bytes())
    assert invoke(["report", "run.html", "-o", "run.html"]) == 2
    assert Path("run.html").read_bytes() == Path("run/result.json").read_bytes()


def test_other_commands_load_neither_matplotlib_nor_templates() -> None:
    code = (
        "import sys; from workspan.cli.app import invoke; invoke(['--help']); "
        "invoke(['report', '--help']); invoke(['report', 'none.json', '-o', 'a.html']); "
        "sys.exit(bool({'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.returncode == 0
