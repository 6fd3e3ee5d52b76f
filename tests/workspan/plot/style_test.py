# SPDX-License-Identifier: Apache-2.0
"""Fonts, colours, wrapping, and files that are the same every time."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib
import pytest
from matplotlib.colors import to_rgb
from paths import ROOT

from workspan.plot.style import (
    AXIS,
    BODY,
    CPU_COLORS,
    HEADING,
    SMALL,
    TITLE,
    Font,
    cut,
    drawable,
    new_figure,
    rendered,
    style,
    text_width,
    wrapped,
)

LINES = ["Interleaved: three tasks take turns", "36 ms of work takes 37 ms"]


def luminance(color: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast_on_white(color: str) -> float:
    return 1.05 / (luminance(color) + 0.05)


def test_text_is_legible_on_white() -> None:
    texts = [*(font.color for font in (HEADING, TITLE, BODY, SMALL)), AXIS]
    assert min(map(contrast_on_white, [*texts, *(c.text for c in CPU_COLORS)])) >= 4.5
    assert min(font.size for font in (HEADING, TITLE, BODY, SMALL)) == 6.5
    assert BODY.size == 7


def test_the_colours_of_cpus_differ_and_the_first_four_also_in_grey() -> None:
    assert len({color.mark for color in CPU_COLORS}) == len(CPU_COLORS)
    grey = sorted(luminance(color.mark) for color in CPU_COLORS[:4])
    assert all(b - a > 0.03 for a, b in pairwise(grey))


def test_the_font_is_the_one_that_matplotlib_ships() -> None:
    for font in (BODY, TITLE):
        file = Path(str(font.properties().get_file()))
        assert file.is_relative_to(matplotlib.get_data_path())
        assert ("Bold" in file.name) == font.bold
    assert BODY.colored("#000000") == Font(7, "#000000")


def test_width_is_that_of_the_letters() -> None:
    assert text_width("", BODY) == 0
    assert text_width("mm", BODY) == pytest.approx(2 * text_width("m", BODY), rel=0.05)
    assert text_width("m", Font(14)) == pytest.approx(2 * text_width("m", BODY), rel=0.05)
    assert text_width("m", TITLE) > text_width("m", Font(8))


def test_short_text_is_one_line() -> None:
    assert wrapped("a b", BODY, 100) == ["a b"]
    assert wrapped("", BODY, 100) == [""]


def test_clauses_are_lines_if_they_fit() -> None:
    width = text_width(LINES[0] + ";", TITLE) + 20
    assert wrapped("; ".join(LINES), TITLE, width) == [LINES[0] + ";", LINES[1]]


def test_lines_have_like_lengths_and_a_number_keeps_its_unit() -> None:
    text = "Overlapping: three waits of 10 ms take 10.3 ms on one CPU"
    for share in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        width = share * text_width(text, TITLE)
        lines = wrapped(text, TITLE, width)
        assert " ".join(lines) == text
        assert max(text_width(line, TITLE) for line in lines) <= width
        assert not [line for line in lines if line.endswith(("10", "10.3"))]
    halves = [text_width(line, TITLE) for line in wrapped(text, TITLE, 0.95 * width / 0.9)]
    assert len(halves) == 2
    assert min(halves) > 0.7 * max(halves)


def test_a_number_keeps_its_percent_sign() -> None:
    text = "the same within 3 % of the time"
    for width in range(40, 140, 3):
        assert not [line for line in wrapped(text, BODY, width) if line.endswith("3")]


def test_a_name_is_broken_behind_a_slash() -> None:
    name = "busy/coroutines_yield/n:4194304/grain:65536/cpus:1/threads:1"
    lines = wrapped(name, SMALL, 100, "/")
    assert "".join(lines) == name
    assert all(line.endswith("/") for line in lines[:-1])
    assert max(text_width(line, SMALL) for line in lines) <= 100


def test_a_word_that_is_too_long_has_its_own_line_and_is_cut() -> None:
    for separator in (" ", "/"):
        first, second, third = wrapped(f"a{separator}{'m' * 50}{separator}b", BODY, 60, separator)
        assert (first.rstrip("/"), third) == ("a", "b")
        assert second.startswith("mmm")
        assert text_width(second.rstrip("/"), BODY) <= 60


def test_a_word_that_is_too_wide_can_be_cut() -> None:
    assert cut("word", BODY, 60) == "word"
    short = cut("W" * 300, BODY, 60)
    assert short.startswith("WWW")
    assert short.endswith("...")
    assert 50 < text_width(short, BODY) <= 60


def test_a_text_is_drawn_in_letters_that_the_fonts_have() -> None:
    text = "7 \N{MULTIPLICATION SIGN} 2\N{NO-BREAK SPACE}ms"
    assert drawable(text) == text
    assert drawable("\x1b[31m\u202e") == "<U+001B>[31m<U+202E>"
    assert drawable("a\x00b\ufffe七") == "a<U+0000>b<U+FFFE>?"
    assert BODY.arguments("\x00")["s"] == "<U+0000>"
    assert text_width("\x00", BODY) == text_width("<U+0000>", BODY)


@pytest.mark.parametrize(
    ("kind", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-")]
)
def test_the_same_figure_has_the_same_bytes(kind: str, begins: bytes) -> None:
    def draw() -> bytes:
        with style():
            figure = new_figure(85, 40)
            axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
            axes.plot([0, 1], [0, 1], clip_on=True)
            figure.text(0.5, 0.5, **BODY.arguments("costs $1 or $2"))
        return rendered(figure, kind)

    first = draw()
    assert first.startswith(begins)
    assert draw() == first
    if kind == "svg":
        assert b">costs $1 or $2</text>" in first  # as text, and not as a formula
        assert b"<dc:date>" not in first
        assert b'width="240.9' in first  # 85 mm in points


DRAW = """
import sys
from workspan.plot.style import new_figure, rendered, style
with style():
    figure = new_figure(85, 40)
    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([0, 1], [0, 1])
sys.stdout.buffer.write(rendered(figure, sys.argv[1]))
assert "matplotlib.pyplot" not in sys.modules, "it would choose a window"
"""


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_matplotlibrc_and_a_display_have_no_effect(kind: str, tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 20\naxes.facecolor: red\n")
    shown = []
    for folder, extra in ((tmp_path, {"MPLBACKEND": "tkagg", "DISPLAY": ":9"}), (ROOT, {})):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **extra}
        command = [sys.executable, "-c", DRAW, kind]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
        shown.append(done.stdout)
    assert shown[0] == shown[1]
