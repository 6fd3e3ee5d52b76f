# SPDX-License-Identifier: Apache-2.0
"""The policy allows the style and the script of the page only; templates escape all they show."""

import base64
import hashlib
import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup
from paths import SCRIPTS

from workspan.page.assets import (
    LONGEST,
    TEMPLATES,
    breakable,
    environment,
    harmless,
    policy,
    script,
    style,
)


def hash_of(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_allows_one_style_and_one_script() -> None:
    allowed = policy("a{}", "b()")
    assert hash_of("a{}") in allowed
    assert hash_of("b()") in allowed
    assert "unsafe" not in allowed
    assert allowed.startswith("default-src 'none'; ")
    for rule in ("img-src data:", "base-uri 'none'", "form-action 'none'"):
        assert rule in allowed


def test_texts_are_escaped_and_control_characters_shown() -> None:
    template = environment().from_string("{{ text }}")
    assert template.render(text="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"
    assert template.render(text="a\x00\u202eb") == "a&lt;U+0000&gt;&lt;U+202E&gt;b"
    assert template.render(text=Markup("<b>")) == "<b>"
    with pytest.raises(UndefinedError):
        template.render()


def test_names_of_cases_may_break_behind_a_slash_and_are_still_escaped() -> None:
    assert breakable("gemm/omp/n:8") == "gemm/<wbr>omp/<wbr>n:8"
    assert breakable("a</b>") == "a&lt;/<wbr>b&gt;"
    assert breakable("a\x00/b") == "a&lt;U+0000&gt;/<wbr>b"


def test_a_text_is_cut_to_what_a_page_can_bear() -> None:
    assert len(harmless("x" * 1_000_000)) == LONGEST
    assert harmless("x" * LONGEST) == "x" * LONGEST
    assert harmless(7) == 7


def test_the_templates_mark_nothing_as_safe() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe|autoescape|\sstyle=|\son\w+=", text), path.name


def test_style_and_script_load_nothing_and_make_no_html() -> None:
    both = style() + script()
    assert not re.search(r"url\(|@import|https?:|//[a-z]+\.", both)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", script())
    assert "</" not in script(), "it cannot end its own element"
    assert "<" not in style()


def test_the_assets_are_data_of_the_package() -> None:
    configured = (SCRIPTS / "pyproject.toml").read_text()
    assert '"page/templates/*"' in configured
    names = {path.name for path in TEMPLATES.iterdir()}
    assert names == {"page.html", "parts.html", "page.css", "page.js"}
