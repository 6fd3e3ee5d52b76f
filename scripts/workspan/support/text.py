# SPDX-License-Identifier: Apache-2.0
"""Foreign text, escaped for terminals and spreadsheets; nouns with their counts."""

import os
import unicodedata
from collections.abc import Sequence
from typing import Final

FORMULA: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # prefixes that make a spreadsheet evaluate a cell


def plain(text: str) -> str:
    """One line; control, bidi and other invisible characters become code points, <U+202E>."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _visible(c) else f"<U+{ord(c):04X}>" for c in text)


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def valid_utf8(text: str) -> str:
    """The text, with replacement characters for bytes of a file name that are not UTF-8."""
    return os.fsencode(text).decode("utf-8", "replace")


def safe_cell(text: str) -> str:
    """One line for a CSV cell; an apostrophe precedes a formula, even after leading blanks."""
    return "'" + plain(text) if text.lstrip(" ").startswith(FORMULA) else plain(text)


def quantity(count: float | str, thing: str) -> str:
    """1 pair, 2 pairs, 3 processes, unknown cores."""
    return f"{count} {thing}" + ("" if count == 1 else "es" if thing.endswith("s") else "s")


def of_cpus(threads: int, cpus: int) -> str:
    """One thread of 16 CPUs, 4 threads of 16 CPUs."""
    return f"{'one thread' if threads == 1 else quantity(threads, 'thread')} of {cpus} CPUs"


def name_list(names: Sequence[str], most: int = 8) -> str:
    """a, b, c and 4 more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
