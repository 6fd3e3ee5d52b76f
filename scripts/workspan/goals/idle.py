# SPDX-License-Identifier: Apache-2.0
"""Whether a machine was idle during a run: its samples had their cores, which did not move."""

from typing import Final, NamedTuple

import numpy as np

from workspan.resultfile.clean_samples import clean_samples
from workspan.resultfile.model import ResultFile

CLEAN: Final = 0.95  # of the samples of teams
TRIPS_AGREE: Final = 1.5  # factor between the round trips of two processes


class Idleness(NamedTuple):
    """clean: share of the samples of teams, None if the kernel told nothing.

    trips: the processes' longest round trip between cores over their shortest; None if unknown.
    """

    clean: float | None
    trips: float | None

    @property
    def idle(self) -> bool:
        """Unknown is not idle."""
        return self.clean is not None and self.clean >= CLEAN and self.same_cores

    @property
    def same_cores(self) -> bool:
        """Whether the threads stayed as far from each other as they were."""
        return self.trips is not None and self.trips <= TRIPS_AGREE

    def __str__(self) -> str:
        """In words."""
        clean = "unknown" if self.clean is None else f"{self.clean * 100:.1f} %"
        trips = "unknown" if self.trips is None else f"{self.trips:.2f}"
        word = "idle" if self.idle else "not idle"
        return f"{word}: {clean} of team samples clean, round trips within a factor {trips}"


def idleness(file: ResultFile) -> Idleness:
    """That of one run."""
    trips: dict[tuple[str, int], list[float]] = {}
    for case in file.workspan.cases:
        for i in case.invocations:
            if i.counted and i.round_trips:
                trips.setdefault((case.workload, i.number), []).extend(i.round_trips)
    middles = [float(np.median(times)) for times in trips.values()]
    factor = max(middles) / min(middles) if middles else None
    return Idleness(clean_samples(file, teams_only=True).share, factor)
