# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines."""

import io
import re
from dataclasses import replace

from rich.console import Console

from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.compare.across_machines import (
    Gains,
    MachinePair,
    MachineReport,
    Mean,
    Side,
)
from workspan.compare.differences import Difference
from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import render
from workspan.report.comparison.comparison_terminal import print_table
from workspan.report.comparison.machines_sheet import (
    BEST,
    FACTORS,
    UNKNOWN,
    WITHIN,
    columns,
    direction,
    machines_sheet,
)
from workspan.stats.ratios import Estimate


def side(name: str, time: float, machine: float | None = None, code: float | None = None) -> Side:
    known = (None if x is None else Estimate(x, None, 3) for x in (machine, code))
    return Side(name, time, *known)


SEQ = "copy/seq/n:8/threads:1"
ALONE = MachinePair(side(SEQ, 2e-3), side(SEQ, 1e-3), Estimate(2, (1.9, 2.1), 3), "memory")
TEAM = MachinePair(
    side("copy/omp/n:8/threads:2", 1e-3, 1.8, 0.9),
    side("copy/omp/n:8/threads:64", 1e-4, 40, 0.5),
    Estimate(10, None, 2),
    "memory",
)
MEANS = [
    Mean("host", "all", 10, (9, 11), 3),
    Mean("host", "arithmetic", 20, None, 1),
    Mean("host", "memory", 5, None, 2),
]
REPORT = MachineReport(
    [ALONE, TEAM],
    {"host": [TEAM]},
    MEANS,
    "a",
    "b",
    cpus=(2, 64),
    gains=(
        Gains(MachineGain(1.9, 1.9, 1.9, 1)),
        Gains(memory=MachineGain(9, 8.1, 9.9, 5)),
    ),
    differences=[Difference("cores", "2", "64")],
    left_out=3,
)


def test_each_case_has_its_times_their_ratio_and_the_factors_of_both() -> None:
    sheet = machines_sheet(REPORT)
    host, cases = sheet.sections
    assert [(s.word, s.heading) for s in sheet.sections] == [
        ("HOST", "1: by the best host code of each machine"),
        ("CASES", "2: every common case"),
    ]
    assert cases.rows == [
        [SEQ, "2.00 ms", "1.00 ms", "2.00", "1.90 .. 2.10", "", "", "", ""],
        [
            *("copy/omp/n:8/threads:2 and 64", "1.00 ms", "100 us", "10", ""),
            *("1.80", "40.0", "0.90", "0.50"),
        ],
    ]
    assert host.rows[0][0] == "copy/n:8 by omp (2), omp (64)"
    assert (sheet.sides, sheet.differences) == (
        [("A", "a"), ("B", "b")],
        [("cores", "2", "64")],
    )


def test_the_first_line_answers_and_the_means_have_their_intervals() -> None:
    assert machines_sheet(REPORT).summary == [
        "B is 10.0 times as fast as A, by the best host code of 3 common problems:"
        " 20.0 in arithmetic, 5.00 in memory",
        "best host code: T_A / T_B 10 [9.00 .. 11] of 3; arithmetic-bound 20 of 1;"
        " memory-bound 5.00 of 2",
        "A: 2 CPUs gave 1.90 times the arithmetic of one (one process)",
        "B: 64 CPUs gave 9.00 (8.10 to 9.90) times the memory bandwidth of one",
        "2 common cases; 3 of one machine only",
    ]


def test_a_slower_second_machine_is_judged_by_the_factor_of_the_first_one() -> None:
    slower = replace(REPORT, means=[Mean("host", "all", 0.25, None, 1)])
    assert machines_sheet(slower).summary[0] == (
        "A is 4.00 times as fast as B, by the best host code of 1 common problem: geometric mean"
    )


def test_gpus_alone_are_answered_by_their_kernels() -> None:
    gpu = replace(REPORT, best={"kernel": [ALONE]}, means=[Mean("kernel", "all", 2, None, 1)])
    sheet = machines_sheet(gpu)
    assert sheet.summary[0].startswith("B is 2.00 times as fast as A, by the GPU, data resident")
    assert sheet.sections[0].rows[0][0] == "copy/n:8 by seq (1)"


def test_notes_say_what_the_numbers_are() -> None:
    assert machines_sheet(REPORT).notes == [direction(("A", "B")), BEST, FACTORS, UNKNOWN]
    one = replace(ALONE, ratio=Estimate(2, (1.9, 2.1), 1, within_one_process=True))
    sheet = machines_sheet(MachineReport([one]))
    assert sheet.notes == [direction(("A", "B")), WITHIN]
    assert sheet.sections[0].rows[0][4] == "1.90 .. 2.10*"


def test_both_columns_of_a_factor_are_left_out_together() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=90)
    print_table(machines_sheet(REPORT), console)
    said = " ".join(out.getvalue().split())
    assert "no room for columns machine: A, B, code: A, B; --format csv has all" in said
    assert "T_A / T_B" in said


def test_each_heading_ends_above_its_numbers() -> None:
    lines = render(REPORT, "table", Thresholds()).splitlines()
    (heading, *_), team = (
        [line for line in lines if "machine: A" in line],
        next(line for line in lines if "threads:2 and 64" in line),
    )
    for title, number in (("T_A / T_B", " 10  "), ("machine: A", "1.80  ")):
        assert heading.index(title) + len(title) == team.index(number) + len(number) - 2


def test_without_cases_there_is_no_section() -> None:
    assert machines_sheet(MachineReport([])).sections == []


def test_neither_machine_is_old_or_new() -> None:
    """The sides are said once; their names are those that the caller chose."""
    for form in ("table", "markdown"):
        words = set(re.findall(r"\w+", render(REPORT, form, Thresholds())))
        assert not {"old", "new"} & words
    sheet = machines_sheet(replace(REPORT, sides=("A", "C")))
    assert sheet.sides == [("A", "a"), ("C", "b")]
    assert sheet.names == ("A", "C")
    assert sheet.summary[0].startswith("C is 10.0 times as fast as A")
    assert [column.title for column in columns(("A", "C"))[1:4]] == ["A", "C", "T_A / T_C"]
    properties = render(replace(REPORT, sides=("A", "C")), "junit", Thresholds())
    assert '<property name="C" value="b"' in properties
