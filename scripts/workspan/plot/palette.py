# SPDX-License-Identifier: Apache-2.0
"""Colours and shapes by where code runs, the same in every figure and page: cold for CPUs, warm for
GPUs, one shape each.
"""

from dataclasses import dataclass
from typing import Final

from workspan.analysis.ratios.places import Place
from workspan.plot.style import Color


@dataclass(frozen=True)
class Look:
    """How the marks of a place look. marker: matplotlib's; size: its diameter in points."""

    color: Color
    marker: str
    size: float
    label: str  # {cpus}: how many there are


LOOKS: Final[dict[Place, Look]] = {
    Place.ONE: Look(Color("#4d4d4d", "#4d4d4d"), "s", 4.6, "1 CPU (seq)"),
    Place.TEAM: Look(Color("#0072b2", "#00639b"), "o", 5.2, "{cpus}, fastest code"),
    Place.HOST_LIBRARY: Look(Color("#56b4e9", "#1c6f9e"), "^", 5.4, "CPU library"),
    Place.GPU: Look(Color("#d55e00", "#b34e00"), "D", 4.6, "GPU, data resident"),
    Place.TRANSFERS: Look(Color("#e69f00", "#8a5f00"), "v", 5.4, "GPU with transfers"),
    Place.GPU_LIBRARY: Look(Color("#cc79a7", "#9b4a77"), "P", 5.8, "GPU library"),
    Place.MODEL: Look(Color("#009e73", "#007a59"), "X", 5.4, "execution model"),
}


def label_of(place: Place, cpus: int) -> str:
    """What the key says of a place."""
    return LOOKS[place].label.format(cpus=f"{cpus} CPUs")
