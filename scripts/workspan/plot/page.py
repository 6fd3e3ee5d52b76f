# SPDX-License-Identifier: Apache-2.0
"""A figure as a page that is filled from top to bottom: lines of text, panels, a key.

Lengths are points, y runs downwards. The page is measured before it is drawn, since its height
follows from its contents.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workspan.plot.style import POINTS_PER_MM, Font, new_figure, style, wrapped

MARGIN: Final = 4.0


@dataclass(frozen=True)
class Box:
    """A rectangle on the page."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def touches(self, other: "Box") -> bool:
        """Whether the two have an area in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True)
class _Line:
    text: str
    font: Font
    left: float
    top: float


@dataclass
class Page:
    """What will be drawn; `height` is what it needs so far."""

    width_mm: float
    height: float = MARGIN
    _lines: list[_Line] = field(default_factory=list)
    _panels: list[tuple[Box, Callable[[Axes], None]]] = field(default_factory=list)

    @property
    def width(self) -> float:
        """In points."""
        return self.width_mm * POINTS_PER_MM

    def text(self, text: str, font: Font, separator: str = " ") -> None:
        """Adds a paragraph, wrapped at the width of the page; words that are wider are cut."""
        for line in wrapped(text, font, self.width - 2 * MARGIN, separator):
            self._lines.append(_Line(line, font, MARGIN, self.height))
            self.height += font.line

    def label(self, text: str, font: Font, left: float, top: float) -> None:
        """Adds one line somewhere on the page."""
        self._lines.append(_Line(text, font, left, top))

    def space(self, height: float) -> None:
        """Leaves room."""
        self.height += height

    def panel(self, left: float, right: float, height: float, draw: Callable[[Axes], None]) -> Box:
        """Adds axes between two margins; `draw` fills them when the page is drawn."""
        box = Box(left, self.height, self.width - left - right, height)
        self._panels.append((box, draw))
        self.height += height
        return box

    def figure(self) -> Figure:
        """The page, drawn."""
        height = self.height + MARGIN
        with style():
            figure = new_figure(self.width_mm, height)
            for box, draw in self._panels:
                shape = (box.left, height - box.bottom, box.width, box.height)
                draw(figure.add_axes(_shares(shape, self.width, height)))
            for line in self._lines:
                left, top = line.left / self.width, 1 - line.top / height
                figure.text(left, top, va="top", **line.font.arguments(line.text))
        return figure


def _shares(
    shape: Sequence[float], width: float, height: float
) -> tuple[float, float, float, float]:
    left, bottom, wide, high = shape
    return left / width, bottom / height, wide / width, high / height
