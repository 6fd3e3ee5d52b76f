# SPDX-License-Identifier: Apache-2.0
"""Text that others wrote, made harmless for where it is shown; and numbers as a person reads them."""

import math
import unicodedata
from collections.abc import Sequence
from typing import Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet calculate


def plain(text: str) -> str:
    """One line without control, bidi or other invisible characters: each becomes its code point, <U+202E>."""
    return "".join(c if _visible(c) else f"<U+{ord(c):04X}>" for c in text)


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def safe_cell(text: str) -> str:
    """One line for a cell of CSV; an apostrophe comes before what a spreadsheet would take for a formula, blanks before it or not."""
    return "'" + plain(text) if text.lstrip(" ").startswith(FORMULA) else plain(text)


def counted(count: float | str, thing: str) -> str:
    """1 pair, 2 pairs, 3 processes, unknown cores."""
    return f"{count} {thing}" + ("" if count == 1 else "es" if thing.endswith("s") else "s")


def listed(names: Sequence[str], most: int = 8) -> str:
    """a, b, c and 4 more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def number(value: float) -> str:
    """Three digits; a power of ten where it is below 0.01 or above a million."""
    if value != 0 and not 0.01 <= abs(value) < 1e6:
        return f"{value:.1e}"
    return f"{value:.{2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0}f}"


def seconds(value: float) -> str:
    """A time with three digits and its unit, always as many, so that a column lines up."""
    units = (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0))
    unit, of = next(((u, s) for u, s in units if value < 999.5 * s), units[-1])
    return f"{number(value / of)} {unit}"


def size(value: float) -> str:
    """Bytes with three digits, in powers of ten."""
    units = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
    step = min(len(units) - 1, int(math.log10(value / 0.9995) // 3)) if value >= 999.5 else 0
    return f"{number(value / 1000**step) if step else round(value)} {units[step]}"


def duration(value: float) -> str:
    """A span as a person waits for it: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
