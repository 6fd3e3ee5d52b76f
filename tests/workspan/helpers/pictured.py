# SPDX-License-Identifier: Apache-2.0
"""Runs for figures, committed and made up, and what a figure shows: its marks and texts."""

import json
from dataclasses import dataclass
from functools import cache

from drawn import overlaps, texts_of
from execution_models import file_of, models
from gpu_curves import run_of
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from paths import ROOT
from scaling_runs import cores_of_16_cpus, scaling_run, time_on
from weak_runs import gustafson, weak_run

from workspan.plot.kinds import Picture, Run, picture
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result, read_result

H100, GPU_ONLY = (f"h100-80gb-16-cores/{name}.json" for name in ("quick-1-process", "full-cuda"))
EPYC = "epyc-avx512-vm-2-cores/quick.json"
XEON = "xeon-emerald-rapids-vm-2-cores/quick.json"
AMDAHL, USL, ALONE = "made up: Amdahl", "made up: USL", "made up: one process"
CURVES, WEAK = "made up: host and GPU", "made up: weak scaling"
MODELS, ONE_PROCESS_MODELS = "epyc-avx512-vm-2-cores/concurrency.json", "made up: execution models"
MARKERS = ("s", "o", "^", "D", "v", "P", "X")
WIDTHS = (85, 180)


@dataclass(frozen=True)
class Mark:
    """One mark of a figure. name: of its case."""

    name: str
    marker: str
    color: str
    hollow: bool
    x: float
    y: float
    size: float


@cache
def run(name: str) -> ResultFile:
    """A committed file by its path in results/, or a made-up run."""
    counts = (1, 2, 3, 4, 6, 8, 12, 16)
    if name == AMDAHL:
        return scaling_run(counts, lambda p: time_on(cores_of_16_cpus(p), 0.03))
    if name == USL:
        return scaling_run(counts, lambda p: time_on(cores_of_16_cpus(p), 0.02, 0.01))
    if name == ALONE:
        return scaling_run((1, 2, 4, 8, 16), lambda p: time_on(cores_of_16_cpus(p), 0.02), 1)
    if name == WEAK:
        return weak_run((1, 2, 4, 8, 16), gustafson(0.05))
    if name == CURVES:
        return run_of([2**k for k in range(10, 22, 2)], lambda n: n / 2**15, noise=0.02)
    if name == ONE_PROCESS_MODELS:
        return decode_result(json.dumps(file_of(models())).encode(), name)
    return read_result(ROOT / "results" / name)


@cache
def made(kind: str, *names: str) -> Picture:
    """The figure of a kind of these runs."""
    return picture(kind, [Run(name, run(name)) for name in names])


@cache
def drawn(kind: str, width: float, *names: str) -> Figure:
    """The same, drawn."""
    return made(kind, *names).draw(width)


def marks_of(figure: Figure) -> list[Mark]:
    """The marks of cases, in points from the left and from the top; without those of the key."""
    return [
        Mark(
            str(line.get_gid()),
            str(line.get_marker()),
            str(line.get_markeredgecolor() if _is_hollow(line) else line.get_markerfacecolor()),
            _is_hollow(line),
            float(line.get_xdata()[0]),
            float(line.get_ydata()[0]),
            line.get_markersize(),
        )
        for line in figure.findobj(Line2D)
        if line.get_gid()
    ]


def arrows_of(figure: Figure) -> int:
    """How many arrows show that something is beyond an axis."""
    lines = [line for axes in figure.axes for line in axes.lines]
    return sum(not isinstance(line.get_marker(), str) for line in lines)


def intervals_of(figure: Figure) -> list[Line2D]:
    """The thick short lines, with those of the key."""
    lines = figure.findobj(Line2D)
    return [line for line in lines if line.get_linewidth() == 2.0 and line.get_linestyle() == "-"]


def words_of(figure: Figure) -> str:
    """All texts."""
    return " ".join(text for text, _ in texts_of(figure))


def illegible(figure: Figure, width: float) -> list[object]:
    """Texts that cover each other, leave the page or are too small: none, if all is well."""
    texts = texts_of(figure)
    page = figure.bbox
    outside = [
        text
        for text, box in texts
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]
    shown = [text for text in figure.findobj(Text) if text.get_text()]
    small = [text.get_text() for text in shown if text.get_fontsize() < 6.5]
    wide = [] if abs(figure.get_figwidth() - width / 25.4) < 1e-9 else ["not as wide as asked for"]
    return [*overlaps(texts), *outside, *small, *wide]


def _is_hollow(line: Line2D) -> bool:
    return line.get_markerfacecolor() == "white"
