# SPDX-License-Identifier: Apache-2.0
"""The nearest right word for a mistyped one."""

import pytest

from workspan.support.suggest import choose, close_matches, did_you_mean

KNOWN = ("slower", "faster", "broken")


def test_a_similar_word_is_suggested_the_nearest_first() -> None:
    assert did_you_mean("slwer", KNOWN) == "did you mean slower?"
    assert close_matches("aster", KNOWN)[0] == "faster"
    assert close_matches("x", ()) == []


def test_without_a_similar_word_the_caller_says_what_else() -> None:
    assert did_you_mean("xyz", KNOWN) == ""
    assert did_you_mean("xyz", KNOWN, otherwise="choose one") == "choose one"


@pytest.mark.parametrize(
    ("words", "text"),
    [(["a"], "choose a"), (["a", "b"], "choose a or b"), (["a", "b", "c"], "choose a, b or c")],
)
def test_the_choice_is_a_list_with_or(words: list[str], text: str) -> None:
    assert choose(words) == text
