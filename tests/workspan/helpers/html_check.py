# SPDX-License-Identifier: Apache-2.0
"""A page as a parser sees it: its elements, what is wrong with their nesting, and its texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, tag: str, **wanted: str) -> list["Element"]:
        """The descendants of this tag with these words in their attributes; class_ is class."""
        names = {name.rstrip("_"): word for name, word in wanted.items()}
        return [
            one
            for child in self.children
            for one in (child, *child.descendants())
            if one.tag == tag
            and all(w in (one.attributes.get(n) or "").split() for n, w in names.items())
        ]

    def descendants(self) -> list["Element"]:
        return [one for child in self.children for one in (child, *child.descendants())]

    @property
    def whole_text(self) -> str:
        return " ".join([self.text, *(child.whole_text for child in self.children)])


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.mistakes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        if len(attrs) != len(element.attributes):
            self.mistakes.append(f"{tag} has an attribute twice")
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.mistakes.append(f"</{tag}> within <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data


def parse(page: str) -> Element:
    """The root of a page, all of whose elements are closed where they should be."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert not parser.mistakes, parser.mistakes[:5]
    assert parser.open == [parser.root], "every element is closed"
    return parser.root
