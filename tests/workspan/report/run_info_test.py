# SPDX-License-Identifier: Apache-2.0
"""A result file for people: machine, run and disturbances; hostile text stays text."""

import re
from pathlib import Path

import msgspec
import pytest
from block_files import SEQ, ChangingMachine, decoded, file_with, in_blocks
from hostile import CONTROL, hostile, shown
from paths import ROOT
from sample_results import (
    COMMITTED,
    case,
    changed,
    encoded,
    foreign,
    journal,
    planned,
    result,
    without_times,
)

from workspan.analysis.merge import RunRequest, merge_run
from workspan.analysis.ratios.judge import judge
from workspan.cli.app import invoke
from workspan.report.run_info import heading
from workspan.resultfile.machine_model import CpuPair
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import decode_any, read_result
from workspan.support.units import format_number, format_time


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_a_terminal_gets_no_line_wider_than_it_and_no_foreign_control(columns: int) -> None:
    text = shown(hostile(), columns, terminal=True)
    assert not CONTROL.search(text)
    table = [line for line in text.splitlines() if line.startswith(("variant", "seq"))]
    assert len(table) == 2
    assert all(len(line) <= columns for line in table)
    assert "[bold]=1+1|`<U+000A><U+0000>" in text
    assert max(map(len, text.splitlines())) < 1000


@pytest.mark.parametrize("columns", [70, 80, 200])
def test_no_number_is_cut_off(columns: int) -> None:
    file = decode_any(COMMITTED[0].read_bytes(), "committed")
    text = shown(file, columns, terminal=True)
    assert isinstance(file, ResultFile)
    measured = [c for c in file.workspan.cases if c.status is Status.OK]
    first_words = {"variant"} | {c.variant for c in measured}
    table = [line for line in text.splitlines() if line.split(" ")[0] in first_words]
    assert len(table) > len(measured)
    assert max(map(len, table)) <= columns
    assert all(f" {format_time(c.time or 0)} " in text for c in measured)
    ratios = [judgement.vs_best_host or judgement.vs_seq for judgement in judge(file).values()]
    assert all(
        re.search(rf" {re.escape(format_number(ratio.value))}[ ~*^]", text)
        for ratio in ratios
        if ratio
    )


def test_a_pipe_gets_plain_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(encoded())
    assert invoke(["info", str(path)]) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "Verified and timed: 3. Skipped: 1. Failed: 0." in text
    row = next(line for line in text.splitlines() if line.startswith("omp"))
    assert row.split() == ["omp", "2", "1.12", "us", "11.1%~", "14.6", "1.00", "1.88", "none~"]
    assert "All intervals are within one process." in " ".join(text.split())
    assert "n = 2^10, input zipf (16.4 kB)" in text
    assert "skipped: no CUDA device (1): copy/cuda/n:1024/threads:1" in text


def test_a_merged_run_tells_its_disturbances() -> None:
    died = journal(
        None, "copy", 2, status=Status.CRASHED, reason="SIGSEGV", case="copy/omp/n:8/threads:2"
    )
    good = journal([case("copy/seq/n:8/threads:1", [1.0])], "copy", 1, disturbed=["steal 9 %"])
    plan = result([planned("copy/omp/n:8/threads:2")])
    text = shown(
        merge_run([good, died], plan, RunRequest([], "quick", 3), complete=False),
        100,
        terminal=False,
    )
    assert "disturbed   copy 1: steal 9 %" in text
    assert "crashed     copy 2: SIGSEGV" in text
    assert "INCOMPLETE" in text
    assert "CRASHED: invocation 2: SIGSEGV (1): copy/omp/n:8/threads:2" in text
    assert "Crashed: 1." in text


def test_what_went_wrong_is_named_in_full_however_much_it_is() -> None:
    names = [f"copy/omp/n:{n}/threads:2" for n in range(8, 18)]
    for status, whole in (
        ("failed", True),
        ("crashed", True),
        ("timeout", True),
        ("skipped", False),
    ):
        text = shown(
            result([without_times(name, status, "one reason") for name in names]),
            200,
            terminal=False,
        )
        assert all(name in text for name in names) is whole, status


def test_changes_of_the_source_are_named_wherever_the_commit_is() -> None:
    build = result().workspan.build
    for dirty, words in (("yes", "(x with uncommitted changes), "), ("no", "(x), ")):
        file = changed(result(), build=msgspec.structs.replace(build, git_dirty=dirty))
        assert words in heading(file)
        assert words in shown(file, 200, terminal=False)


def test_the_environment_has_a_row_of_its_own() -> None:
    def rows(variables: dict[str, str]) -> list[str]:
        environment = msgspec.structs.replace(result().workspan.environment, variables=variables)
        text = shown(changed(result(), environment=environment), 200, terminal=False)
        return [line for line in text.splitlines() if line.startswith(("OpenMP", "environment"))]

    (runtime,) = rows({})
    assert rows({"A": "1", "B": "2"}) == [runtime, "environment A=1 B=2"]


def test_info_says_how_quiet_the_machine_was_and_how_long_idle_threads_spin() -> None:
    text = shown(ChangingMachine(1).run(3), 200, terminal=False)
    assert "samples     100.0 % of the judged ones clean" in text
    assert "samples  " not in shown(result(), 200, terminal=False)
    waiting = "busy/omp/n:8/cpus:1/threads:2"  # whose threads share a CPU by design
    blocks = dict.fromkeys(range(1, 11), 1.0)
    cases = [in_blocks(SEQ, blocks, disturbed={1}), in_blocks(waiting, blocks, disturbed=blocks)]
    assert "samples     90.0 %" in shown(decoded(file_with(cases, [])), 200, terminal=False)
    known = msgspec.structs.replace(result().workspan.environment, openmp_spin="KMP_BLOCKTIME=0")
    text = shown(changed(result(), environment=known), 200, terminal=False)
    assert "OpenMP      libgomp, idle threads spin: KMP_BLOCKTIME=0\n" in text
    assert "spin" not in shown(result(), 200, terminal=False)


@pytest.mark.parametrize(
    ("gain", "line"),
    [
        (1.98, "cores       CPUs 0 and 1 are two cores (1.98x)"),
        (1.02, "cores       CPUs 0 and 1 are one core (1.02x), though the kernel says otherwise"),
    ],
)
def test_info_says_which_cpus_share_a_core_if_that_was_measured(gain: float, line: str) -> None:
    machine = result().workspan.machine
    pairs = [CpuPair(first=0, second=1, gain=gain)]
    cpu = msgspec.structs.replace(machine.cpu, pairs=pairs, threads_per_core=1)
    measured = changed(result(), machine=msgspec.structs.replace(machine, cpu=cpu))
    assert line in shown(measured, 200, terminal=False).splitlines()
    assert "\ncores " not in shown(result(), 200, terminal=False)


def test_invocations_that_failed_and_that_were_disturbed_are_counted() -> None:
    text = shown(hostile(), 200, terminal=False)
    assert "processes   2: 1 disturbed, 1 failed\n" in text


def test_one_of_a_thing_is_no_plural() -> None:
    text = shown(result(), 200, terminal=False)
    assert "highest unknown\n" in text
    assert "1 NUMA node\n" in text and "1 invocation of each workload" in " ".join(text.split())
    one = result()
    head = heading(changed(one, run=msgspec.structs.replace(one.workspan.run, all_threads=1)))
    assert ", 1 usable thread, " in head and ", 1 process per workload, " in head


def test_repetitions_are_not_called_invocations() -> None:
    assert (
        "repetitions"
        in shown(decode_any(foreign(), "FILE"), 200, terminal=False)
        .split("BM_x/8")[0]
        .splitlines()[-1]
    )


def test_no_line_is_longer_than_100_columns_unless_there_is_more_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    path = ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json"
    for columns, most in (("", 100), ("200", 200)):
        monkeypatch.setenv("COLUMNS", columns)
        lines = shown(read_result(path), 200, terminal=False).splitlines()
        assert most - 45 < max(map(len, lines)) <= most
