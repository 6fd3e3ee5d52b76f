# SPDX-License-Identifier: Apache-2.0
"""The columns of a run's table: estimates with intervals and marks, narrower with less room."""

import io
import re

import msgspec
import pytest
from asynchronous import echo
from block_files import CUDA, SEQ, TEAM, ChangingMachine, in_blocks, merged, process
from rich.console import Console
from sample_results import result, without_times

from workspan.analysis.ratios.judge import Judgement, judge
from workspan.report.cells import rate_scale
from workspan.report.run_columns import (
    RATE,
    RATIOS,
    Column,
    JudgedCase,
    choose_columns,
    is_one_process,
    judged_cases,
    legend,
    short_name,
)
from workspan.report.run_table import print_result
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate


def rows_of(file: ResultFile) -> list[JudgedCase]:
    return judged_cases(file.workspan.cases, judge(file))


def number(cell: str) -> str:
    """A cell without interval and mark."""
    return cell.split(" ", maxsplit=1)[0].rstrip("~*^")


def printed(file: ResultFile, columns: int = 300) -> str:
    out = io.StringIO()
    console = Console(file=out, width=columns, force_terminal=True, color_system=None)
    print_result(file, console)
    return out.getvalue()


def row(text: str, variant: str, threads: int) -> list[str]:
    (found,) = re.findall(rf"^{variant} +{threads} .*$", text, re.MULTILINE)
    return re.split(r"\s{2,}", found.strip())


def test_speedup_machine_and_code_stand_beside_each_other_with_intervals() -> None:
    text = printed(ChangingMachine(1, moods=0.01).run(3))
    head = next(line for line in text.splitlines() if line.startswith("variant"))
    assert re.search(r"of ceiling +vs seq +machine +code +vs 1 thread", head)
    cells = row(text, "omp", 2)
    shown = [re.fullmatch(r"(\S+) \+-\d+\.\d%~?", cell) for cell in cells[6:9]]
    values = [float(found[1]) for found in shown if found]
    assert values == pytest.approx([1.5, 1.6, 0.94], rel=0.02)
    assert cells[5] == "0.47"


def test_a_baseline_against_itself_has_no_interval_and_no_mark() -> None:
    assert row(printed(ChangingMachine(1).run(3)), "seq", 1)[6:] == ["1.00", *["-"] * 5]


def test_two_processes_show_that_they_have_no_interval() -> None:
    cells = row(printed(ChangingMachine(1).run(2)), "omp", 2)
    assert [cell.split(" ")[1] for cell in cells[6:9]] == ["none~"] * 3


def test_a_single_process_is_named_once_and_not_marked() -> None:
    text = printed(ChangingMachine(1).run(1))
    assert "All intervals are within one process." in " ".join(text.split())
    assert "*" not in text
    assert "within one process" not in printed(ChangingMachine(1).run(3))


def test_what_is_within_one_process_among_others_is_marked() -> None:
    file = ChangingMachine(1).run(3)
    cases = [
        msgspec.structs.replace(c, invocations=c.invocations[:1]) if c.name == CUDA else c
        for c in file.workspan.cases
    ]
    ours = msgspec.structs.replace(file.workspan, cases=cases)
    text = printed(msgspec.structs.replace(file, workspan=ours))
    assert any(cell.endswith("*") for cell in row(text, "cuda", 1))
    assert not any(cell.endswith("*") for cell in row(text, "omp", 2))
    assert "*: the interval is within one process." in " ".join(text.split())


def test_a_ceiling_of_other_processes_is_marked() -> None:
    times = ((SEQ, 1.0), (TEAM, 0.5))
    cases = [in_blocks(name, dict.fromkeys(range(1, 9), t)) for name, t in times]
    read = process(1, [in_blocks("read/omp/n:8/threads:2", {1: 0.25, 2: 0.25})], [])
    text = printed(merged([process(1, cases, []), read]))
    assert "0.50~^" in text
    assert "^: the ceiling was measured in other processes" in " ".join(text.split())


def test_the_best_host_code_is_named_with_its_threads() -> None:
    text = printed(ChangingMachine(1).run(3))
    assert row(text, "cuda", 1)[-1].endswith("omp (2)")
    assert short_name("gemm/openblas/n:8/input:x/threads:16") == "openblas (16)"


@pytest.mark.parametrize("room", [70, 90, 110, 160])
def test_less_room_takes_intervals_first_and_then_columns(room: int) -> None:
    rows = rows_of(ChangingMachine(1).run(3))
    columns, gap = choose_columns(rows, 0.02, room)
    assert sum(c.width(rows) for c in columns) + gap * (len(columns) - 1) <= room
    assert {"time", "vs seq", "code"} <= {c.title for c in columns}
    wide, _ = choose_columns(rows, 0.02, None)
    known = {c.title: number(c.cell(rows[2])) for c in wide}
    assert all(number(c.cell(rows[2])) == known[c.title] for c in columns)
    code = next(c.cell(rows[2]) for c in columns if c.title == "code")
    assert ("+-" in code) == (room >= 110)


def test_a_column_without_a_value_is_left_out_with_its_legend() -> None:
    rows = [
        JudgedCase(r.case, Judgement(vs_seq=r.judgement.vs_seq), r.scale)
        for r in rows_of(ChangingMachine(1).run(3))
    ]
    columns, _ = choose_columns(rows, 0.02, None)
    assert [c.title for c in columns if c.title in RATIOS] == ["vs seq"]
    assert "machine" not in legend(rows, columns)
    assert "vs seq: T_seq / T." in legend(rows, columns)


def test_estimates_that_are_exact_say_nothing_of_processes() -> None:
    (case, *_) = ChangingMachine(1).run(3).workspan.cases
    judgement = Judgement(vs_seq=Estimate(1.0, None, 3, exact=True))
    exact = JudgedCase(case, judgement, rate_scale([case]))
    assert exact.estimates() == [] and is_one_process([exact])
    assert "within one process" not in legend([exact], [])


def test_a_title_of_several_lines_is_as_wide_as_its_longest_word() -> None:
    column = Column("efficiency", lambda _: "1", "effi-\nciency")
    (case, *_) = ChangingMachine(1).run(1).workspan.cases
    assert column.width([JudgedCase(case, Judgement(), rate_scale([case]))]) == len("ciency")


def test_a_row_without_all_of_its_processes_says_how_many_count() -> None:
    """In one of three its code was too slow for the preset."""
    walls = dict.fromkeys(range(1, 9), 1.0)
    slow = without_times(TEAM, reason="too slow") | {"cause": "too_slow"}
    whole = [in_blocks(SEQ, walls), in_blocks(TEAM, walls)]
    file = merged([process(k, [whole[0], slow] if k == 2 else whole, []) for k in (1, 2, 3)])
    text = printed(file)
    assert row(text, "omp", 2)[4] == "2 of 3"
    assert row(text, "seq", 1)[4] == "3"
    assert "processes: those that count for the row" in " ".join(text.split())
    assert "processes:" not in printed(merged([process(k, whole, []) for k in (1, 2, 3)]))


def test_an_open_loop_has_no_rate_since_its_time_is_by_design() -> None:
    cases = [case for case in echo() if "/coroutines/" in case["name"]]
    rows = rows_of(result(cases))
    columns, _ = choose_columns(rows, 0.02, None)
    (rate,) = (column for column in columns if column.title == RATE)
    shown = {one.case.keys["rate"]: rate.cell(one) for one in rows if "cpus" not in one.case.keys}
    assert shown["20000"] == "-" != shown["closed"]
    assert "Open loop: its time is by design; latencies: workspan concurrency." in legend(
        rows, columns
    )
    closed = [one for one in rows if one.case.keys["rate"] == "closed"]
    assert "Open loop" not in legend(closed, columns)
