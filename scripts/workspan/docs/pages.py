# SPDX-License-Identifier: Apache-2.0
"""Writes the generated blocks of README.md and docs/*.md anew, or says which are out of date."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from workspan.docs.blocks import refreshed
from workspan.docs.outputs import Outputs
from workspan.support.atomic_write import write_atomically
from workspan.support.errors import Exit, WorkspanError

ROOT = Path(__file__).resolve().parents[3]


def pages(root: Path) -> list[Path]:
    """README.md, and those below docs/."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 if a page is out of date, with --check."""
    given = _parser().parse_args(arguments)
    make = Outputs(given.root, given.bench)
    stale = 0
    try:
        for page in pages(given.root):
            text = page.read_text()
            new = refreshed(text, make)
            if new != text:
                stale += 1
                print(page.relative_to(given.root))
                if not given.check:
                    write_atomically(page, new.encode())
    except WorkspanError as error:
        print(f"scripts/docs: {error}", file=sys.stderr)
        return int(error.code)
    return int(Exit.FAILED if stale and given.check else Exit.GOOD)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/docs", description=__doc__, allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument(
        "--bench", type=Path, metavar="FILE", help="the binary; without it its blocks stay"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    return parser
