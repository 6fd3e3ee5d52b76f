# SPDX-License-Identifier: Apache-2.0
"""breakeven: a dot per size, the largest one full-sized, and the answer in words."""

from dataclasses import replace

import pytest
from pictured import CURVES, H100, drawn, made, marks_of, run, words_of
from sample_results import without_team

from workspan.analysis.laws.break_even import BreakEven, break_evens
from workspan.analysis.verdicts.headline import headline
from workspan.plot.breakeven import BreakEvenData, answer, draw_breakeven, short_answer, title
from workspan.plot.words import BY_VALUE
from workspan.report import cells as report_cells
from workspan.stats.ratios import Estimate


def the_answer(**changes: object) -> BreakEven:
    return replace(break_evens(run(CURVES))[0], **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "always", "root": None}, "always from 2¹⁰"),
        ({"kind": "never", "root": None}, "never up to 2²⁰"),
        ({"kind": "unknown", "root": None}, "cannot tell"),
        ({"kind": "between", "root": None, "brackets": ((1024, 2**18),)}, "between 2¹⁰ and 2¹⁸"),
        ({"kind": "between", "root": Estimate(32768.4, None, 1)}, "from about 3.3·10⁴"),
        (
            {"kind": "in_and_out", "root": None, "brackets": ((8, 16), (64, 1024))},
            "changes between 8 and 16, 64 and 2¹⁰",
        ),
    ],
)
def test_the_answer_in_words(changes: dict[str, object], words: str) -> None:
    assert answer(the_answer(**changes)) == words


@pytest.mark.parametrize(
    ("kind", "ratios", "words"),
    [
        ("never", ((0.4, 0.6), (0.8, 1.2)), "never up to 2¹⁰ (2²⁰ unclear)"),
        ("always", ((0.8, 1.2), (1.4, 1.6)), "always from 2²⁰ (2¹⁰ unclear)"),
    ],
)
def test_a_size_whose_interval_does_not_tell_is_named(
    kind: str, ratios: tuple[tuple[float, float], ...], words: str
) -> None:
    found = the_answer()
    ends = (found.points[0], found.points[-1])
    points = tuple(
        replace(point, ratio=Estimate(sum(interval) / 2, interval, 3))
        for point, interval in zip(ends, ratios, strict=True)
    )
    assert answer(replace(found, kind=kind, points=points, brackets=(), root=None)) == words


def test_every_size_is_a_dot_and_the_largest_is_larger() -> None:
    marks = marks_of(drawn("breakeven", 180, CURVES))
    (found,) = break_evens(run(CURVES))
    assert [mark.name for mark in marks] == [point.device.name for point in found.points[::-1]]
    assert len({mark.y for mark in marks}) == 1
    assert marks == sorted(marks, key=lambda mark: -mark.x), "the ratio grows with the size"
    assert marks[0].size > 1.4 * max(mark.size for mark in marks[1:]), "first, beneath the others"


def test_both_kinds_of_transfers_have_their_colours_and_lines() -> None:
    marks = marks_of(drawn("breakeven", 180, H100))
    colors = {mark.color for mark in marks}
    assert colors == {"#d55e00", "#e69f00"}
    assert all(("e2e" in mark.name) == (mark.color == "#e69f00") for mark in marks)
    assert len(marks) == len(made("breakeven", H100).table()[1])


def test_marks_are_hollow_exactly_without_an_interval() -> None:
    known = {p.device.name: p.ratio for b in break_evens(run(H100)) for p in b.points}
    marks = marks_of(drawn("breakeven", 180, H100))
    assert all(mark.hollow == (known[mark.name].interval is None) for mark in marks)


def test_columns_fit_the_width() -> None:
    wide, narrow = (words_of(drawn("breakeven", width, H100)) for width in (180, 85))
    for part in ("GPU + transfers", "data resident", "fastest host code", "omp_tiled on 16"):
        assert part in wide
    assert "not up to 2²⁸" in narrow
    assert "always" not in narrow
    axes = max(drawn("breakeven", 85, H100).axes, key=lambda axes: len(axes.lines))
    ends = [line.get_xdata() for line in axes.lines if len(line.get_xdata()) == 2]
    assert max(abs(b - a) for a, b in ends) > 100, "room for five decades"


def test_the_host_code_is_named() -> None:
    wide, narrow = (words_of(drawn("breakeven", width, H100)) for width in (180, 85))
    chosen = "host code: the fastest of each size, of the suite or a library"
    assert chosen in wide
    assert (
        f"{chosen}; at the largest omp on 16, but omp_tiled on 16 in stencil3d, stencil2d" in narrow
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "always", "root": None}, "from 2¹⁰"),
        ({"kind": "never", "root": None}, "not up to 2²⁰"),
        ({"kind": "unknown", "root": None}, "cannot tell"),
        ({"kind": "between", "root": None, "brackets": ((1024, 2**18),)}, "2¹⁰ to 2¹⁸"),
        ({"kind": "between", "root": Estimate(32768.4, None, 1)}, "from 3.3·10⁴"),
        ({"kind": "in_and_out", "root": None, "brackets": ((8, 16), (64, 1024))}, "changes"),
    ],
)
def test_the_answer_in_a_narrow_column(changes: dict[str, object], words: str) -> None:
    assert short_answer(the_answer(**changes)) == words


def test_the_title_counts_workloads_as_the_headline_does() -> None:
    """histogram is one, with two inputs."""
    found = headline(run(H100))
    kernels, transfers = found.kernels, found.transfers
    assert made("breakeven", H100).title == (
        f"The GPU is faster with the transfers in {transfers.won} of {transfers.of} workloads"
        f" ({transfers.by_value} by value),"
        f" with its data resident in {kernels.won} of {kernels.of} ({kernels.by_value} by value)"
    )
    assert title(BreakEvenData(run(H100), ())) == "Is the GPU worth it?"


def test_the_title_names_a_host_that_never_had_all_cpus() -> None:
    file = without_team(run(H100))
    said = title(BreakEvenData(file, break_evens(file)))
    assert said.startswith("The GPU is faster than one thread of 16 CPUs with the transfers in 14")
    some = without_team(run(H100), "montecarlo")
    assert " in 6 of 19 workloads" in title(BreakEvenData(some, break_evens(some)))


def test_of_several_inputs_the_first_counts_at_the_largest_size() -> None:
    found = the_answer(transfers="pageable")
    point = found.points[-1]
    lost = replace(point, ratio=Estimate(0.5, (0.4, 0.6), 3))
    won = replace(point, ratio=Estimate(2.0, (1.9, 2.1), 3))
    for first, second, count in ((won, lost, 1), (lost, won, 0), (won, replace(lost, n=2**30), 0)):
        both = tuple(replace(found, points=(p,)) for p in (first, second))
        assert title(BreakEvenData(run(CURVES), both)).endswith(f"in {count} of 1 workload")


def test_an_answer_that_rests_on_a_size_without_interval_is_marked() -> None:
    found = the_answer()
    points = tuple(replace(p, ratio=Estimate(p.ratio.value, None, 1)) for p in found.points)
    bare = replace(found, points=points, kind="never", root=None, brackets=())
    assert answer(bare) == "never up to 2²⁰?"
    assert BY_VALUE == report_cells.BY_VALUE
    assert "? by value:" in words_of(drawn("breakeven", 180, H100))
    assert "? by value:" not in words_of(drawn("breakeven", 180, CURVES))


def test_a_run_with_pinned_transfers_alone_is_drawn() -> None:
    data = BreakEvenData(run(CURVES), (the_answer(transfers="pinned"),))
    figure = draw_breakeven(data, 180)
    assert {mark.color for mark in marks_of(figure)} == {"#e69f00"}
    assert "pinned memory" in words_of(figure)
