# SPDX-License-Identifier: Apache-2.0
"""Nouns with their counts, text for terminals, and cells that are not formulas."""

import pytest

from workspan.support.text import name_list, of_cpus, plain, quantity, safe_cell, valid_utf8


@pytest.mark.parametrize(
    ("count", "thing", "words"),
    [
        (1, "pair", "1 pair"),
        (0, "pair", "0 pairs"),
        (2, "process", "2 processes"),
        (1, "process", "1 process"),
        ("unknown", "core", "unknown cores"),
    ],
)
def test_numbers_agree_with_their_nouns(count: int | str, thing: str, words: str) -> None:
    assert quantity(count, thing) == words


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\r=1", " =cmd|' /C calc'!A0", "  -1", " \t=1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")
    assert safe_cell("a" + text).startswith("a")


def test_a_long_list_ends_with_the_number_of_the_rest() -> None:
    assert (name_list(["a", "b"], most=2), name_list(["a", "b", "c"], most=2)) == (
        "a, b",
        "a, b and 1 more",
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", "a b"),
        ("a\nb", "a<U+000A>b"),
        ("\x1b[2J", "<U+001B>[2J"),
        ("\u202ex", "<U+202E>x"),
        ("\u00a0", "<U+00A0>"),
        ("\udcff", "<U+DCFF>"),
    ],
)
def test_foreign_text_is_one_harmless_line(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_name_that_is_not_utf_8_becomes_text() -> None:
    assert valid_utf8("a\udcffb") == "a\N{REPLACEMENT CHARACTER}b"
    assert valid_utf8("\u00fc") == "\u00fc"


def test_threads_of_more_cpus() -> None:
    assert [of_cpus(threads, 16) for threads in (1, 4)] == [
        "one thread of 16 CPUs",
        "4 threads of 16 CPUs",
    ]
