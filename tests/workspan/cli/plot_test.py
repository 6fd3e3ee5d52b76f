# SPDX-License-Identifier: Apache-2.0
"""`workspan plot`: the figures that it writes, and what it refuses in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from made_up_traces import CHAIN_ISSUES, chain, encoded_trace, four_orders, one_case, several_cases
from made_up_traces import sequential as in_turn
from paths import ROOT

from workspan.cli.app import invoke
from workspan.cli.plot import MOST_PANELS, Width
from workspan.plot.style import WIDTHS


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("four.json").write_bytes(encoded_trace(four_orders()))
    Path("chain.json").write_bytes(encoded_trace(one_case(chain(), CHAIN_ISSUES)))
    Path("broken.json").write_bytes(encoded_trace(one_case(chain(), tasks=9, written=9)))
    many = [(f"busy/seq/n:{k}/threads:1", in_turn()) for k in range(MOST_PANELS + 1)]
    Path("many.json").write_bytes(encoded_trace(several_cases(many)))
    Path("folder").mkdir()


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "SVG"])
def test_the_name_decides_the_format(suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["plot", "timeline", "four.json", "-o", f"out.{suffix}"]) == 0
    begins = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[suffix.lower()]
    assert Path(f"out.{suffix}").read_bytes().startswith(begins)
    assert tuple(capsys.readouterr()) == (f"out.{suffix}: timeline, 4 panels\n", "")


def test_options_reach_the_figure() -> None:
    command = ["plot", "timeline", "four.json", "chain.json", "--out", "o.svg", "--csv", "o.csv"]
    assert invoke([*command, "--width", "85", "--title", "Mine", "--case", "threads:1$"]) == 0
    drawn = Path("o.svg").read_text()
    assert "Mine" in drawn
    assert 'width="240.9' in drawn
    assert "Parallel" not in drawn
    assert drawn.index("Sequential") < drawn.index("Interleaved") < drawn.index("Asynchronous")
    table = Path("o.csv").read_text()
    assert table.startswith("case,task,kind,begin_ms,end_ms,cpu,worker,issues\n")
    assert ",issue," in table
    assert "threads:2" not in table


def test_the_same_command_writes_the_same_bytes() -> None:
    for out in ("a.svg", "b.svg"):
        assert invoke(["plot", "timeline", "four.json", "-o", out]) == 0
    assert Path("a.svg").read_bytes() == Path("b.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (
            "timelin four.json -o a.svg",
            2,
            "kind of figure 'timelin'; did you mean timeline?",
        ),
        ("timeline four.json", 2, "--out is missing; workspan plot --help describes it"),
        ("timeline -o a.svg", 2, "FILES is missing; workspan plot --help describes it"),
        ("timeline four.json -o a.gif", 2, "--out a.gif: the name must end in .svg, .png or .pdf"),
        ("timeline four.json -o a", 2, "--out a: the name must end in .svg, .png or .pdf"),
        ("timeline four.json -o no/a.svg", 2, "--out no/a.svg: cannot be written: No such file"),
        (
            "timeline four.json -o a.svg --width 90",
            2,
            "unknown value '90'; choose 85 or 180",
        ),
        ("timeline four.json -o a.svg --csv folder", 2, "--csv folder: is a folder"),
        ("timeline four.json -o a.svg --csv a.svg", 2, "--csv a.svg: is the file of --out; name"),
        ("timeline four.json -o a.svg --csv four.json", 2, "four.json is one of the traces; --csv"),
        ("timeline four.json -o a.svg --case (", 2, "--case '(' is not a regular expression"),
        ("timeline four.json -o a.svg --case gemm", 3, "no case matches --case 'gemm'"),
        ("timeline many.json -o a.svg", 2, "13 cases; a figure has at most 12 panels: choose"),
        ("timeline none.json -o a.svg", 2, "none.json: cannot be read: No such file or directory"),
        ("timeline folder -o a.svg", 2, "folder: is a directory, not a regular file"),
        ("timeline broken.json -o a.svg", 2, "broken.json: $.traceEvents: task 3 of busy/"),
    ],
)
def test_each_mistake_is_one_line_and_writes_nothing(
    arguments: str, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["plot", *arguments.split()]) == code
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert line in error
    assert not list(Path().glob("a*"))


def test_a_trace_is_never_overwritten() -> None:
    Path("trace.svg").write_bytes(Path("chain.json").read_bytes())
    assert invoke(["plot", "timeline", "trace.svg", "-o", "trace.svg"]) == 2
    assert Path("trace.svg").read_bytes() == Path("chain.json").read_bytes()


def test_the_widths_are_those_of_the_style() -> None:
    assert tuple(int(width.value) for width in Width) == WIDTHS


def test_other_commands_do_not_load_matplotlib() -> None:
    code = (
        "import sys; from workspan.cli.app import invoke; invoke(['--help']); "
        "invoke(['plot', '--help']); invoke(['plot', 'timeline', 'none.json', '-o', 'a.svg']); "
        "sys.exit('matplotlib' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.returncode == 0
