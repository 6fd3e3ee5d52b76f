# SPDX-License-Identifier: Apache-2.0
"""Histograms of durations: added up they lose nothing, so percentiles are taken of their sum."""

from collections.abc import Iterable, Mapping
from typing import Final

Histogram = Mapping[int, int]  # duration -> how many, at least one

FEWEST_ABOVE: Final = 10  # values above a percentile; below, it is a matter of chance


def added(histograms: Iterable[Histogram]) -> dict[int, int]:
    """The histogram of all their values."""
    total: dict[int, int] = {}
    for histogram in histograms:
        for duration, count in histogram.items():
            total[duration] = total.get(duration, 0) + count
    return total


def percentile(histogram: Histogram, per_mille: int) -> int | None:
    """The smallest duration that this share of the values does not exceed, 0 < per_mille < 1000.

    None with too few values: p99 takes 1000, p99.9 takes 10 000. In integers, so that exactly as
    many suffice.
    """
    count = sum(histogram.values())
    if count * (1000 - per_mille) < FEWEST_ABOVE * 1000:
        return None
    rank = -(-count * per_mille // 1000)
    below = 0
    for duration in sorted(histogram):
        below += histogram[duration]
        if below >= rank:
            return duration
    return None
