# SPDX-License-Identifier: Apache-2.0
"""Where `CPU 3` is written in a timeline: above a bar of this CPU, without covering anything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from workspan.plot.page import Box

GAP: Final = 1.5  # between a label and its neighbour, in points


def place_labels(
    bars: Mapping[int, Sequence[Box]],
    widths: Mapping[int, float],
    height: float,
    panel: Box,
    taken: Sequence[Box],
) -> dict[int, Box]:
    """A place for the label of each CPU, by preference above its first bar.

    bars: of each CPU, in order of time; widths: of its label; taken: what must not be covered. A
    CPU whose label would cover something everywhere is left out.
    """
    placed: dict[int, Box] = {}
    occupied = [*taken, *(bar for of_cpu in bars.values() for bar in of_cpu)]
    for cpu in sorted(bars):
        for box in _candidates(bars[cpu], widths[cpu], height, panel):
            grown = Box(box.left - GAP, box.top, box.width + 2 * GAP, box.height)
            if not any(grown.touches(other) for other in occupied):
                placed[cpu] = box
                occupied.append(box)
                break
    return placed


def _candidates(bars: Sequence[Box], width: float, height: float, panel: Box) -> Iterator[Box]:
    """Above each bar, then behind it; moved to the left where the panel ends."""
    for bar in bars:
        yield Box(
            max(panel.left, min(bar.left, panel.right - width)), bar.top - height, width, height
        )
    for bar in bars:
        if bar.right + 2 * GAP + width <= panel.right:
            middle = bar.top + (bar.height - height) / 2
            yield Box(bar.right + 2 * GAP, middle, width, height)
