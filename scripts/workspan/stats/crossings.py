# SPDX-License-Identifier: Apache-2.0
"""Where a measured curve crosses zero, and how well the measurements tell that.

The curve is linear between its points. Its crossing lies where the interval of the curve's height
includes zero (Fieller 1954): no division by a slope that noise may turn over, and never outside of
the points.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from workspan.stats.intervals import CONFIDENCE, Floats, t_quantile
from workspan.stats.ratios import FEWEST_PROCESSES

STEPS: Final = 1024  # of the grid on which the heights are looked at


class Crossing(NamedTuple):
    """x of the first crossing, and its interval; None: too few processes to say."""

    x: float
    interval: tuple[float, float] | None


def crossing_of_processes(
    x: Sequence[float], heights: Floats, level: float = CONFIDENCE
) -> Crossing | None:
    """Of curves of independent processes, a row each; interval by t, from 3 processes on."""
    mean = heights.mean(axis=0)
    if len(heights) < FEWEST_PROCESSES:
        return _crossing(x, mean, None)
    t = t_quantile(len(heights) - 1, (1 + level) / 2)
    curves = _on_grid(x, heights)
    half = t * curves.std(axis=0, ddof=1) / math.sqrt(len(heights))
    middle = curves.mean(axis=0)
    return _crossing(x, mean, (middle - half <= 0) & (middle + half >= 0))


def crossing_of_draws(
    x: Sequence[float], heights: Sequence[float], draws: Floats, level: float = CONFIDENCE
) -> Crossing | None:
    """Of one process, by bootstrapped curves, a row each; heights: the measured curve."""
    tail = (1 - level) / 2
    low, high = np.quantile(_on_grid(x, draws), [tail, 1 - tail], axis=0)
    return _crossing(x, np.asarray(heights), (low <= 0) & (high >= 0))


def interpolation_error(x: Sequence[float], heights: Sequence[float]) -> float | None:
    """The largest error of interpolating a point between its neighbours; None below 3 points."""
    errors = [
        abs(heights[k] - np.interp(x[k], [x[k - 1], x[k + 1]], [heights[k - 1], heights[k + 1]]))
        for k in range(1, len(x) - 1)
    ]
    return float(max(errors)) if errors else None


def _on_grid(x: Sequence[float], curves: Floats) -> Floats:
    grid = _grid(x)
    right = np.clip(np.searchsorted(x, grid, side="right"), 1, len(x) - 1)
    known = np.asarray(x)
    share = (grid - known[right - 1]) / (known[right] - known[right - 1])
    return np.asarray(curves[:, right - 1] * (1 - share) + curves[:, right] * share)


def _grid(x: Sequence[float]) -> Floats:
    return np.linspace(x[0], x[-1], STEPS + 1, dtype=np.float64)


def _crossing(x: Sequence[float], heights: Floats, covers: Floats | None) -> Crossing | None:
    """None if the curve does not change its sign."""
    for k in range(len(x) - 1):
        left, right = float(heights[k]), float(heights[k + 1])
        if left != right and left * right <= 0:
            at = x[k] + (x[k + 1] - x[k]) * left / (left - right)
            return Crossing(at, None if covers is None else _hull(x, at, covers))
    return None


def _hull(x: Sequence[float], at: float, covers: Floats) -> tuple[float, float]:
    """From the first to the last place that may be the crossing, the crossing itself included."""
    places = _grid(x)[np.asarray(covers, dtype=bool)]
    return (min(at, *places[:1]), max(at, *places[-1:])) if len(places) else (at, at)
