# SPDX-License-Identifier: Apache-2.0
"""What all figures have in common: palette, fonts, sizes, and saving the same bytes every time.

Lengths are points (1/72 inch) but for the width of a figure, which journals give in millimetres.
Nothing but plot/ imports matplotlib, no window is ever opened, and the user's matplotlibrc has no
effect.
"""

import contextlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import matplotlib
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

WIDTHS: Final = (85, 180)  # mm: one column, two columns
POINTS_PER_MM: Final = 72 / 25.4
HIGHEST: Final = 240 * POINTS_PER_MM  # a column of a page
PNG_DPI: Final = 300


@dataclass(frozen=True)
class Font:
    """DejaVu Sans as matplotlib ships it, so that every machine draws the same letters."""

    size: float
    color: str = "#1a1a1a"
    bold: bool = False

    @property
    def line(self) -> float:
        """Height of a line of text."""
        return 1.25 * self.size

    def colored(self, color: str) -> "Font":
        """The same font in another colour."""
        return Font(self.size, color, self.bold)

    def properties(self) -> FontProperties:
        """The font for matplotlib."""
        return _properties(self.size, self.bold)

    def arguments(self) -> dict[str, Any]:
        """Keywords of a text. Names come from files: a dollar sign does not begin a formula."""
        return {
            "fontproperties": self.properties(),
            "color": self.color,
            "parse_math": False,
        }


@cache
def _properties(size: float, bold: bool) -> FontProperties:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return FontProperties(
        family="DejaVu Sans",
        weight="bold" if bold else "normal",
        size=size,
        fname=str(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")),
    )


HEADING: Final = Font(9, bold=True)  # above several panels
TITLE: Final = Font(8, bold=True)
BODY: Final = Font(7)
SMALL: Final = Font(6.5, "#595959")  # ticks, names, notes; the smallest

GRID: Final = "#e6e6e6"
AXIS: Final = "#595959"
WAITING: Final = "#8c8c8c"
UNKNOWN: Final = "#8c8c8c"


@dataclass(frozen=True)
class Color:
    """A colour for marks, and a darker one for text on white: contrast of at least 4.5."""

    mark: str
    text: str


# Cold colours are CPUs, as in every figure. The first four differ in lightness as well, and for
# readers with deuteranopia, protanopia or tritanopia; the others are their tints.
CPU_COLORS: Final = (
    Color("#0072b2", "#00639b"),
    Color("#56b4e9", "#1c6f9e"),
    Color("#009e73", "#007a59"),
    Color("#4d4d4d", "#4d4d4d"),
    Color("#7fb8d8", "#00639b"),
    Color("#aad9f4", "#1c6f9e"),
    Color("#7fceb9", "#007a59"),
    Color("#a6a6a6", "#4d4d4d"),
)


@cache
def text_width(text: str, font: Font) -> float:
    """Width of one line in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, font.properties(), ismath=False)
    return float(width)


def cut(word: str, font: Font, width: float) -> str:
    """The word, or its beginning and dots if it is wider."""
    if text_width(word, font) <= width:
        return word
    kept = len(word)
    while kept and text_width(f"{word[:kept]}...", font) > width:
        kept -= 1
    return f"{word[:kept]}..."


def wrapped(text: str, font: Font, width: float, separator: str = " ") -> list[str]:
    """Lines no wider than `width`, broken at the separator: of a name behind its slashes.

    Sentences are broken between their clauses if these fit, else into lines of like lengths; a
    number and its unit stay together.
    """
    if separator != " ":
        return _filled(text.split(separator), font, width, separator)
    words = re.sub(r"(?<=\d) (?=[a-z]+\b|%)", "\N{NO-BREAK SPACE}", text).split(" ")
    lines = _filled(words, font, width, " ")
    clauses = [clause.strip() for clause in re.findall(r"[^;]+;?", text)]
    fits = all(text_width(clause, font) <= width for clause in clauses)
    if fits and len(lines) == len(clauses):
        return clauses
    for share in range(100, 0, -2):
        narrower = _filled(words, font, width * share / 100, " ")
        if len(narrower) > len(lines):
            break
        lines = narrower
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _filled(parts: Sequence[str], font: Font, width: float, separator: str) -> list[str]:
    """Each line as full as possible; a part that is too wide has a line of its own."""
    lines = [parts[0]]
    for part in parts[1:]:
        longer = f"{lines[-1]}{separator}{part}"
        if text_width(longer + separator.rstrip(), font) <= width:
            lines[-1] = longer
        else:
            lines[-1] += separator.rstrip()
            lines.append(part)
    return lines


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draws with matplotlib's own defaults and this style, whatever a matplotlibrc says."""
    ours = {
        "svg.hashsalt": "workspan",
        "svg.fonttype": "none",  # text stays text: searchable, and selectable
        "pdf.fonttype": 42,
        "font.family": ["DejaVu Sans"],
        "axes.unicode_minus": False,
        "path.simplify": False,
    }
    skipped = {"backend", "backend_fallback", "interactive", "toolbar", "date.epoch"}
    defaults = {k: v for k, v in matplotlib.rcParamsDefault.items() if k not in skipped}
    with rc_context({**defaults, **ours}):
        yield


def new_figure(width_mm: float, height: float) -> Figure:
    """An empty figure, `height` in points."""
    return Figure(figsize=(width_mm / 25.4, height / 72), dpi=PNG_DPI, facecolor="white")


def rendered(figure: Figure, kind: str) -> bytes:
    """The figure as svg, png or pdf: the same bytes for the same figure."""
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {"Software": None}}
    data = io.BytesIO()
    with style():
        figure.savefig(data, format=kind, dpi=PNG_DPI, metadata=dates[kind])
    return data.getvalue()
