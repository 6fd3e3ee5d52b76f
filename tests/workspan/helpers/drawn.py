# SPDX-License-Identifier: Apache-2.0
"""What a figure shows, from its renderer: texts and bars with the boxes that they fill."""

import itertools
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from workspan.plot.style import style


def texts_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """All visible texts, with their boxes in pixels."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    with style():
        return [
            (text.get_text(), text.get_window_extent(renderer))
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]


def bars_of(figure: Figure) -> list[Bbox]:
    """All bars, in pixels."""
    return [
        collection.get_transform().transform_path(path).get_extents()
        for collection in figure.findobj(PolyCollection)
        for path in collection.get_paths()
    ]


def overlaps(boxes: Sequence[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other by more than a pixel of 300 an inch."""
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]
