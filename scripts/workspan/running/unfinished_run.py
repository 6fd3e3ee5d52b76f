# SPDX-License-Identifier: Apache-2.0
"""A result of a run that cannot go on: its binary was rebuilt, or its machine is another one now."""

from pathlib import Path

from workspan.analysis.merge import merge_run
from workspan.resultfile.find import MANIFEST, RESULT, ROOTS
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.running.run_folder import read_run
from workspan.running.schedule import amount
from workspan.support.errors import UsageError


def run_folder(path: Path) -> Path | None:
    """The run that a path, or the name that `workspan list` shows, means; None where it means no run."""
    return next((root / path for root in ROOTS if (root / path / MANIFEST).is_file()), None)


def merge_folder(folder: Path) -> ResultFile:
    """What the finished invocations of a run say, marked as incomplete.

    Raises UsageError where there is none, or where the run is complete and has its result; InputError for a file that cannot be read.
    """
    manifest, journals = read_run(folder)
    result = folder / RESULT
    if result.exists() and read_result(result).workspan.run.complete:
        raise UsageError(
            f"{folder}: is complete, there is nothing to merge; its result is {result}"
        )
    if not journals:
        raise UsageError(
            f"{folder}: has no finished invocation, there is nothing to merge; start a new run"
        )
    return merge_run(
        journals,
        manifest.plan,
        complete=False,
        arguments=manifest.arguments,
        preset=manifest.options.preset,
        invocations=amount(manifest.options).invocations,
    )
