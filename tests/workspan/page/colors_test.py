# SPDX-License-Identifier: Apache-2.0
"""Every colour of the figures has one for a dark page, and texts can be read on both."""

import re

import pytest
from paths import SCRIPTS

from workspan.analysis.ratios.places import Place
from workspan.page.colors import KINDS, SHADES, color_rules, kind_of

DRAWN = {
    color.lower()
    for path in (SCRIPTS / "workspan/plot").rglob("*.py")
    for color in re.findall(r'"(#[0-9a-fA-F]{6})"', path.read_text())
}
LIGHT = {shade.name: value for value, shade in SHADES.items()}
DARK = {shade.name: shade.dark for shade in SHADES.values()}
TEXTS = [name for name in DARK if name in ("ink", "muted") or name.endswith("-text")]


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def test_every_colour_of_the_figures_has_a_shade() -> None:
    assert len(DRAWN) > 15
    assert not DRAWN - set(SHADES)


def test_the_kinds_are_the_places_of_code() -> None:
    assert set(KINDS) == {place.value for place in Place}
    assert {kind_of(name) for name in DARK} - {""} == set(KINDS)
    assert kind_of("team-text") == "team"
    assert kind_of("ink") == ""


@pytest.mark.parametrize("name", TEXTS)
def test_texts_can_be_read(name: str) -> None:
    for colors in (LIGHT, DARK):
        assert contrast(colors[name], colors["paper"]) >= 4.5


@pytest.mark.parametrize("kind", KINDS)
def test_marks_stand_out_from_a_dark_page(kind: str) -> None:
    assert contrast(DARK[kind], DARK["paper"]) >= 3


def test_the_rules_name_every_shade_for_light_and_dark() -> None:
    rules = color_rules()
    for name in DARK:
        assert rules.count(f"--{name}:") == 2
        assert f".f-{name}{{fill:var(--{name})}}" in rules
        assert f".s-{name}{{stroke:var(--{name})}}" in rules
    assert all(f'[data-only="{kind}"] .kinds .series:not(.k-{kind})' in rules for kind in KINDS)
    assert "@media screen and (prefers-color-scheme:dark)" in rules, "print is light"
