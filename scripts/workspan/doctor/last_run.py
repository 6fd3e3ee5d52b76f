# SPDX-License-Identifier: Apache-2.0
"""Whether the samples of the last run on this machine had their cores."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workspan.doctor.finding import Facts, Finding, LastRun, note, ok
from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.find import RESULT
from workspan.resultfile.read import read_result
from workspan.support.errors import InputError

RESULTS: Final = Path("results/local")  # where `workspan run` puts runs unless told otherwise
ENOUGH: Final = 0.95  # share of clean samples of an idle machine


def newest_run(folder: Path) -> LastRun | None:
    """The run of this folder that ended last; None without one that can be read."""
    try:
        newest = max(folder.glob(f"*/{RESULT}"), key=lambda file: file.stat().st_mtime)
        return LastRun(newest.parent.name, clean_samples(read_result(newest)))
    except (ValueError, OSError, InputError):
        return None


def clean(facts: Facts) -> Iterator[Finding]:
    """The share of clean samples, of host cases of one thread or a team."""
    last = facts.last
    if last is None or last.clean.share is None:
        return
    found = f"{last.clean.share * 100:.0f} % of {last.clean.all} samples clean in {last.name}"
    if last.clean.share >= ENOUGH:
        yield ok("last run", found)
    else:
        yield note(
            "last run",
            f"{found}; in the others a thread waited for a CPU",
            "end other processes (top lists them) and measure again",
        )
