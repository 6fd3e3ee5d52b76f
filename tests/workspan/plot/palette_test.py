# SPDX-License-Identifier: Apache-2.0
"""One colour and one shape for each place, told apart by readers of every kind."""

import itertools

import numpy as np
from matplotlib.colors import to_rgb

from workspan.analysis.ratios.places import Place
from workspan.plot.palette import LOOKS, label_of

# Machado, Oliveira and Fernandes 2009, full severity, in linear RGB.
BLIND = {
    "nobody": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(color: str) -> np.ndarray:
    rgb = np.array(to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE Lab of linear RGB."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(np.clip(to_xyz @ rgb / (0.9505, 1, 1.089), 0.008856, None))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast_on_white(color: str) -> float:
    return 1.05 / (float((0.2126, 0.7152, 0.0722) @ linear(color)) + 0.05)


def test_every_place_has_its_own_colour_and_shape() -> None:
    assert set(LOOKS) == set(Place)
    assert len({look.color.mark for look in LOOKS.values()}) == len(Place)
    assert len({look.marker for look in LOOKS.values()}) == len(Place)


def test_text_in_these_colours_is_legible() -> None:
    assert min(contrast_on_white(look.color.text) for look in LOOKS.values()) >= 4.5
    assert min(contrast_on_white(look.color.mark) for look in LOOKS.values()) >= 2.2


def test_marks_differ_for_the_colour_blind() -> None:
    for sight, matrix in BLIND.items():
        seen = [lab(np.clip(matrix @ linear(look.color.mark), 0, 1)) for look in LOOKS.values()]
        nearest = min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))
        assert nearest > 14, sight


def test_labels_say_how_many_cpus() -> None:
    assert label_of(Place.TEAM, 16) == "16 CPUs, fastest code"
    assert label_of(Place.GPU, 16) == "GPU, data resident"
