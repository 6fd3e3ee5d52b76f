# SPDX-License-Identifier: Apache-2.0
"""Alarms: what may mislead a reader of this run, the most serious first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workspan.resultfile.model import ResultFile
from workspan.stats.ratios import Estimate

MOST: Final = 8  # shown; the others are counted


@dataclass(frozen=True)
class Alarm:
    """One doubt and all cases it concerns, the worst first. numbers: of the worst case."""

    code: str
    cases: tuple[str, ...]
    numbers: Mapping[str, Estimate | float | int | str] = field(default_factory=dict)


def alarms(file: ResultFile) -> tuple[Alarm, ...]:
    """At most one of each code, the most serious first."""
    raise NotImplementedError
