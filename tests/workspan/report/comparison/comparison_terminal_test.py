# SPDX-License-Identifier: Apache-2.0
"""The table of a comparison on terminals of any width."""

import dataclasses
import io
import re

import pytest
from reports import nasty_report, twelve_cases
from rich.cells import cell_len
from rich.console import Console

from workspan.compare.cases import Report
from workspan.compare.differences import Difference
from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import render
from workspan.report.comparison.comparison_sheet import comparison_sheet
from workspan.report.comparison.comparison_terminal import print_table


def on_terminal(report: Report, width: int, **options: object) -> str:
    out = io.StringIO()
    print_table(
        comparison_sheet(report),
        Console(file=out, width=width, force_terminal=True, color_system=None, **options),
    )  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("width", [20, 40, 80, 100, 140, 300])
@pytest.mark.parametrize("report", [twelve_cases(), nasty_report()], ids=["plain", "nasty"])
def test_no_line_exceeds_the_width_of_the_terminal(width: int, report: Report) -> None:
    lines = on_terminal(report, width).split("\n")
    assert (
        max(
            cell_len(line.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", ""))
            for line in lines
        )
        <= width
    )


def test_columns_without_room_are_left_out_and_named() -> None:
    assert "no room" not in on_terminal(twelve_cases(), 140)
    text = on_terminal(twelve_cases(), 80)
    assert "no room for columns needed, q, old, new" in text.replace("\n", " ")
    assert all(f"w{i}/variant_{i}/n:16777216" in text for i in range(12))
    assert all(sign in text for sign in ("change", "95 % interval", "+11.0 %"))


def differing(width: int, *differences: Difference) -> list[str]:
    report = dataclasses.replace(twelve_cases(), differences=list(differences))
    text = re.sub("\x1b\\[[0-9]*m", "", on_terminal(report, width))
    lines = [line.rstrip() for line in text.split("\n")]
    first = next(i for i, line in enumerate(lines) if line.startswith("differs"))
    return lines[first : lines.index("", first)]


def test_values_that_have_no_room_stand_below_each_other_and_whole() -> None:
    commit = Difference("build.git_commit", "0" * 40, "1" * 40)
    kernel = Difference("machine.kernel", "6", "7")
    assert differing(100, kernel, commit)[2].split() == [commit.what, commit.old, commit.new]
    assert differing(80, kernel, commit) == [
        "differs           old  new",
        "machine.kernel    6    7",
        "build.git_commit",
        f"  old  {'0' * 40}",
        f"  new  {'1' * 40}",
    ]


def test_of_very_long_values_the_part_that_differs_is_shown() -> None:
    flags = "-O3 " * 200
    lines = " ".join(differing(100, Difference("build.flags", f"{flags}-g", f"{flags}-s")))
    assert lines.count("...") == 2
    assert lines.count("-g") == lines.count("-s") == 1
    lines = " ".join(differing(100, Difference("build.flags", f"-g {flags}", f"-s {flags}")))
    assert lines.count("-g") == lines.count("-s") == 1
    assert len(lines) < 700


def test_without_a_terminal_lines_are_whole_and_the_most_urgent_is_last() -> None:
    text = render(twelve_cases(), "table", Thresholds())
    lines = [line for line in text.split("\n") if "w11/" in line]
    assert len(lines) == 1
    assert all(word in lines[0] for word in ("1 s", "+11.0 %", "<0.0001"))
    assert (
        text.index("SAME")
        < text.index("INCONCLUSIVE")
        < text.index("SLOWER")
        < text.index("12 cases:")
    )
