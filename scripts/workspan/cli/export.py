# SPDX-License-Identifier: Apache-2.0
"""workspan export: a result file in the formats of other tools."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspan.cli import options
from workspan.cli.arguments import A_FILE, EXPORT_FORMATS, Format, choice_of
from workspan.support.errors import Exit, UsageError
from workspan.support.text import valid_utf8

if TYPE_CHECKING:
    from workspan.resultfile.google.foreign_file import ForeignFile
    from workspan.resultfile.model import ResultFile

ExportFormat = Annotated[
    Format,
    typer.Option("--format", "-f", click_type=choice_of(EXPORT_FORMATS), help="Output format."),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", click_type=A_FILE, help="Write to this file instead of stdout."),
]
PerSample = Annotated[
    bool,
    typer.Option("--samples", help="csv, parquet: a row per sample instead of per invocation."),
]


def export(
    file: options.AnyResult,
    form: ExportFormat = Format.CSV,
    out: Out = None,
    samples: PerSample = False,
) -> int:
    """Write a result file as CSV, Parquet, Go's benchmark format or JUnit XML."""
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_cases
    from workspan.support.atomic_write import check_writable, write_atomically

    if samples and form not in (Format.CSV, Format.PARQUET):
        raise UsageError("--samples requires --format csv or parquet")
    if form is Format.PARQUET and out is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal; --out FILE writes it to a file")
    if out:
        check_writable(out, "--out", [file])
    data = _convert(read_cases(result_file(file)), valid_utf8(str(file)), form, samples)
    if out:
        write_atomically(out, data)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    return int(Exit.GOOD)


def _convert(content: "ResultFile | ForeignFile", name: str, form: Format, samples: bool) -> bytes:
    from workspan.report.export import to_csv, to_gobench, to_junit, to_parquet
    from workspan.report.frame import frame_of
    from workspan.resultfile.google.foreign_file import ForeignFile

    if form is Format.GOBENCH:
        return to_gobench(content)
    if form is Format.JUNIT:
        if isinstance(content, ForeignFile):
            raise UsageError(
                f"{name} is Google Benchmark JSON of another program, "
                "which has no failed cases to report as JUnit"
            )
        return to_junit(content)
    frame = frame_of(content, name, samples=samples)
    return to_csv(frame) if form is Format.CSV else to_parquet(frame)
