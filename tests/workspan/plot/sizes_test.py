# SPDX-License-Identifier: Apache-2.0
"""sizes: rates, caches between measured sizes, and no curve of two sizes."""

from dataclasses import replace

import pytest
from drawn import texts_of
from matplotlib.colors import to_hex
from pictured import CURVES, EPYC, GPU_ONLY, H100, XEON, drawn, made, marks_of, run, words_of

from workspan.analysis.ratios.ceilings import rate, working_set
from workspan.analysis.ratios.places import Place, RunCodes, run_codes
from workspan.plot.sizes import draw_panels, sized_problems, tells_of_sizes, title
from workspan.support.units import RATES


def test_two_sizes_are_no_curve() -> None:
    assert not sized_problems(run_codes(run(H100)))
    names = [problems[0].name for problems in sized_problems(run_codes(run(XEON)))]
    assert names == ["copy"]
    assert "copy, GB/s" in words_of(drawn("sizes", 180, XEON))


def test_ceilings_of_arithmetic_say_nothing_of_sizes_alone_on_the_host() -> None:
    def only(name: str, *workloads: str) -> RunCodes:
        codes = run_codes(run(name))
        return replace(codes, problems=tuple(p for p in codes.problems if p.workload in workloads))

    assert sized_problems(only(EPYC, "fma", "dfma"))
    assert not tells_of_sizes(only(EPYC, "fma", "dfma"))
    both = (*only(EPYC, "fma").problems, *only(XEON, "copy").problems)
    assert tells_of_sizes(RunCodes(run(XEON), both))
    assert tells_of_sizes(only(GPU_ONLY, "fma")), "there a small size is a launch"


def test_points_have_the_rates_of_their_cases_in_the_unit_of_the_panel() -> None:
    cases = {case.name: case for case in run(GPU_ONLY).workspan.cases}
    _, rows = made("sizes", GPU_ONLY).table()
    assert len(rows) == len(marks_of(drawn("sizes", 180, GPU_ONLY)))
    scales = {unit: per for kind in RATES.values() for unit, per in kind}
    assert {row[4] for row in rows} == {"TFLOP/s", "GFLOP/s", "GB/s", "Gitem/s"}
    words = words_of(drawn("sizes", 180, GPU_ONLY))
    assert all(f"{row[0]}, {row[4]}" in words for row in rows)
    assert "·10" not in words, "a larger unit"
    for _, n, name, _, unit, value, low, high in rows:
        case = cases[name]
        assert int(n) == case.n
        assert float(value) == pytest.approx(rate(case, case.rate_unit) / scales[unit], rel=1e-5)
        if low:
            assert float(low) <= float(value) <= float(high)


def test_caches_are_marked_where_the_working_set_fills_them() -> None:
    problems = next(p for p in sized_problems(run_codes(run(GPU_ONLY))) if p[0].name == "copy")
    l2 = run(GPU_ONLY).workspan.machine.cuda.gpus[0].l2
    sets = {p.n: working_set(p.codes[Place.GPU].case) for p in problems}
    below = max(n for n, size in sets.items() if size <= l2)
    above = min(n for n, size in sets.items() if size > l2)
    figure = drawn("sizes", 180, GPU_ONLY)
    marks = {m.name: m for m in marks_of(figure) if m.name.startswith("copy/cuda/")}
    first, last = (marks[f"copy/cuda/n:{n}/threads:1"].x for n in (below, above))
    limits = [
        line.get_xdata()[0]
        for axes in figure.axes
        for line in axes.lines
        if to_hex(line.get_color()) == "#d55e00" and line.get_xdata()[0] == line.get_xdata()[-1]
        if len(line.get_xdata()) == 2 and line.get_linewidth() == 0.8
    ]
    assert [x for x in limits if first <= x <= last]
    assert [text for text, _ in texts_of(figure)].count("GPU L2") >= 15


def test_a_cache_that_no_size_fills_is_not_marked() -> None:
    assert "L2" not in [text for text, _ in texts_of(drawn("sizes", 180, CURVES))]


def test_the_title_says_what_the_smallest_sizes_leave_unused() -> None:
    assert made("sizes", GPU_ONLY).title == (
        "At its smallest size a workload reaches 1.2 % of its best rate on the GPU"
        " (median of 20 workloads)"
    )
    assert made("sizes", XEON).title == (
        "At its smallest size copy reaches 33 % of its best rate on 2 CPUs"
    )
    assert title(run_codes(run(H100))) == "Rate and size"


def test_the_key_explains_dots_and_hollow_marks_only_where_they_are() -> None:
    assert "nothing is known between" in words_of(drawn("sizes", 180, XEON))
    assert "nothing is known between" not in words_of(drawn("sizes", 180, CURVES))
    assert "hollow" in words_of(drawn("sizes", 180, GPU_ONLY))
    assert "95 % interval" in words_of(drawn("sizes", 180, XEON))
    assert "hollow" not in words_of(drawn("sizes", 180, XEON))


def test_panels_can_be_drawn_without_title_and_key() -> None:
    figure = draw_panels(run_codes(run(XEON)), 85)
    words = words_of(figure)
    assert "copy, GB/s" in words
    assert "verified" not in words
    assert len(marks_of(figure)) == len(marks_of(drawn("sizes", 85, XEON)))
