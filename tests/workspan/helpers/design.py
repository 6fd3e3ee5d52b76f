# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/design.md, which say who may know whom."""

import re

from paths import ROOT

DESIGN = (ROOT / "docs/design.md").read_text()


def design_table(head: str) -> list[list[str]]:
    """The cells of the table of docs/design.md that begins with this head, row by row."""
    rows = re.search(rf"^\| {re.escape(head)} \|\n\|[-:|]+\|\n((?:\|.*\n)+)", DESIGN, re.M).group(1)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines()]
