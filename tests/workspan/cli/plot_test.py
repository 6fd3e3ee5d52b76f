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
from pictured import H100, MODELS, XEON, made

from workspan.cli.app import invoke
from workspan.cli.plot import ALL, AS_TEXT, HELP, MOST_PANELS, TIMELINE, Width
from workspan.plot.kinds import MAKERS
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
    for name, path in (("h100", H100), ("xeon", XEON), ("models", MODELS)):
        Path(f"{name}.json").symlink_to(ROOT / "results" / path)


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
        ("timeline -o a.svg", 2, "RUN... is missing; workspan plot --help describes it"),
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
        (
            "timeline four.json -o a.svg --csv four.json",
            2,
            "four.json is one of the inputs; --csv",
        ),
        ("timeline four.json -o a.svg --case (", 2, "--case '(' is not a regular expression"),
        ("timeline four.json -o a.svg --case gemm", 3, "no case matches --case 'gemm'"),
        ("timeline many.json -o a.svg", 2, "13 cases; a figure has at most 12 panels: choose"),
        ("timeline none.json -o a.svg", 2, "none.json: cannot be read: No such file or directory"),
        ("timeline folder -o a.svg", 2, "folder: is a directory, not a regular file"),
        ("timeline broken.json -o a.svg", 2, "broken.json: $.traceEvents: task 3 of busy/"),
        ("speedup none.json -o a.svg", 2, "none.json: no such file or run"),
        ("speedup four.json -o a.svg", 2, "four.json: "),
        ("speedup h100.json xeon.json -o a.svg", 2, "speedup needs one run, not 2"),
        ("compare xeon.json -o a.svg", 2, "compare needs two runs, the old and the new one, not 1"),
        (
            "breakeven xeon.json -o a.svg",
            3,
            "xeon.json: no workload was measured both on a GPU and on the host; workspan run"
            " measures both on a machine with a GPU",
        ),
        (
            "concurrency xeon.json -o a.svg",
            3,
            "xeon.json: no execution model was measured beside seq; workspan run --preset"
            " concurrency measures some",
        ),
        (
            "speedup models.json -o a.svg",
            3,
            "models.json: no verified case of a computing workload; workspan run measures some",
        ),
        ("timeline xeon.json -o a.svg", 2, "xeon.json: is a result file, not a trace; bench"),
        (
            "scaling xeon.json -o a.svg",
            3,
            "no code was measured on 3 numbers of threads or more; a curve needs a machine with 3"
            " usable CPUs or more, not 2",
        ),
        (
            "scaling h100.json -o a.svg",
            3,
            "3 numbers of threads or more; workspan run --preset scaling measures more",
        ),
        ("sizes h100.json -o a.svg", 3, "no workload was measured at 3 sizes or more"),
        ("speedup xeon.json -o a.svg --case none", 3, "no case matches --case 'none'; --case '.'"),
        ("speedup xeon.json -o xeon.json", 2, "--out xeon.json: the name must end in .svg, .png"),
        ("speedup xeon.json -o a.svg --csv xeon.json", 2, "xeon.json is one of the inputs"),
        ("speedup xeon.json -o a.svg --title Mine", 2, "--title: the title of speedup is what it"),
        ("speedup xeon.json", 2, "--out is missing; workspan plot --help describes it"),
        ("speedup xeon.json --terminal -o a.svg", 2, "--terminal writes no file: leave out --out"),
        (
            "sizes xeon.json --terminal",
            2,
            "--terminal: sizes needs a file, --out; as text: ",
        ),
        ("all xeon.json -o a.svg", 2, "--out a.svg: all figures need a folder"),
        ("all xeon.json -o xeon.json", 2, "--out xeon.json: is not a folder"),
        ("all xeon.json -o a --csv b.csv", 2, "--csv: all writes the data of each figure beside"),
        ("all xeon.json -o xeon.json/a", 2, "--out xeon.json/a: cannot be made: Not a directory"),
        ("all xeon.json -o a --case none", 3, "no case matches --case 'none'; --case '.'"),
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


def test_help_describes_every_kind_in_the_order_of_the_figures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert list(HELP) == [*MAKERS, TIMELINE, ALL]
    invoke(["plot", "--help"])
    shown = " ".join(capsys.readouterr().out.replace("\u2502", " ").split())
    for kind, text in HELP.items():
        assert f"{kind}: {text}" in shown


@pytest.mark.parametrize("kind", ["speedup", "samples"])
def test_a_run_is_drawn_and_its_data_written(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["plot", kind, "xeon.json", "-o", "o.svg", "--csv", "o.csv", "--width", "85"]
    assert invoke(command) == 0
    found = made(kind, XEON)
    assert tuple(capsys.readouterr()) == (f"o.svg: {kind}: {found.title}\n", "")
    assert 'width="240.9' in Path("o.svg").read_text()
    headers, rows = found.table()
    lines = Path("o.csv").read_text().splitlines()
    assert lines[0] == ",".join(headers)
    assert len(lines) == len(rows) + 1


@pytest.mark.parametrize("kind", AS_TEXT)
def test_charts_of_rows_are_shown_as_text(
    kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    runs = {"compare": (H100, H100), "concurrency": (MODELS,)}.get(kind, (H100,))
    files = ["models.json" if run == MODELS else "h100.json" for run in runs]
    assert invoke(["plot", kind, *files, "--terminal"]) == 0
    out, error = capsys.readouterr()
    assert not error
    assert out.splitlines()[0] == made(kind, *runs).title
    assert max(map(len, out.splitlines()[1:-1]), default=0) <= 90
    assert kind == "compare" or ("coroutines" if kind == "concurrency" else "gemm") in out


def test_two_runs_are_compared_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["plot", "compare", "xeon.json", "xeon.json", "-o", "o.svg"]) == 0
    assert "compare: No verdict on 192 cases" in capsys.readouterr().out
    assert "old: xeon.json" in Path("o.svg").read_text()


def test_only_chosen_cases_are_drawn() -> None:
    command = ["plot", "speedup", "xeon.json", "-o", "o.svg", "--csv", "o.csv"]
    assert invoke([*command, "--case", "^gemm/"]) == 0
    lines = Path("o.csv").read_text().splitlines()[1:]
    assert lines
    assert all(line.startswith("gemm,") for line in lines)


def test_all_draws_what_it_can_and_says_what_it_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["plot", "all", "xeon.json", "-o", "figures/xeon", "--case", "^(copy|gemm)/"]
    assert invoke(command) == 0
    out, error = capsys.readouterr()
    assert not error
    lines = out.splitlines()
    drawn = ["speedup", "why", "sizes", "roofline", "samples", "matrix"]
    names = sorted(path.name for path in Path("figures/xeon").iterdir())
    assert names == sorted(f"{kind}.{form}" for kind in drawn for form in ("svg", "csv"))
    assert [line.partition(".svg: ")[0] for line in lines[:6]] == [
        f"figures/xeon/{kind}" for kind in drawn
    ]
    assert lines[6:] == [
        "breakeven: left out: no workload was measured both on a GPU and on the host",
        "scaling: left out: no code was measured on 3 numbers of threads or more",
        "compare: left out: compare needs two runs, the old and the new one, not 1",
        "concurrency: left out: no execution model was measured beside seq",
    ]


def test_all_of_several_runs_draws_each_and_compares_two(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["plot", "all", "xeon.json", "xeon.json", "-o", "both", "--case", "^copy/"]
    assert invoke(command) == 0
    names = {path.name for path in Path("both").iterdir()}
    assert {"matrix-1.svg", "matrix-1.csv", "matrix-2.svg", "compare.svg"} <= names
    assert "both/matrix-1.svg: " in capsys.readouterr().out
    assert Path("both/matrix-1.svg").read_bytes() == Path("both/matrix-2.svg").read_bytes()


ALL_OF_IT = """
import sys
from workspan.cli.app import invoke
sys.exit(invoke(["plot", "all", "h100.json", "-o", sys.argv[1], "--case", "/n:(2048|4096)"]))
"""


def test_another_process_writes_the_same_bytes() -> None:
    for folder, seed in (("a", "1"), ("b", "2")):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "scripts"),
            "PYTHONHASHSEED": seed,
            "TZ": f"UTC-{seed}",
        }
        command = [sys.executable, "-c", ALL_OF_IT, folder]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    first, second = (
        {path.name: path.read_bytes() for path in Path(folder).iterdir()} for folder in "ab"
    )
    assert len(first) >= 10
    assert first == second


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
