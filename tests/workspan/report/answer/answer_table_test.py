# SPDX-License-Identifier: Apache-2.0
"""The table of the answer: a line a workload, what its columns and marks mean, and what fits."""

import io

from block_files import (
    SEQ,
    TEAM,
    ChangingMachine,
    gpu_run,
    in_blocks,
    merged,
    process,
)
from rich.console import Console

from workspan.analysis.verdicts.headline import headline
from workspan.report.answer.answer_table import (
    ALWAYS,
    LAYOUTS,
    SPEEDUP,
    answer_rows,
    answer_table,
    code_name,
    is_one_process,
    legend,
)
from workspan.resultfile.model import ResultFile

ALL = dict.fromkeys(range(1, 9), 1.0)
OF_CEILING = (
    "of ceiling: fraction of the rate measured here for the resource that bounds the workload"
    " (read)."
)


def table_of(file: ResultFile, room: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=1000).print(answer_table(headline(file), 0.02, room))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_line_of_a_workload_has_its_speedup_as_machine_times_code() -> None:
    (row,) = answer_rows(headline(gpu_run()), 0.02)
    assert row == {
        "workload": "reduce",
        "n": "8",
        "host code": "omp",
        "time": "500 ms",
        "rate": "3.3e-05 GB/s",
        "of ceiling": "0.50 ",
        "vs seq": "2.00 +-0.0% ",
        "machine": "1.60 ",
        "code": "1.25 +-0.0% ",
        "kernel": "5.00 ",
        "with transfers": "0.25 ",
    }


def test_a_code_on_fewer_than_all_cpus_has_its_threads() -> None:
    team = next(c for c in gpu_run().workspan.cases if c.name == TEAM)
    assert (code_name(team, 2), code_name(team, 4)) == ("omp", "omp (2)")


def test_columns_without_a_value_are_left_out() -> None:
    lines = table_of(ChangingMachine(1, moods=0.01).run(3), 100)
    assert lines[-2].split()[-4:] == ["seq", "machine", "code", "kernel"]


def test_the_widest_layout_that_fits_is_taken() -> None:
    def shown(room: int) -> tuple[int, int]:
        lines = table_of(gpu_run(), room)
        assert max(map(len, lines)) <= room
        return len(lines), lines[-1].count("+-")

    assert [shown(room) for room in (100, 95, 90, 80)] == [(3, 2), (3, 1), (4, 1), (4, 0)]
    assert len(LAYOUTS) == 4


def legend_of(file: ResultFile) -> str:
    return legend(headline(file), 0.02)


def test_the_legend_is_of_the_columns_and_marks_on_the_screen() -> None:
    assert legend_of(gpu_run()) == (
        f"{ALWAYS} {OF_CEILING} {SPEEDUP} GPU kernel, with transfers: T of that host code / T on"
        " the GPU."
    )
    powers = [in_blocks(SEQ.replace("n:8", "n:4096"), ALL)]
    assert legend_of(merged([process(k, powers, []) for k in (1, 2, 3)])) == (
        f"{ALWAYS} vs seq: T_seq / T."
    )


def test_if_all_intervals_are_of_one_process_no_mark_tells_it() -> None:
    one = [in_blocks(SEQ, ALL), in_blocks(TEAM, dict.fromkeys(ALL, 0.5))]
    rows = [in_blocks(f"read/omp/n:8/threads:{p}", dict.fromkeys(ALL, 0.2)) for p in (1, 2)]
    single = merged([process(1, one, []), process(1, rows, [])])
    said = legend_of(single)
    assert is_one_process(headline(single))
    assert not any("*" in c for row in answer_rows(headline(single), 0.02) for c in row.values())
    for text in ("All intervals are within one process.", "^: the ceiling was", '"-": not'):
        assert text in said
    assert "GPU" not in said
    assert not is_one_process(headline(gpu_run()))
