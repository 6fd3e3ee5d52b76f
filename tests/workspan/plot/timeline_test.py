# SPDX-License-Identifier: Apache-2.0
"""Timelines: legible at both widths, nothing covers anything, the same bytes every time."""

import itertools
import random
import re
from collections.abc import Sequence
from functools import cache

import pytest
from drawn import bars_of, overlaps, texts_of
from made_up_traces import (
    MACHINE,
    MS,
    SITUATIONS,
    Spans,
    encoded_trace,
    four_orders,
    one_case,
    overlapping,
    sequential,
    several_cases,
)
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from workspan.plot.style import CPU_COLORS, Color, rendered
from workspan.plot.timeline import cpu_name, draw_timeline
from workspan.plot.traces.panel import extent_of
from workspan.plot.traces.trace import decode_traces


def wandering(cpus: int, tasks: int = 12) -> Spans:
    """A scheduler that gives the CPUs to other tasks every millisecond, the same ones each time."""
    chance = random.Random(cpus)
    spans: list[list[tuple[int, ...]]] = [[] for _ in range(tasks)]
    for begin in range(0, 40 * MS, MS):
        running = chance.sample(range(tasks), min(cpus, tasks))
        for task, cpu in zip(running, chance.sample(range(cpus), len(running)), strict=True):
            spans[task].append((begin, begin + MS - 2000, cpu))
    return spans


LONG = "waiters/coroutines_yield/n:1000000000000/input:chain/grain:4194304/tau:10ms/cpus:1"
HARD = {
    **SITUATIONS,
    "cpus_2": lambda: one_case(wandering(2)),
    "cpus_16": lambda: one_case(wandering(16)),
    "cpus_1024": lambda: one_case(wandering(1024)),
    "long_name": lambda: one_case(overlapping(), name=f"{LONG}/threads:999999", n=10**12),
    "cancelled": lambda: one_case(
        [*sequential(2), [(MS, 20 * MS)]], name="futures/pool/n:3/cancel:50/threads:2"
    ),
    "no_cpu": lambda: one_case([[(0, MS, -1)], [(0, MS, 7)]]),
    "instant": lambda: one_case([[(0, 1, 0)]], seconds=1e-9),
    "an_hour": lambda: one_case([[(0, 3_600_000 * MS, 0)]]),
    "first_1000": lambda: one_case(sequential(1000), tasks=10_000, dropped=3),
    "unlike": lambda: several_cases(
        [
            ("busy/seq/n:1/threads:1", sequential()),
            ("busy/omp/n:1/threads:1", sequential(60, 20 * MS)),
        ]
    ),
}


def figure_of(trace: dict, width: int, title: str | None = None) -> Figure:
    return draw_timeline(decode_traces(encoded_trace(trace), "FILE"), width, title)


@cache
def hard_figure(name: str, width: int) -> Figure:
    return figure_of(HARD[name](), width)


def words_of(figure: Figure) -> str:
    return " ".join(text for text, _ in texts_of(figure))


@pytest.mark.parametrize("width", [85, 180])
@pytest.mark.parametrize("name", HARD)
def test_texts_are_apart_within_the_figure_and_large_enough(name: str, width: int) -> None:
    figure = hard_figure(name, width)
    texts = texts_of(figure)
    assert len(texts) >= 6
    assert not overlaps(texts)
    page = figure.bbox
    outside = [
        text
        for text, box in texts
        if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ]
    assert not outside
    shown = [text for text in figure.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in shown) >= 6.5
    assert figure.get_figwidth() == pytest.approx(width / 25.4)


@pytest.mark.parametrize("width", [85, 180])
@pytest.mark.parametrize("name", HARD)
def test_no_text_covers_a_bar(name: str, width: int) -> None:
    figure = hard_figure(name, width)
    bars = [("bar", box) for box in bars_of(figure)]
    assert bars
    covered = [
        text for text in texts_of(figure) for bar in bars if overlaps([text, bar]) and bar[1].width
    ]
    assert not covered


@pytest.mark.parametrize("name", sorted(HARD.keys() - {"cpus_1024"}))
def test_every_cpu_that_is_drawn_is_named(name: str) -> None:
    trace = HARD[name]()
    for panel in decode_traces(encoded_trace(trace), "FILE"):
        words = words_of(draw_timeline([panel], 85))
        cpus = {span.cpu for task in panel.tasks[:12] for span in task if not span.waits}
        assert not [cpu for cpu in cpus if not re.search(rf"{cpu_name(cpu)}\b", words)]


@pytest.mark.parametrize(("kind", "width"), [*itertools.product(("svg", "png", "pdf"), (85, 180))])
def test_the_same_trace_gives_the_same_bytes(kind: str, width: int) -> None:
    first, second = (rendered(figure_of(four_orders(), width), kind) for _ in range(2))
    assert first == second


def test_the_figure_says_what_it_shows() -> None:
    words = words_of(figure_of(four_orders(), 180))
    for part in (
        "Four orders of three tasks",
        MACHINE,
        "Sequential: three tasks one after the other",
        "waiters/coroutines/n:3/tau:10ms/cpus:1/threads:1",
        "time in ms",
        "computing; the colour is the CPU",
        "waiting",
        "ready, but not running",
    ):
        assert part in words
    assert words.count(MACHINE) == 1
    assert "issues" not in words


def test_the_title_can_be_replaced_and_left_out() -> None:
    assert "Three ways" in words_of(figure_of(four_orders(), 180, "Three ways"))
    assert "Four orders" not in words_of(figure_of(four_orders(), 180, "Three ways"))
    assert "Four orders" not in words_of(figure_of(four_orders(), 180, ""))


def test_two_machines_are_named_at_their_panels() -> None:
    traces = [
        *decode_traces(encoded_trace(four_orders()), "FILE"),
        *decode_traces(encoded_trace(SITUATIONS["parallel"]()), "FILE"),
    ]
    object.__setattr__(traces[-1], "machine", "another machine")
    words = words_of(draw_timeline(traces, 180))
    assert (words.count(MACHINE), words.count("another machine")) == (1, 1)


def test_a_cpu_has_one_colour_in_all_panels() -> None:
    figure = figure_of(four_orders(), 180)
    colors = [
        tuple(round(255 * part) for part in collection.get_facecolor()[0][:3])
        for collection in figure.findobj(PolyCollection)
    ]
    marks = [tuple(int(color.mark[k : k + 2], 16) for k in (1, 3, 5)) for color in CPU_COLORS[:2]]
    assert colors == [marks[0]] * 4 + [marks[1]]


def colors_of(cpus: Sequence[int]) -> list[Color]:
    """Those of the bars, by CPU; each runs a task."""
    trace = one_case([[(0, MS, cpu)] for cpu in cpus])
    bars = figure_of(trace, 180).findobj(PolyCollection)
    marks = {color.mark: color for color in CPU_COLORS}
    return [marks[to_hex(bar.get_facecolor()[0])] for bar in bars]


def test_a_cpu_has_its_colour_in_every_figure() -> None:
    for cpu in range(8):
        assert colors_of([cpu]) == [CPU_COLORS[cpu]]
    assert colors_of([1, 3]) == [CPU_COLORS[1], CPU_COLORS[3]]
    assert colors_of([9]) == [CPU_COLORS[1]]


def test_of_eight_cpus_no_two_have_one_colour() -> None:
    assert colors_of([0, 8]) == [CPU_COLORS[0], CPU_COLORS[1]]
    assert len({*colors_of([8 * k for k in range(8)])}) == 8
    assert [*colors_of(range(10))[8:]] == [*CPU_COLORS[:2]]


def test_what_is_left_out_is_said() -> None:
    words = words_of(figure_of(HARD["first_1000"](), 180))
    assert "drawn: the first 12 of 10000 tasks; the title is of the first 1000" in words
    assert "not recorded: 3 spans, for want of room" in words
    assert "drawn:" not in words_of(figure_of(SITUATIONS["parallel"](), 180))


def test_runs_of_like_lengths_share_a_scale_and_others_do_not() -> None:
    assert words_of(figure_of(four_orders(), 180)).count("time in ms") == 1
    assert words_of(figure_of(HARD["unlike"](), 180)).count("time in ms") == 2


def test_the_time_axis_ends_with_the_tasks_that_are_drawn() -> None:
    (trace,) = decode_traces(encoded_trace(HARD["first_1000"]()), "FILE")
    assert extent_of(trace) == 12 * 12 * MS
    (trace,) = decode_traces(encoded_trace(SITUATIONS["chain"]()), "FILE")
    assert extent_of(trace) == trace.duration


def test_a_key_of_many_cpus_is_short() -> None:
    words = words_of(hard_figure("cpus_1024", 180))
    assert re.search(r"and \d+ more CPUs", words)
    assert "the colour is the CPU (colours repeat)" in words
    assert "repeat" not in words_of(hard_figure("cpus_2", 180))


def test_the_items_of_a_pipeline_are_called_so() -> None:
    trace = one_case(sequential(20), name="pipeline/tbb/n:20/threads:2")
    words = words_of(figure_of(trace, 85))
    assert "item 12" in words and "drawn: the first 12 of 20 items" in words
    assert "task" not in words


def test_crosses_are_explained_where_they_occur() -> None:
    words = words_of(hard_figure("cancelled", 85))
    assert "cancelled before it ran" in words and "waiting" not in words
    assert "cancelled" not in words_of(figure_of(SITUATIONS["chain"](), 85))


def test_arrows_are_explained_where_they_occur() -> None:
    words = words_of(figure_of(SITUATIONS["chain"](), 85))
    assert "issues a task" in words and "result" not in words
    spans = [[(0, MS, 0), (MS, 9 * MS)], [(MS, 2 * MS, 0), (2 * MS, 9 * MS)]]
    words = words_of(figure_of(one_case(spans, [(0, 1, MS)]), 85))
    assert "gives its result" in words
