# SPDX-License-Identifier: Apache-2.0
"""The answer of a run on one screen."""

import io
import re

from block_files import CUDA, E2E, SEQ, TEAM, ChangingMachine, ceiling, in_blocks, merged, process
from rich.console import Console
from sample_results import case, result, without_times

from workspan.analysis.headline import Headline, Wins, headline
from workspan.report.answer import (
    ALWAYS,
    SPEEDUP,
    answer_rows,
    legend,
    print_answer,
    quietness,
    sentences,
)
from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate

ALL = dict.fromkeys(range(1, 9), 1.0)
NONE = Wins(0, 0)


def printed(file: ResultFile) -> str:
    out = io.StringIO()
    print_answer(file, ["results/a b/result.json", "other"], Console(file=out))
    return out.getvalue()


def gpu_run() -> ResultFile:
    times = {SEQ: 1.0, TEAM: 0.5, CUDA: 0.1, E2E: 2.0}
    scopes = {CUDA: "kernel", E2E: "e2e"}
    cases = [
        in_blocks(name, dict.fromkeys(ALL, t), scope=scopes.get(name, "host"))
        for name, t in times.items()
    ]
    beside = [
        ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(ALL, t), SEQ)
        for p, t in ((1, 0.4), (2, 0.25))
    ]
    return merged([process(k, cases, beside) for k in (1, 2, 3)])


def test_the_headline_says_what_cpus_and_gpu_gave() -> None:
    assert sentences(headline(gpu_run())) == [
        "2 CPUs gave 1.60 (+-0.0%) times the memory bandwidth of one.",
        "The GPU was faster than the best host code in 1 of 1 workload with its data resident, in"
        " 0 of 1 workload with transfers.",
    ]
    both = Headline(4, Estimate(3.9, None, 2), Estimate(2.5, (2.25, 2.75), 5), NONE, NONE, ())
    assert sentences(both) == [
        "4 CPUs gave 3.90 times the arithmetic of one and 2.50 (+-10.0%) times the memory"
        " bandwidth of one."
    ]
    within = Headline(2, None, Estimate(1.5, None, 1, within_one_process=True), NONE, NONE, ())
    assert sentences(within) == [
        "2 CPUs gave 1.50 (one process) times the memory bandwidth of one."
    ]
    assert sentences(Headline(1, None, None, NONE, NONE, ())) == []


def test_a_line_of_a_workload_has_its_speedup_as_machine_times_code() -> None:
    (row,) = answer_rows(headline(gpu_run()), 0.02)
    assert row == {
        "workload": "reduce",
        "n": "8",
        "host code": "omp (2)",
        "time": "500 ms",
        "rate": "3.3e-05 GB/s",
        "of ceiling": "0.50 ",
        "vs seq": "2.00 +-0.0% ",
        "machine": "1.60 ",
        "code": "1.25 +-0.0% ",
        "kernel": "5.00 ",
        "with transfers": "0.25 ",
    }


def test_the_screen_ends_with_counts_and_the_command_for_the_rest() -> None:
    file = result(
        [
            case(SEQ, [1.0]),
            without_times("reduce/cuda/n:8/threads:1"),
            without_times(TEAM, "failed", "wrong result: 7"),
        ]
    )
    text = printed(file)
    assert f"FAILED: wrong result: 7 (1): {TEAM}\n" in text
    assert text.endswith(
        "Verified and timed: 1. Skipped: 1. Failed: 1.\n"
        "All tables, notes, and why cases were skipped: workspan info 'results/a b/result.json'\n"
    )
    assert "no CUDA device" not in text


def test_columns_without_a_value_are_left_out_and_every_line_fits() -> None:
    text = printed(ChangingMachine(1, moods=0.01).run(3))
    head = next(line for line in text.splitlines() if line.startswith("workload"))
    assert re.search(r"vs seq +machine +code +kernel$", head.rstrip())
    assert max(map(len, text.splitlines())) <= 120
    assert f"{ALWAYS} {SPEEDUP} kernel: T of that" in " ".join(text.split())


def legend_of(file: ResultFile) -> str:
    rows = answer_rows(headline(file), 0.02)
    return legend(rows, [title for title in rows[0] if any(row[title] != "-" for row in rows)])


def test_the_legend_is_of_the_columns_and_marks_on_the_screen() -> None:
    quiet = legend_of(gpu_run())
    assert (
        quiet == f"{ALWAYS} {SPEEDUP} kernel, with transfers: T of that host code / T on the GPU."
    )
    powers = {SEQ.replace("n:8", "n:4096"): 1.0}
    alone = [in_blocks(name, dict.fromkeys(ALL, t)) for name, t in powers.items()]
    assert legend_of(merged([process(k, alone, []) for k in (1, 2, 3)])) == (
        f"{ALWAYS} vs seq: T_seq / T."
    )
    one = [in_blocks(SEQ, ALL), in_blocks(TEAM, dict.fromkeys(ALL, 0.5))]
    rows = [in_blocks(f"read/omp/n:8/threads:{p}", dict.fromkeys(ALL, 0.2)) for p in (1, 2)]
    marked = legend_of(merged([process(1, one, []), process(1, rows, [])]))
    for text in ("*: the interval is within one process.", "^: the ceiling was", '"-": not'):
        assert text in marked
    assert "GPU" not in marked


def test_the_screen_says_how_quiet_the_machine_was() -> None:
    blocks = dict.fromkeys(range(1, 11), 1.0)
    cases = [in_blocks(SEQ, blocks, disturbed={1})]
    loud = [process(k, cases, [], disturbed=["steal"] if k < 3 else []) for k in (1, 2, 3)]
    said = "90.0 % of the judged samples were clean, 2 of 3 processes disturbed."
    assert quietness(merged(loud)) == said
    assert f"\n{said}\n" in printed(merged(loud))
    assert quietness(gpu_run()) == "100.0 % of the judged samples were clean."
    assert quietness(result([case(SEQ, [1.0])])) == ""


def test_a_run_without_a_workload_that_computes_has_its_whole_table() -> None:
    text = printed(result([case("busy/seq/n:8/grain:4/threads:1", [1.0], subject="concurrency")]))
    assert "n = 8, grain 4" in text and "host code" not in text
    assert "skipped: no CUDA device" in printed(result([without_times(SEQ)]))
