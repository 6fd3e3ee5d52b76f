# SPDX-License-Identifier: Apache-2.0
"""The nearest right word for a mistyped one."""

import difflib
from collections.abc import Iterable, Sequence


def close_matches(word: str, known: Iterable[str]) -> list[str]:
    """All known words similar to this one, the nearest first."""
    words = list(known)
    return difflib.get_close_matches(word, words, n=max(1, len(words)), cutoff=0.5)


def did_you_mean(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """The end of a message: `did you mean NAME?`, or `otherwise` if nothing is similar."""
    near = close_matches(word, known)
    return f"did you mean {near[0]}?" if near else otherwise


def choose(words: Sequence[str]) -> str:
    """choose a; choose a or b; choose a, b or c."""
    *others, last = words
    return "choose " + (f"{', '.join(others)} or {last}" if others else last)
