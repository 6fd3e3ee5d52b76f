# SPDX-License-Identifier: Apache-2.0
"""The colours of figures on the page: each a class, so that light, dark and print have their own.

Figures are drawn in the colours of paper (plot/style.py). On the page `f-team` is a fill and
`s-team` a stroke in the colour of teams, whatever that is in the scheme of the reader.
"""

from typing import Final, NamedTuple


class Shade(NamedTuple):
    """A colour of figures: its name on the page, and its value on a dark page."""

    name: str
    dark: str


# Where code runs: the values of analysis.places.Place. The legend of the page explains, and dims.
KINDS: Final = ("one", "team", "host_library", "gpu", "transfers", "gpu_library", "model")

SHADES: Final[dict[str, Shade]] = {  # by the colour on paper
    "#ffffff": Shade("paper", "#16181b"),
    "#000000": Shade("ink", "#e8e8e6"),
    "#1a1a1a": Shade("ink", "#e8e8e6"),
    "#595959": Shade("muted", "#a9adb2"),
    "#8c8c8c": Shade("waiting", "#8c8c8c"),
    "#e6e6e6": Shade("grid", "#33373c"),
    "#bdbdbd": Shade("joint", "#4d5359"),
    "#fdf1e7": Shade("shaded", "#2a231c"),
    "#4d4d4d": Shade("one", "#f2f2f2"),
    "#a6a6a6": Shade("one-light", "#9a9a9a"),
    "#0072b2": Shade("team", "#58aee8"),
    "#00639b": Shade("team-text", "#58aee8"),
    "#7fb8d8": Shade("team-light", "#2f6d98"),
    "#56b4e9": Shade("host_library", "#9ad4f7"),
    "#1c6f9e": Shade("host_library-text", "#9ad4f7"),
    "#aad9f4": Shade("host_library-light", "#5b8096"),
    "#d55e00": Shade("gpu", "#ff8a4a"),
    "#b34e00": Shade("gpu-text", "#ff8a4a"),
    "#e69f00": Shade("transfers", "#f5bf3d"),
    "#8a5f00": Shade("transfers-text", "#f5bf3d"),
    "#cc79a7": Shade("gpu_library", "#e6a5cb"),
    "#9b4a77": Shade("gpu_library-text", "#e6a5cb"),
    "#009e73": Shade("model", "#3fc79d"),
    "#007a59": Shade("model-text", "#3fc79d"),
    "#7fceb9": Shade("model-light", "#2b7d64"),
}


def kind_of(shade: str) -> str:
    """The kind of code that a shade belongs to, or empty: team of team-text."""
    kind = shade.partition("-")[0]
    return kind if kind in KINDS else ""


def color_rules() -> str:
    """The style rules of all shades: variables for light and dark, fills, strokes, dimming."""
    light = {shade.name: value for value, shade in SHADES.items()}
    dark = {shade.name: shade.dark for shade in SHADES.values()}
    rules = [f":root{{color-scheme:light dark;{_variables(light)}}}"]
    rules.append(f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(dark)}}}}}")
    rules += [
        f".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}"
        for name in sorted(light)
    ]
    rules += [
        f'[data-only="{kind}"] .kinds .series:not(.k-{kind}){{opacity:.12}}' for kind in KINDS
    ]
    rules.append("[data-only] .kinds .series .series.series{opacity:1}")  # dimmed by its group
    return "\n".join(rules) + "\n"


def _variables(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in sorted(values.items()))
