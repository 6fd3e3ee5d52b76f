# SPDX-License-Identifier: Apache-2.0
"""Shows a comparison on the terminal, or writes it to a file, in any of its formats."""

import io
import os
import sys
from pathlib import Path
from typing import Final, TextIO

from workspan.compare.across_machines import MachineReport
from workspan.compare.cases import Report
from workspan.compare.verdict import Thresholds
from workspan.report.cells import room_of
from workspan.report.comparison.comparison_data import csv_text, json_text, junit_text
from workspan.report.comparison.comparison_markdown import markdown_text
from workspan.report.comparison.comparison_sheet import Sheet, comparison_sheet
from workspan.report.comparison.machines_sheet import machines_sheet
from workspan.support.atomic_write import write_atomically

ANY_WIDTH: Final = 1_000_000
FORMATS = ("table", "markdown", "json", "csv", "junit")


def build_sheet(report: Report | MachineReport) -> Sheet:
    """The sheet of either kind of report."""
    return machines_sheet(report) if isinstance(report, MachineReport) else comparison_sheet(report)


def render(report: Report | MachineReport, form: str, thresholds: Thresholds) -> str:
    """The report as text in one of FORMATS; the table without colour and of any width."""
    if form == "table":
        out = io.StringIO()
        _print_table(report, out)
        return out.getvalue()
    if form == "markdown":
        return markdown_text(build_sheet(report))
    if form == "json":
        return json_text(report)
    return csv_text(report) if form == "csv" else junit_text(report, thresholds)


def show(
    report: Report | MachineReport, form: str, thresholds: Thresholds, output: Path | None = None
) -> None:
    """Writes the report to a file, whole or not at all, or to stdout. Raises OSError."""
    if output is not None:
        write_atomically(output, render(report, form, thresholds).encode())
    elif form == "table":
        _print_table(report, sys.stdout)
    else:
        _escape_unencodable(sys.stdout)
        sys.stdout.write(render(report, form, thresholds))


def _print_table(report: Report | MachineReport, out: TextIO) -> None:
    """As wide as the terminal, or PROSE_COLUMNS if stdout is none; in a file of any width."""
    from rich.console import Console

    from workspan.report.comparison.comparison_terminal import print_table

    _escape_unencodable(out)
    if out is sys.stdout:
        console = Console(file=out, markup=False, emoji=False)
        console.width = room_of(console)
    else:
        plain = {key: value for key, value in os.environ.items() if key != "FORCE_COLOR"}
        console = Console(
            file=out,
            width=ANY_WIDTH,
            force_terminal=False,
            markup=False,
            emoji=False,
            _environ=plain,
        )
    print_table(build_sheet(report), console)


def _escape_unencodable(out: TextIO) -> None:
    """Characters that the stream cannot encode become their code points."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
