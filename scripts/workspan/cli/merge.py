# SPDX-License-Identifier: Apache-2.0
"""workspan merge: one result file from single invocations, or from an unfinished run."""

from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import A_FILE, A_RESULT
from workspan.support.errors import Exit
from workspan.support.text import plain


def merge(
    files: Annotated[
        list[Path],
        typer.Argument(
            click_type=A_RESULT,
            help="Result files of single invocations, as the binary writes them, or one "
            "unfinished run.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", click_type=A_FILE, help="File for the merged result (JSON)."),
    ],
) -> int:
    """Merge separate invocations of one machine and build, or an unfinished run, into one file."""
    from workspan.analysis.merge_files import merge_files
    from workspan.report.run_table import totals
    from workspan.resultfile.encode import encode_result
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_result
    from workspan.running.unfinished_run import find_run_folder, merge_unfinished
    from workspan.support.atomic_write import check_writable, write_atomically

    check_writable(out, "--out", files)
    if len(files) == 1 and (folder := find_run_folder(files[0])):
        merged = merge_unfinished(folder)
    else:
        paths = [result_file(path) for path in files]
        merged = merge_files([(str(path), read_result(path)) for path in paths])
    write_atomically(out, encode_result(merged))
    typer.echo(f"{plain(str(out))}: {totals(merged.workspan.cases)}")
    return int(Exit.GOOD)
