# SPDX-License-Identifier: Apache-2.0
"""Shows a report: on the terminal or in a file, in the format asked for."""

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from workspan.compare.across_machines import CrossReport, cross_sheet
from workspan.compare.cases import Report, Rules
from workspan.report.comparison_data import csv_text, json_text, junit_text
from workspan.report.comparison_markdown import markdown
from workspan.report.comparison_sheet import Sheet, sheet_of
from workspan.support.atomic_write import write_atomically

FORMATS = ("table", "markdown", "json", "csv", "junit")


def sheet(report: Report | CrossReport) -> Sheet:
    """The words of either kind of report."""
    return cross_sheet(report) if isinstance(report, CrossReport) else sheet_of(report)


def render(report: Report | CrossReport, form: str, rules: Rules) -> str:
    """The report as text in one of FORMATS; the table as for a file, without colour and as wide as it is."""
    if form == "table":
        out = io.StringIO()
        _print(report, out)
        return out.getvalue()
    if form == "markdown":
        return markdown(sheet(report))
    if form == "json":
        return json_text(report)
    return csv_text(report) if form == "csv" else junit_text(report, rules)


def show(report: Report | CrossReport, form: str, rules: Rules, output: Path | None = None) -> None:
    """Writes the report to a file, whole or not at all, or to stdout. Raises OSError."""
    if output is not None:
        write_atomically(output, render(report, form, rules).encode())
    elif form == "table":
        _print(report, sys.stdout)
    else:
        _tolerant(sys.stdout)
        sys.stdout.write(render(report, form, rules))


def _print(report: Report | CrossReport, out: TextIO) -> None:
    from rich.console import Console

    from workspan.report.comparison_terminal import print_table

    _tolerant(out)
    terminal = None if out is sys.stdout else False
    environment = (
        None
        if out is sys.stdout
        else {key: value for key, value in os.environ.items() if key != "FORCE_COLOR"}
    )
    print_table(
        sheet(report),
        Console(file=out, force_terminal=terminal, _environ=environment, markup=False, emoji=False),
    )


def _tolerant(out: TextIO) -> None:
    """A terminal that does not know a letter of somebody's name gets its code point."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="backslashreplace")
