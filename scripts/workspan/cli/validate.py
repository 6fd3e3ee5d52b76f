# SPDX-License-Identifier: Apache-2.0
"""workspan validate: checks result files, and reports which rules they break."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import A_RESULT
from workspan.support.errors import Exit, WorkspanError
from workspan.support.text import plain


def validate(
    files: Annotated[
        list[Path], typer.Argument(click_type=A_RESULT, help="Result files (JSON), or runs.")
    ],
    max_mib: Annotated[
        int, typer.Option("--max-mib", min=1, help="Size limit per file, in MiB.")
    ] = 512,
    max_rows: Annotated[
        int,
        typer.Option("--max-rows", min=1, help="Limit of cases, invocations or rows per file."),
    ] = 1_000_000,
) -> int:
    """Check result files against types and rules. One line per violation: file, place, rule."""
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import ReadLimits, read_bytes, result_violations

    limits = ReadLimits(bytes=max_mib << 20, rows=max_rows)
    code = Exit.GOOD
    for path in files:
        found: Sequence[WorkspanError]
        try:
            place = result_file(path)
            found = result_violations(read_bytes(place, limits), str(place), limits)
        except WorkspanError as e:
            found = [e]
        for violation in found:
            typer.echo(plain(str(violation)))
            code = Exit.USAGE
        if not found:
            typer.echo(f"{plain(str(path))}: ok")
    return int(code)
