# SPDX-License-Identifier: Apache-2.0
"""A figure on the page: the same marks and texts, without styles, ids of its own, tips."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from made_up_traces import encoded_trace, four_orders
from matplotlib.figure import Figure

from workspan.page.svg import SVG, adapted
from workspan.plot.style import rendered, style
from workspan.plot.timeline import draw_timeline
from workspan.plot.traces.trace import read_traces


def figure(label: str = "gemm", name: str = "gemm/omp/n:8/threads:2") -> bytes:
    """A line with a marker that has a name, a text, and a clip path."""
    with style():
        drawn = Figure(figsize=(2, 1))
        axes = drawn.add_axes((0.1, 0.1, 0.8, 0.8))
        axes.plot([1, 2], [1, 2], color="#0072b2")
        axes.plot([1.5], [1.5], "o", color="#d55e00", gid=name)
        axes.text(1.2, 1.8, label, color="#1a1a1a", parse_math=False)
        return rendered(drawn, "svg")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def test_nothing_of_a_style_is_left() -> None:
    svg = adapted(figure(), "a-")
    assert not re.search(r"\sstyle=|<style|<metadata|font-family|\son\w+=", svg)
    assert "xlink" not in svg
    root = parsed(svg)
    assert root.tag == f"{{{SVG}}}svg"
    assert 'stroke-width="' in svg, "a style became an attribute"


def test_colours_are_classes() -> None:
    svg = adapted(figure(), "a-")
    assert not re.findall(r'(?:fill|stroke)="#', svg)
    assert 'class="s-team series k-team"' in svg
    assert "f-gpu" in svg
    assert "f-ink" in svg
    assert "f-paper" in svg


def test_a_colour_that_is_not_of_the_palette_stays() -> None:
    svg = adapted(figure().replace(b"#0072b2", b"#123456"), "a-")
    assert 'stroke="#123456"' in svg


def test_a_named_group_is_a_mark_with_a_tip() -> None:
    name = "gemm/omp/n:8/threads:2"
    root = parsed(adapted(figure(), "a-"))
    (mark,) = [g for g in root.iter(f"{{{SVG}}}g") if "mark" in g.get("class", "").split()]
    assert mark.find(f"{{{SVG}}}title").text == name
    assert set(mark.get("class").split()) == {"mark", "series", "k-gpu"}
    told = parsed(adapted(figure(), "a-", tip={name: "2.0x\nof one"}.__getitem__))
    assert [title.text for title in told.iter(f"{{{SVG}}}title")] == ["2.0x\nof one"]


def test_ids_have_a_prefix_and_all_references_hit() -> None:
    svg = adapted(figure(), "chart7-")
    ids = re.findall(r'\sid="([^"]*)"', svg)
    used = re.findall(r'(?:href="|url\()#([^")]*)', svg)
    assert ids
    assert len(ids) == len(set(ids))
    assert set(used) == set(ids), "and none that nothing refers to"
    assert all(one.startswith("chart7-") for one in ids)


def test_the_text_is_as_large_as_that_of_the_page() -> None:
    root = parsed(adapted(figure(), "a-", "Speedup of gemm"))
    assert root.get("viewBox") == "0 0 144 72"
    assert (root.get("width"), root.get("height")) == ("226", "113")
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Speedup of gemm"


def test_coordinates_are_short() -> None:
    svg = adapted(figure(), "a-")
    paths = " ".join(re.findall(r'\sd="([^"]*)"', svg))
    assert paths
    assert not re.search(r"\.\d{3}|\n", paths)
    assert len(svg) < 0.6 * len(figure())


@pytest.mark.parametrize(
    "text", ["</text><script>alert(1)</script>", "a & b < c > d", '" onload="x', "]]>", "$x^2$"]
)
def test_texts_and_names_stay_texts(text: str) -> None:
    root = parsed(adapted(figure(label=text, name=f"x/{text}"), "a-", label=text))
    assert text in [element.text for element in root.iter(f"{{{SVG}}}text")]
    assert [title.text for title in root.iter(f"{{{SVG}}}title")] == [f"x/{text}"]
    assert root.get("aria-label") == text
    tags = {element.tag.removeprefix(f"{{{SVG}}}") for element in root.iter()}
    assert tags <= {"svg", "g", "path", "use", "text", "defs", "clipPath", "rect", "title"}


def test_a_whole_figure_of_the_house_has_no_colour_left(tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_bytes(encoded_trace(four_orders()))
    one, other = (
        adapted(rendered(draw_timeline(read_traces(file), 180), "svg"), "t-") for _ in range(2)
    )
    assert not re.findall(r"#[0-9a-f]{6}", one)
    assert "Interleaved" in one
    assert one == other, "the same figure, the same text"
