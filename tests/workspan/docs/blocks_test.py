# SPDX-License-Identifier: Apache-2.0
"""Generated blocks: found, made anew, and cut to what they show."""

from collections.abc import Callable

import pytest

from workspan.docs.blocks import cut, fenced, refreshed

PAGE = """before
<!-- output: a b -->
old
<!-- /output -->
between
<!-- output: c | lines (x|y) -->
<!-- /output -->
<!-- output: unknown -->
kept
<!-- /output -->
"""


def test_blocks_are_made_anew_and_all_else_stays() -> None:
    def make(source: str, shorten: Callable[[str], str]) -> str | None:
        return None if source == "unknown" else f"{source}: " + shorten("x\nz\ny\n")

    new = refreshed(PAGE, make)
    assert new == PAGE.replace("old\n", "a b: x\nz\ny\n").replace(
        "(x|y) -->\n", "(x|y) -->\nc: x\n...\ny\n"
    )
    assert refreshed(new, make) == new


@pytest.mark.parametrize(
    ("unit", "kept", "shown"),
    [
        ("lines", "b|d", "b\n...\nd\n"),
        ("lines", "a|d", "a\n...\nd\n"),
        ("lines", "a|b", "a\n\nb\n"),
        ("paragraphs", "b", "b\nc\nd\n"),
        ("paragraphs", "a|e", "a\n\n...\n\ne\n"),
    ],
)
def test_what_is_left_out_in_between_shows(unit: str, kept: str, shown: str) -> None:
    assert cut("a\n\nb\nc\nd\n\ne\n", unit, kept) == shown


def test_cutting_all_leaves_nothing() -> None:
    assert cut("a\nb\n", "lines", "x").strip() == ""


def test_a_block_of_code_has_no_blanks_at_the_end_of_a_line() -> None:
    assert fenced("\na  \n  b\n\n") == "```\na\n  b\n```\n"
