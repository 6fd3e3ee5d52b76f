# SPDX-License-Identifier: Apache-2.0
"""matplotlib's SVG made part of a page: without styles of its own, in the colours of the reader.

Styles become attributes, colours classes, ids get a prefix of the chart. A group that drawing code
named (its gid) is a mark: it gets a title, which is its tip.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Final

from workspan.page.colors import SHADES, kind_of

SVG: Final = "http://www.w3.org/2000/svg"
LINK: Final = "{http://www.w3.org/1999/xlink}href"
PIXELS: Final = 11 / 7  # of a point: the text of figures is of 7 points, that of the page 11 pixels
AUTOMATIC: Final = re.compile(r"[A-Za-z0-9.]+_\d+")  # the id of an element without a name
NUMBER: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
COORDINATES: Final = frozenset(
    ("d", "x", "y", "width", "height", "transform", "points", "cx", "cy", "r", "viewBox")
)
PAINT: Final = {"fill": "f", "stroke": "s"}
DROPPED: Final = frozenset(("metadata", "style", "title"))  # matplotlib's own

ET.register_namespace("", SVG)


Tip = Callable[[str], str]  # from the name of a mark to what is told of it


def adapted(svg: bytes, prefix: str, label: str = "", tip: Tip = str) -> str:
    """The figure as an element of a page.

    prefix: of its ids, one a figure. label: what it shows, for those who do not see it.
    """
    root = ET.fromstring(svg)
    adapter = _Adapter(prefix, _references(root), tip)
    result = ET.Element(f"{{{SVG}}}svg", _frame(root, label))
    result.extend(child for part in root for child in adapter.parts(part))
    return ET.tostring(result, encoding="unicode")


def _frame(root: ET.Element, label: str) -> dict[str, str]:
    """The attributes of the whole, at the size of the page's text."""
    box = _rounded(root.attrib["viewBox"])
    _, _, width, height = (float(part) for part in box.split())
    return {
        "viewBox": box,
        "width": f"{width * PIXELS:.0f}",
        "height": f"{height * PIXELS:.0f}",
        "role": "img",
        "aria-label": label,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }


def _references(root: ET.Element) -> frozenset[str]:
    """The ids that other elements refer to."""
    text = [value for element in root.iter() for value in element.attrib.values()]
    return frozenset(
        found
        for value in text
        for found in re.findall(r"^#([^#]+)$|url\(#([^)]+)\)", value)
        for found in found
        if found
    )


class _Adapter:
    """The elements of one figure."""

    def __init__(self, prefix: str, referred: frozenset[str], tip: Tip) -> None:
        self._prefix, self._referred, self._tip = prefix, referred, tip

    def parts(self, old: ET.Element) -> Iterator[ET.Element]:
        """The element without what the page does not need: a group without a meaning is gone."""
        tag = old.tag.rpartition("}")[2]
        if tag in DROPPED:
            return
        children = [child for part in old for child in self.parts(part)]
        attributes = dict(self._attributes(old))
        if tag in ("g", "defs") and not children:
            return
        mark = self._mark(old) if tag == "g" else None
        if tag == "g" and not attributes and mark is None:
            yield from children
            return
        new = ET.Element(f"{{{SVG}}}{tag}", attributes)
        new.text = old.text if tag == "text" else None
        if mark is not None:
            title = ET.SubElement(new, f"{{{SVG}}}title")
            title.text = mark
            new.set("class", " ".join(["mark", *_kinds(children)]))
        new.extend(children)
        yield new

    def _mark(self, group: ET.Element) -> str | None:
        """What the tip of a mark says; None of other groups."""
        name = group.get("id", "")
        if not name or name in self._referred or AUTOMATIC.fullmatch(name):
            return None
        return self._tip(name)

    def _attributes(self, old: ET.Element) -> Iterator[tuple[str, str]]:
        plain = {name: value for name, value in old.attrib.items() if name != "style"}
        styles = dict(_declarations(old.get("style", "")))
        classes = []
        for name, value in (plain | styles).items():
            if name in PAINT and value in SHADES:
                classes.append((PAINT[name], SHADES[value].name))
            elif kept := self._attribute(name, value):
                yield kept
        kinds = sorted({kind for _, shade in classes if (kind := kind_of(shade))})
        names = [f"{paint}-{shade}" for paint, shade in classes]
        if names := [*names, *(["series"] if kinds else []), *(f"k-{kind}" for kind in kinds)]:
            yield "class", " ".join(names)

    def _attribute(self, name: str, value: str) -> tuple[str, str] | None:
        """One attribute as the page has it; None: needless there."""
        if name == "id":
            return (name, self._prefix + value) if value in self._referred else None
        if name in ("font-family", "xmlns", "version") or value.startswith(
            ("rotate(-0 ", "rotate(0 ")
        ):
            return None
        if name in (LINK, "href"):
            return "href", f"#{self._prefix}{value.removeprefix('#')}"
        value = value.replace("url(#", f"url(#{self._prefix}")
        return name, _rounded(value) if name in COORDINATES else value


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """fill: none; stroke: #e6e6e6."""
    for declaration in filter(None, (part.strip() for part in style.split(";"))):
        name, _, value = declaration.partition(":")
        yield name.strip(), value.strip()


def _rounded(value: str) -> str:
    """Coordinates to a hundredth of a point, on one line."""
    return NUMBER.sub(
        lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), " ".join(value.split())
    )


def _kinds(children: list[ET.Element]) -> list[str]:
    """The classes of the kinds that a mark consists of."""
    found = {
        word
        for child in children
        for part in child.iter()
        for word in part.get("class", "").split()
        if word.startswith("k-")
    }
    return ["series", *sorted(found)] if found else []
