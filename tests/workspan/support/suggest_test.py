# SPDX-License-Identifier: Apache-2.0
"""The nearest right word for a mistyped one."""

from workspan.support.suggest import close_matches, did_you_mean

KNOWN = ("slower", "faster", "broken")


def test_a_similar_word_is_suggested_the_nearest_first() -> None:
    assert did_you_mean("slwer", KNOWN) == "did you mean slower?"
    assert close_matches("aster", KNOWN)[0] == "faster"
    assert close_matches("x", ()) == []


def test_without_a_similar_word_the_caller_says_what_else() -> None:
    assert did_you_mean("xyz", KNOWN) == ""
    assert did_you_mean("xyz", KNOWN, otherwise="choose one") == "choose one"
    assert did_you_mean("xyz", KNOWN, cutoff=0.0).startswith("did you mean ")
