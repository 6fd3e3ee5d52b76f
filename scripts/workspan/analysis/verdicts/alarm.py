# SPDX-License-Identifier: Apache-2.0
"""An alarm, and what makes one: a doubt about a case or about a run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workspan.analysis.verdicts.finding import Number


@dataclass(frozen=True)
class Alarm:
    """One doubt and all cases it concerns, the worst first.

    numbers: of the worst case; times in seconds, ratios and shares without a unit. of: how many
    cases could have had it.
    """

    code: str
    cases: tuple[str, ...]
    numbers: Mapping[str, Number] = field(default_factory=dict)
    of: int = 0


class Hit(NamedTuple):
    """A case, or "" for the run; how bad it is (the largest is worst), and its numbers."""

    case: str
    badness: float
    numbers: dict[str, Number]


def alarm_of(code: str, hits: Iterable[Hit], of: int) -> Alarm | None:
    """That of these cases, the worst first; None without any."""
    by_badness = sorted(hits, key=lambda hit: -hit.badness)
    if not by_badness:
        return None
    names = tuple(dict.fromkeys(hit.case for hit in by_badness))
    return Alarm(code, names, by_badness[0].numbers, of)
