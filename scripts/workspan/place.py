# SPDX-License-Identifier: Apache-2.0
"""Which file a user means by a file, a run's folder, or the name that `workspan list` shows."""

import difflib
from pathlib import Path

from workspan.errors import UsageError

RESULT = "result.json"
ROOTS = (Path(), Path("results"), Path("results/local"))


def result_file(path: Path) -> Path:
    """The result file itself. Raises UsageError with the nearest name where there is none."""
    for candidate in (root / path for root in ROOTS):
        if candidate.is_dir():
            return _inside(candidate)
        if candidate.exists():
            return candidate
    folders = [(root / path).parent for root in ROOTS]
    known = {entry.name: entry for folder in reversed(folders) if folder.is_dir() for entry in folder.iterdir()}
    near = difflib.get_close_matches(path.name, known, n=1, cutoff=0.5)
    raise UsageError(
        f"{path}: there is no such file or run; " + (f"did you mean {known[near[0]]}?" if near else "workspan list shows the runs")
    )


def _inside(folder: Path) -> Path:
    if (folder / RESULT).exists():
        return folder / RESULT
    if (folder / "manifest.json").exists():
        raise UsageError(f"{folder}: was cut off before it had a result; finish it with: workspan run --resume {folder}")
    raise UsageError(f"{folder}: is a folder without a {RESULT}; name a result file, or a run's folder")
