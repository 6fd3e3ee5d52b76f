# SPDX-License-Identifier: Apache-2.0
"""matrix: a cell per variant, tinted by its speedup, white at 1x."""

from dataclasses import replace

import pytest
from drawn import texts_of
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pictured import EPYC, H100, XEON, drawn, made, run, words_of

from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.places import run_codes
from workspan.plot.matrix import (
    WIDEST,
    Range,
    draw_matrix,
    matrix_cells,
    range_of,
    tint,
)
from workspan.plot.page import MARGIN


def cells_of(figure: Figure) -> dict[str, Rectangle]:
    return {str(r.get_gid()): r for r in figure.findobj(Rectangle) if r.get_gid()}


ENDS = Range(0.01, 2.0)


def darkness(speedup: float, ends: Range) -> float:
    """0 of white."""
    return 3.0 - sum(to_rgb(tint(speedup, ends)))


def test_a_tint_is_white_at_one_and_legible_everywhere() -> None:
    assert tint(1.0, ENDS) == "#ffffff"
    assert tint(2.0, ENDS) != tint(0.01, ENDS)
    for speedup in (0.01, 0.1, 0.9, 1.1, 2.0):
        red, green, blue = to_rgb(tint(speedup, ENDS))
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5


def test_each_side_is_tinted_by_its_own_range() -> None:
    assert tint(2.0, ENDS) == tint(574.0, Range(0.5, 574.0))
    assert tint(0.01, ENDS) == tint(0.5, Range(0.5, 574.0))
    assert darkness(2**0.5, ENDS) == pytest.approx(darkness(2.0, ENDS) / 2, abs=0.01)
    assert darkness(0.1, ENDS) == pytest.approx(darkness(0.01, ENDS) / 2, abs=0.01)


def test_the_range_is_that_of_the_cells_and_never_a_little_noise() -> None:
    cells = matrix_cells(run_codes(run(EPYC)))
    values = [cell.speedup.value for row in cells.values() for cell in row.values()]
    assert range_of(cells) == (min(values), max(values))
    key = words_of(drawn("matrix", 180, EPYC))
    assert "2.0x: faster than seq" in key and "0.032x: slower" in key
    near = {"copy": {"omp": next(iter(cells["copy  2²⁴"].values()))}}
    assert range_of(near) == (0.5, 2.0)


@pytest.mark.parametrize("width", [85, 180])
def test_columns_use_the_width_of_the_sheet(width: int) -> None:
    figure = drawn("matrix", width, EPYC)
    right = max(box.get_x() + box.get_width() for box in cells_of(figure).values())
    axes = next(iter(cells_of(figure).values())).axes
    assert axes and right == pytest.approx(axes.get_xlim()[1] - MARGIN, abs=2)


def test_few_columns_are_not_stretched() -> None:
    codes = run_codes(run(EPYC))
    only = replace(codes, problems=tuple(p for p in codes.problems if p.workload == "fma"))
    boxes = cells_of(draw_matrix(only, 180)).values()
    assert [box.get_width() + 1 for box in boxes] == pytest.approx([WIDEST] * len(boxes))


def test_every_cell_has_the_speedup_of_its_case() -> None:
    judged = judge(run(XEON))
    found = cells_of(drawn("matrix", 180, XEON))
    cells = matrix_cells(run_codes(run(XEON)))
    ends, every = range_of(cells), [c for row in cells.values() for c in row.values()]
    assert set(found) == {cell.case.name for cell in every}
    for name, box in found.items():
        speedup = judged[name].vs_seq
        assert speedup is not None
        assert box.get_facecolor()[:3] == pytest.approx(to_rgb(tint(speedup.value, ends)))


def test_the_fastest_number_of_threads_stands_for_a_variant_at_the_largest_size() -> None:
    rows = matrix_cells(run_codes(run(XEON)))
    assert len(rows) == 21
    omp = rows["triad  2²⁴"]["omp"]
    assert (omp.case.n, omp.case.threads) == (2**24, 2)
    assert all("seq" not in row for row in rows.values())


def test_columns_without_room_are_named() -> None:
    words = words_of(drawn("matrix", 85, H100))
    note = words[words.index("left out for want of room: ") :]
    assert "seq_plain" in note
    assert "cusolver (fastest in cholesky)" in note
    assert "left out" not in words_of(drawn("matrix", 180, H100))


def test_columns_are_kept_by_what_rows_owe_to_them() -> None:
    texts = {text for text, _ in texts_of(drawn("matrix", 85, H100))}
    assert {"omp", "omp_tiled", "cuda", "cuda_e2e", "cublas"} <= texts
    assert "9.5x?" in texts, "stencil2d, of which omp alone would show 1.4x"
    assert not {"seq_plain", "cuda_naive"} & texts, "in many rows, but the fastest in none"


def test_columns_are_ordered_by_where_they_run() -> None:
    texts = [text for text, _ in texts_of(drawn("matrix", 180, H100))]
    of_each = ["seq_plain", "omp", "omp_tiled", "openblas", "cuda", "cuda_e2e", "cublas"]
    places = [texts.index(variant) for variant in of_each]
    assert places == sorted(places)


def test_a_speedup_without_an_interval_is_marked() -> None:
    judged = judge(run(H100)).values()
    texts = [text for text, _ in texts_of(drawn("matrix", 180, H100))]
    assert any(j.vs_seq and not j.vs_seq.interval for j in judged)
    assert "574x?" in texts
    assert "377x" in texts
    assert "? by value: no interval" in texts
    marked = {text for text, _ in texts_of(drawn("matrix", 180, XEON)) if text.endswith("x?")}
    assert marked == {"0.031x?"}, "conv2d seq_plain has two processes"


def test_the_title_names_the_highest_and_counts_the_slow() -> None:
    cells = [c for row in matrix_cells(run_codes(run(H100))).values() for c in row.values()]
    slow = sum(cell.speedup.value < 1 for cell in cells)
    assert made("matrix", H100).title == (
        f"histogram zipf cuda is 574x as fast as seq; {slow} of {len(cells)} variants are slower"
    )
