# SPDX-License-Identifier: Apache-2.0
"""CPU time between two states of the machine, and how much of it other processes used."""

import math
from collections.abc import Sequence
from typing import Literal

from workspan.resultfile.machine_model import State


def increase(before: float | str, after: float | str) -> float | None:
    """The increase of a counter; None if unknown, or if it fell, since then it was reset."""
    if isinstance(before, str) or isinstance(after, str) or after < before:
        return None
    return after - before


def increase_on(
    cpus: Sequence[int], before: State, after: State, counter: Literal["busy", "steal"]
) -> float | None:
    """The increase on these CPUs, or on all CPUs if one of them is missing in a state."""
    rows: list[dict[str, float]] = [
        getattr(state, f"{counter}_by_cpu") for state in (before, after)
    ]
    names = {str(cpu) for cpu in cpus}
    if names and all(names <= row.keys() for row in rows):
        return increase(*(math.fsum(row[name] for name in names) for row in rows))
    return increase(getattr(before, counter), getattr(after, counter))


def of_others(busy: float | None, own: float) -> float | None:
    """Seconds of a busy time that were not our own; None if containers hide what others use."""
    return None if busy is None or busy < own / 2 else busy - own
