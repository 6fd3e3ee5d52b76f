# SPDX-License-Identifier: Apache-2.0
"""workspan list: the runs in a folder."""

from pathlib import Path
from typing import Annotated

import typer

from workspan.cli.arguments import A_FOLDER
from workspan.support.errors import Exit, NothingError, UsageError


def list_runs(
    folder: Annotated[
        Path, typer.Argument(click_type=A_FOLDER, help="The folder with the results.")
    ] = Path("results"),
) -> int:
    """List runs: name, date, machine, preset, invocations and outcomes."""
    from workspan.report.run_list import find_runs, print_runs

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; workspan list FOLDER lists the runs in it")
    runs = find_runs(folder)
    if not runs:
        raise NothingError(f"no runs in {folder}; workspan run creates one")
    print_runs(runs)
    return int(Exit.USAGE if any(run.broken for run in runs) else Exit.GOOD)
