# SPDX-License-Identifier: Apache-2.0
"""Which boxes and segments of a figure meet, all of one kind with all of another at once.

Boxes are rows of left, top, right, bottom; segments are rows of x, y of one end, x, y of the other.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
UPRIGHT: Final = 1e-9  # instead of a difference of 0, by which nothing can be divided


def boxes_touch(some: Floats, others: Floats) -> Truths:
    """A row for each of some, a column for each of the others: whether they share an area."""
    a, b = some[:, None], others[None]
    return np.asarray(
        (a[..., 0] < b[..., 2])
        & (b[..., 0] < a[..., 2])
        & (a[..., 1] < b[..., 3])
        & (b[..., 1] < a[..., 3])
    )


def segments_enter(segments: Floats, boxes: Floats) -> Truths:
    """A row for each segment, a column for each box: whether a part lies within (by slabs)."""
    begin, end, box = segments[:, None, :2], segments[:, None, 2:], boxes[None]
    step = end - begin
    step = np.where(step == 0, UPRIGHT, step)
    first, second = (box[..., :2] - begin) / step, (box[..., 2:] - begin) / step
    enters = np.minimum(first, second).max(axis=-1)
    leaves = np.maximum(first, second).min(axis=-1)
    return np.asarray(np.maximum(enters, 0) < np.minimum(leaves, 1))


def segments_cross(some: Floats, others: Floats) -> Truths:
    """A row for each of some, a column for each of the others; a common end is not a crossing."""
    a, b = some[:, None], others[None]
    return np.asarray(
        (_side(a, b[..., :2]) * _side(a, b[..., 2:]) < 0)
        & (_side(b, a[..., :2]) * _side(b, a[..., 2:]) < 0)
    )


def _side(segments: Floats, points: Floats) -> Floats:
    """Positive on one side of the line through a segment, negative on the other."""
    along = segments[..., 2:] - segments[..., :2]
    to = points - segments[..., :2]
    return np.asarray(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])
