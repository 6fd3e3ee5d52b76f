# SPDX-License-Identifier: Apache-2.0
"""What a command says of a run with cases that failed: a line on stderr, and exit code 1."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workspan.support.errors import Exit, warn

if TYPE_CHECKING:
    from workspan.resultfile.model import ResultFile


def failures(file: "ResultFile") -> str:
    """How many cases failed, why the first one did, and which; empty if none did."""
    from workspan.analysis.verdicts.alarm import alarm_of
    from workspan.analysis.verdicts.run_alarms import failed_cases
    from workspan.report.answer.alarm_sentences import sentence

    alarm = alarm_of("failed", failed_cases(file), len(file.workspan.cases))
    return sentence(alarm) if alarm else ""


def exit_code(files: "Sequence[tuple[str, ResultFile]]") -> int:
    """Of a command that has shown these files, by name: 1 if a case of them failed, which it says;
    0 otherwise.
    """
    said = [(name, found) for name, file in files if (found := failures(file))]
    for name, found in said:
        warn(found if len(files) == 1 else f"{name}: {found}")
    return int(Exit.FAILED if said else Exit.GOOD)
