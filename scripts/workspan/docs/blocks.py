# SPDX-License-Identifier: Apache-2.0
"""Generated blocks of a page: the text between two comments of Markdown.

    <!-- output: SOURCE -->                      all that the source gives
    <!-- output: SOURCE | paragraphs REGEX -->   only paragraphs whose first line matches
    <!-- output: SOURCE | lines REGEX -->        only lines that match
    <!-- /output -->

What is left out in between shows as "...". Pure functions.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Final

BLOCK: Final = re.compile(
    r"(<!-- output: ([^|\n]+?)(?: \| (paragraphs|lines) ([^\n]+))? -->\n)(.*?)(<!-- /output -->)",
    re.S,
)
CUT: Final = "..."


def refreshed(page: str, make: Callable[[str, Callable[[str], str]], str | None]) -> str:
    """The page with new blocks. make(source, cut) gives a block, or None to leave it as it is.

    cut: leaves out what the block does not show.
    """

    def block(found: re.Match[str]) -> str:
        begin, source, unit, kept, old, end = found.groups()
        new = make(source, lambda text: cut(text, unit, kept) if unit else text)
        return begin + (old if new is None else new) + end

    return BLOCK.sub(block, page)


def cut(text: str, unit: str, kept: str) -> str:
    """Only paragraphs, or lines, whose first characters match; "..." for others in between."""
    between = "\n\n" if unit == "paragraphs" else "\n"
    shown: list[str] = []
    parts = text.strip("\n").split(between)
    for is_kept, run in groupby(parts, lambda part: bool(re.match(kept, part))):
        group = list(run)
        shown += group if is_kept else [CUT if any(group) else ""]
    return between.join(shown[shown[0] == CUT : len(shown) - (shown[-1] == CUT)]) + "\n"


def fenced(text: str) -> str:
    """As a block of code, without the blanks that end a line."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return "\n".join(["```", *lines, "```", ""])
