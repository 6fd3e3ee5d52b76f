# SPDX-License-Identifier: Apache-2.0
"""The runs in a folder: result files, and folders of runs that have none yet."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workspan.report.cells import short, without_edge
from workspan.resultfile.find import AGAIN, JOURNAL, MANIFEST, RESULT, is_ab_side, is_result
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import ResultFile, Status
from workspan.resultfile.read import read_any
from workspan.support.errors import InputError
from workspan.support.text import quantity

DEEPEST = 6  # folders


@dataclass(frozen=True)
class ListedRun:
    """A line of the list. broken: why the file cannot be read, or empty."""

    name: str
    date: str = ""
    machine: str = ""
    preset: str = ""
    state: str = ""
    cases: str = ""
    broken: str = ""


def find_runs(folder: Path) -> list[ListedRun]:
    """All runs below `folder`, by name; symbolic links to folders are not followed."""
    return sorted(_runs(folder), key=lambda run: run.name)


def _runs(folder: Path) -> Iterator[ListedRun]:
    for where, folders, files in os.walk(folder):
        here = Path(where)
        if len(here.relative_to(folder).parts) >= DEEPEST:
            folders.clear()
        if MANIFEST in files and RESULT not in files:
            left = sum(JOURNAL.fullmatch(name) is not None for name in files)
            what_now = AGAIN if is_ab_side(here) else "run --resume continues it"
            yield ListedRun(
                str(here.relative_to(folder)),
                state=f"unfinished, {quantity(left, 'invocation')}; {what_now}",
            )
        for name in files:
            if is_result(name):
                yield _run(here / name, folder)


def _run(path: Path, folder: Path) -> ListedRun:
    name = str((path.parent if path.name == RESULT else path.with_suffix("")).relative_to(folder))
    try:
        file = read_any(path)
    except InputError as e:
        return ListedRun(name, broken=str(e))
    return (
        ListedRun(name, state="of another program", cases=f"{len(file.series)} ok")
        if isinstance(file, ForeignFile)
        else _run_of_ours(name, file)
    )


def _run_of_ours(name: str, file: ResultFile) -> ListedRun:
    run, cpu = file.workspan.run, file.workspan.machine.cpu
    count = Counter(case.status for case in file.workspan.cases)
    cases = ", ".join(f"{count[status]} {status.value}" for status in Status if count[status])
    gpus = "".join(f", {gpu.name}" for gpu in file.workspan.machine.cuda.gpus[:1])
    state = quantity(run.invocations, "invocation") + ("" if run.complete else ", incomplete")
    return ListedRun(
        name,
        run.started.replace("T", " ").removesuffix("Z"),
        f"{cpu.model}, {cpu.cores} cores{gpus}",
        run.preset,
        state,
        cases,
    )


def print_runs(runs: Sequence[ListedRun], console: Console | None = None) -> None:
    """A table, then a line for each broken file."""
    console = console or Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = without_edge(console)
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for title in ("run", "date (UTC)", "machine", "preset", "state", "cases"):
        table.add_column(title, overflow="fold")
    for run in runs:
        if not run.broken:
            table.add_row(
                *(
                    Text(short(cell))
                    for cell in (run.name, run.date, run.machine, run.preset, run.state, run.cases)
                )
            )
    if table.row_count:
        console.print(table)
    for run in runs:
        if run.broken:
            console.print(Text(f"broken: {short(run.broken)}", style="red"), soft_wrap=True)
