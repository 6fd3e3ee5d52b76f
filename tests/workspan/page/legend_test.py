# SPDX-License-Identifier: Apache-2.0
"""The legend has the places that were measured, each with a shape."""

from workspan.analysis.ratios.places import Place
from workspan.page.legend import SHAPES, legend
from workspan.page.sources import Source


def test_the_legend_names_the_places_of_the_run(h100: Source, xeon: Source) -> None:
    assert [(one.kind, one.label) for one in legend([h100])][:2] == [
        ("one", "1 CPU (seq)"),
        ("team", "16 CPUs, fastest code"),
    ]
    assert {"gpu", "transfers"} <= {one.kind for one in legend([h100, xeon])}
    assert not {"gpu", "transfers"} & {one.kind for one in legend([xeon])}


def test_each_place_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(Place)
    assert len(set(SHAPES.values())) == len(Place)
