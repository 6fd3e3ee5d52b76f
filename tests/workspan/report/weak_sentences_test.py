# SPDX-License-Identifier: Apache-2.0
"""Weak scaling as a table and in sentences."""

import io
import re
from dataclasses import replace
from typing import get_args

from rich.console import Console
from weak_runs import gustafson, weak_run

from workspan.analysis.laws.weak_scaling import Refusal, WeakPoint, WeakScaling, weak_scalings
from workspan.report.answer.analysis_report import render
from workspan.report.answer.answer import print_answer
from workspan.report.cells import PROSE_COLUMNS
from workspan.report.run_table import print_result
from workspan.report.weak_sentences import COLUMNS, REFUSALS, answer, refusals, table
from workspan.stats.ratios import Estimate

EXACT = Estimate(1.0, None, 5, exact=True)


def scaling(
    serial: Estimate | None, refusal: Refusal | None = None, kink: int | None = None
) -> WeakScaling:
    points = (
        WeakPoint(1, 1024, 1.0, EXACT, EXACT),
        WeakPoint(8, 2048, 0.998, Estimate(6.5, (6.25, 6.75), 5), Estimate(7.2, (7.0, 7.4), 5)),
    )
    return WeakScaling("gemm", 1024, {"input": "x"}, "omp", points, serial, refusal, kink)


def test_a_row_is_the_largest_number_of_threads() -> None:
    head, row = table([scaling(Estimate(0.1, (0.05, 0.15), 5))])
    assert head == COLUMNS
    assert row == (
        *("gemm x omp", "2^10", "2^11 on 8", "1.00"),
        *("6.50 [6.25, 6.75]", "7.20 [7.00, 7.40]", "10 % [5, 15]"),
    )


def test_no_serial_part_and_none_told() -> None:
    _, row = table([scaling(Estimate(0.01, (-0.01, 0.03), 5))])
    assert row[-1] == "below 3 %"
    _, row = table([scaling(None, "few_processes")])
    assert row[-1] == "-"


def test_every_refusal_has_words() -> None:
    assert set(REFUSALS) == set(get_args(Refusal))


def test_curves_that_are_refused_alike_share_a_sentence() -> None:
    few = scaling(None, "few_teams")
    assert refusals([few, few, scaling(None, "not_the_law", 8), scaling(EXACT)]) == [
        "No law is fitted to 2 curves: fewer than 3 numbers of threads, up to that of CPUs, tell no"
        " law; measure more of them with workspan run --weak --threads 1,2,4,all (gemm x omp).",
        "No law is fitted to 1 curve: the law does not hold, since the rate breaks at 8 threads"
        " (gemm x omp).",
    ]


def test_analyze_has_a_section_of_it() -> None:
    file = weak_run((1, 2, 4, 8), gustafson(0.05))
    lines = render(file, "text").splitlines()
    assert "Weak scaling" in lines
    assert "Scaling" not in lines
    (row,) = [line for line in lines if line.startswith("reduce omp  1000")]
    assert len(weak_scalings(file)) == 1
    assert re.search(r" [45]\.?\d? % \[4\.\d, 5\.\d\]$", row)
    assert len(row) <= PROSE_COLUMNS
    two = render(weak_run((1, 2), gustafson(0.05)), "text")
    words = " ".join(two.split())
    assert "No law is fitted to 1 curve: fewer than 3 CPUs were usable, too few for a law" in words
    assert "--threads" not in words


def test_the_answer_is_the_largest_size_of_the_best_code() -> None:
    best = scaling(EXACT)
    one, team = best.points
    slower = replace(team, machine=None, speedup=Estimate(2.0, None, 5))
    slow = replace(best, workload="fft", points=(one, slower))
    smaller = replace(slow, workload="gemm", n=512)
    assert answer([]) == answer([replace(best, points=best.points[:1])]) == ""
    gemm = "8 threads do 6.50 [6.25, 6.75] times the work of one (gemm x omp, the machine 7.20)"
    fft = "8 threads do 2.00 times the work of one (fft x omp)"
    begin = "With as much work for each thread, "
    assert answer([smaller, best]) == f"{begin}{gemm}."
    assert answer([slow, smaller, best]) == f"{begin}{gemm} at most, {fft} at least."


def test_the_screen_and_info_show_it() -> None:
    file = weak_run((1, 2, 4, 8), gustafson(0.05))
    screen, tables = io.StringIO(), io.StringIO()
    print_answer(file, [], Console(file=screen))
    print_result(file, Console(file=tables))
    assert "With as much work for each thread, 8 threads do" in screen.getvalue()
    shown = tables.getvalue()
    assert "weak scaling\n" in shown and "Machine: the same of the ceiling" in shown
    assert re.search(r"reduce omp +1000 +8000 on 8 +1.00 +7\.\d+ \[[\d., ]+\] +8\.\d+ \[", shown)
