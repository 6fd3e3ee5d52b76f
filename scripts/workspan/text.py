# SPDX-License-Identifier: Apache-2.0
"""Text that others wrote, made harmless for where it is shown; and numbers as a person reads them."""

import unicodedata


def plain(text: str) -> str:
    """One line without control, bidi or other invisible characters: each becomes its code point, <U+202E>."""
    return "".join(c if _visible(c) else f"<U+{ord(c):04X}>" for c in text)


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def seconds(value: float) -> str:
    """A time with three digits: 1.25 us."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}" if value / size < 999.5 else f"{value / size:.0f} {unit}"
    return f"{value * 1e9:.3g} ns"


def size(value: float) -> str:
    """Bytes with three digits, in powers of ten: 1.07 GB."""
    for unit, of in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= of:
            return f"{value / of:.3g} {unit}"
    return f"{value:.0f} B"


def duration(value: float) -> str:
    """A span as a person waits for it: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
