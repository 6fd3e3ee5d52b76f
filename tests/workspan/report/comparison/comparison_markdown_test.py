# SPDX-License-Identifier: Apache-2.0
"""Comparisons in Markdown: every foreign text is shown literally."""

import pytest
from markdown_it import MarkdownIt
from reports import NASTY, nasty_report

from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import render
from workspan.report.comparison.comparison_markdown import code_span


def test_markdown_shows_every_text_literally() -> None:
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    tokens = parser.parse(render(nasty_report(), "markdown", Thresholds()))
    inline = [child for token in tokens for child in token.children or []]
    spans = {child.content for child in inline if child.type == "code_inline"}
    for text in NASTY[:2] + NASTY[4:8] + NASTY[10:13]:
        assert text in spans
    assert not [token.type for token in tokens if token.type == "html_block"]
    assert not [
        child.type
        for child in inline
        if child.type in ("html_inline", "image", "link_open", "em_open", "s_open")
    ]


@pytest.mark.parametrize("text", ["x", "`", "``", "a`b", " ", "`a", "|", "a\\|b"])
def test_code_spans_hold_backticks_and_pipes(text: str) -> None:
    assert (
        MarkdownIt("commonmark")
        .renderInline(code_span(text).replace("\\|", "|"))
        .startswith("<code>")
    )
    assert code_span("") == ""
