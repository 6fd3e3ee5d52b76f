# SPDX-License-Identifier: Apache-2.0
"""The result of a run that cannot be resumed, since its binary or its machine has changed."""

from pathlib import Path

from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.find import MANIFEST, RESULT, ROOTS
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.running.run_folder import read_run
from workspan.running.schedule import run_budget
from workspan.support.errors import UsageError


def find_run_folder(path: Path) -> Path | None:
    """The run at this path, or of this name in `workspan list`; None if it is not a run."""
    return next((root / path for root in ROOTS if (root / path / MANIFEST).is_file()), None)


def merge_unfinished(folder: Path) -> ResultFile:
    """The finished invocations of a run, merged and marked as incomplete.

    Raises UsageError if there are none, or if the run is complete and has its result; InputError
    for a file that cannot be read.
    """
    manifest, journals = read_run(folder)
    result = folder / RESULT
    if result.exists() and read_result(result).workspan.run.complete:
        raise UsageError(f"{folder}: is complete, nothing to merge; its result is {result}")
    if not journals:
        raise UsageError(f"{folder}: has no finished invocation, nothing to merge; start a new run")
    options = manifest.options
    request = RunRequest(manifest.arguments, options.preset, run_budget(options).invocations)
    return merge_run(journals, manifest.plan, request, complete=False)
