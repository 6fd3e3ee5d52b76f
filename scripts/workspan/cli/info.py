# SPDX-License-Identifier: Apache-2.0
"""workspan info: what a result file says, for a person."""

from pathlib import Path
from typing import Annotated

import typer

from workspan.support.errors import Exit


def info(
    file: Annotated[
        Path,
        typer.Argument(help="A result file, a run, or Google Benchmark JSON of another program."),
    ],
) -> int:
    """Show machine, build, run, disturbances and the table of a result file."""
    from workspan.report.run_info import print_info
    from workspan.resultfile.find import result_file
    from workspan.resultfile.read import read_any

    print_info(read_any(result_file(file)))
    return int(Exit.GOOD)
