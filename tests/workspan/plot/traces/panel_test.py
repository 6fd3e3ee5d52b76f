# SPDX-License-Identifier: Apache-2.0
"""One panel: the time axis, bars, lines and arrows in points."""

import pytest
from made_up_traces import CHAIN_ISSUES, MS, Spans, chain, encoded_trace, interleaved, one_case
from matplotlib.figure import Figure

from workspan.plot.style import CPU_COLORS, SMALL
from workspan.plot.traces.panel import (
    BAR_HEIGHT,
    BAR_TOP,
    MOST_ROWS,
    PER_TICK,
    ROW,
    Panel,
    Scale,
    draw_panel,
    unlabelled_cpus,
)
from workspan.plot.traces.trace import decode_traces


def panel_of(spans: Spans, issues: list | None = None, width: float = 200, **fields: str) -> Panel:
    (trace,) = decode_traces(encoded_trace(one_case(spans, issues or [], **fields)), "FILE")
    colors = {cpu: CPU_COLORS[cpu % 8] for cpu in range(-1, 99)}
    return Panel(trace, Scale(trace.duration, width), colors, 30, True)


@pytest.mark.parametrize(
    ("longest", "width", "labels"),
    [
        (36_300_000, 200, ["0", "10", "20", "30"]),
        (36_300_000, 470, ["0", "5", "10", "15", "20", "25", "30", "35"]),
        (10_000_000, 200, ["0", "5", "10"]),
        (1_011_000_000, 200, ["0", "500", "1000"]),
        (310_000, 200, ["0", "0.1", "0.2", "0.3"]),
        (5_000, 200, ["0", "2", "4"]),
        (3, 200, ["0", "0.001", "0.002", "0.003"]),
        (0, 200, ["0", "0.0005", "0.001"]),
    ],
)
def test_ticks_are_round_and_far_enough_apart(longest: int, width: float, labels: list) -> None:
    ticks = Scale(longest, width).ticks()
    assert [label for _, label in ticks] == labels
    assert ticks[1][0] - ticks[0][0] >= PER_TICK * 0.99
    assert ticks[-1][0] <= width * 1.000001


def test_the_unit_is_ms_but_for_very_short_and_very_long_runs() -> None:
    units = [Scale(longest, 1).unit for longest in (99_999, 100_000, 10**10, 2 * 10**10)]
    assert units == ["us", "ms", "ms", "s"]
    assert Scale(400, 200).at(100) == 50


def test_a_bar_lies_in_the_row_of_its_task_where_it_ran() -> None:
    panel = panel_of(interleaved())
    (bars,) = panel.bars.values()
    assert len(bars) == 9
    assert [bar.left for bar in bars] == sorted(bar.left for bar in bars)
    assert bars[1].left == pytest.approx(4 * MS / panel.trace.duration * 200)
    assert (bars[1].top, bars[1].height) == (ROW + BAR_TOP, BAR_HEIGHT)


def test_gaps_and_waits_are_lines() -> None:
    preempted, chained = panel_of(interleaved()), panel_of(chain(), CHAIN_ISSUES)
    assert (len(preempted.gaps()), len(preempted.waits())) == (6, 0)
    assert (len(chained.gaps()), len(chained.waits())) == (0, 3)


def test_a_task_that_was_cancelled_before_it_ran_is_a_cross_and_does_not_wait() -> None:
    spans = [[(0, 10, 0), (10, 20)], [(5, 40)], [(7, 50)]]
    name = "futures/pool/n:3/{}threads:2"
    panel = panel_of(spans, name=name.format("cancel:50/"))
    assert (len(panel.waits()), len(panel.crosses())) == (1, 2)
    assert panel.crosses()[0][0] == (panel.scale.at(5), ROW + BAR_TOP + BAR_HEIGHT / 2)
    assert panel_of(spans[:1], name=name.format("cancel:50/")).crosses() == []
    many = panel_of([[(k, k + 1)] for k in range(20)], name=name.format("cancel:50/"))
    assert len(many.crosses()) == MOST_ROWS


def test_an_arrow_goes_from_the_lower_edge_of_a_bar_to_the_upper_edge_of_another() -> None:
    panel = panel_of(chain(), CHAIN_ISSUES)
    (x, y), (u, v) = panel.arrows()[0]
    assert x == u == panel.scale.at(MS)
    assert (y, v) == (BAR_TOP + BAR_HEIGHT, ROW + BAR_TOP)
    upwards = panel_of([chain()[1], chain()[0]], [(1, 0, MS)])
    assert [point[1] for point in upwards.arrows()[0]] == [ROW + BAR_TOP, BAR_TOP + BAR_HEIGHT]


def awaited() -> Spans:
    """Each task waits for itself, and until the one that it issued has ended, and 5 us for that."""
    return [
        [(0, MS, 0), (MS, 13 * MS + 10_000)],
        [(MS, 2 * MS, 0), (2 * MS, 13 * MS + 5_000)],
        [(2 * MS, 3 * MS, 0), (3 * MS, 13 * MS)],
    ]


def test_a_grey_arrow_leads_from_the_end_of_a_task_to_the_issuer_that_waited_for_it() -> None:
    panel = panel_of(awaited(), CHAIN_ISSUES)
    first, second = ((row * ROW + BAR_TOP + BAR_HEIGHT / 2) for row in (0, 1))
    ends = [panel.scale.at(13 * MS + late) for late in (5_000, 10_000)]
    assert panel.results()[0] == ((ends[0], second), (ends[1], first))
    assert len(panel.results()) == 2
    assert panel_of(chain(), CHAIN_ISSUES).results() == []  # which waits for longer
    many = [*awaited(), *awaited() * 4]
    assert panel_of(many, [(0, 12, 0)]).results() == []


def test_only_the_first_rows_are_drawn() -> None:
    many = [[(k * MS, (k + 1) * MS, k)] for k in range(20)]
    panel = panel_of(many, [(11, 12, 12 * MS)])
    assert panel.rows == MOST_ROWS
    assert set(panel.bars) == set(range(MOST_ROWS))
    assert panel.arrows() == []


def test_each_cpu_is_named_once_or_in_the_key() -> None:
    panel = panel_of([[(0, 10, 3), (10, 20, -1), (20, 30, 3)], [(0, 10, 1)]])
    assert set(panel.labels) == {1, 3}
    assert {box.height for box in panel.labels.values()} == {SMALL.line}
    assert unlabelled_cpus(panel) == {-1}


def test_the_shortest_bar_can_be_seen() -> None:
    panel = panel_of([[(0, 1, 0), (1, 10**9)]])
    axes = Figure().add_axes((0, 0, 1, 1))
    draw_panel(axes, panel, with_ticks=True)
    assert [c.get_linewidth()[0] for c in axes.collections if "Poly" in type(c).__name__] == [0.4]
