# SPDX-License-Identifier: Apache-2.0
"""Hostile strings in every text of a file: figures stay well-formed, and within their edges."""

import xml.etree.ElementTree as ET

import pytest
from hostile_file import GPU_NAME, STRINGS, hostile_file
from pictured import WIDTHS, illegible, words_of

from workspan.plot.kinds import Run, picture, pictures
from workspan.plot.style import rendered


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_of_a_hostile_file_is_well_formed(width: int) -> None:
    found, _ = pictures([Run(STRINGS[0], hostile_file()), Run(GPU_NAME, hostile_file())])
    assert set(found) >= {"speedup-1", "roofline-1", "compare", "samples-1", "matrix-2"}
    for one in found.values():
        figure = one.draw(width)
        ET.fromstring(rendered(figure, "svg"))
        assert illegible(figure, width) == [], one.kind


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [GPU_NAME, "x" * 5000, "W" * 60, "\u4e03 \x9f"])
def test_no_name_of_a_gpu_spoils_its_panel(name: str, width: int) -> None:
    figure = picture("roofline", [Run("x", hostile_file(name))]).draw(width)
    ET.fromstring(rendered(figure, "svg"))
    assert illegible(figure, width) == []
    assert "\x9f" not in words_of(figure)
