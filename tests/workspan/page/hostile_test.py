# SPDX-License-Identifier: Apache-2.0
"""Hostile strings in every text of a file are texts of the page, and nothing else."""

import pytest
from hostile_file import MARK, STRINGS, hostile_file
from html_check import Element, parse

from workspan.page.page import page
from workspan.page.sources import Source
from workspan.support.text import plain


@pytest.fixture(scope="module")
def root() -> Element:
    return parse(page([Source(STRINGS[0], hostile_file(), "0" * 64)]))


def test_there_are_sixty_and_all_are_shown(root: Element) -> None:
    assert len(set(STRINGS)) >= 60
    shown = root.all("main")[0].whole_text
    missing = [text for text in STRINGS if plain(text)[:120] not in shown]
    assert not missing


def test_none_became_an_element_or_an_attribute(root: Element) -> None:
    tags = {one.tag for one in root.descendants()}
    assert not tags & {"img", "iframe", "base", "object", "embed", "template", "math", "b2"}
    assert len(root.all("script")) == len(root.all("style")) == 1
    assert len(root.all("form")) == len(root.all("textarea")) == 0
    named = {name for one in root.descendants() for name in one.attributes}
    assert not [name for name in named if name.startswith("on") or name in ("style", "autofocus")]
    for one in root.descendants():
        for name in ("href", "src", "id", "class"):
            assert MARK not in (one.attributes.get(name) or "")


def test_no_control_character_is_left(root: Element) -> None:
    text = root.all("main")[0].whole_text
    assert plain(text.replace("\n", " ")) == text.replace("\n", " ")
