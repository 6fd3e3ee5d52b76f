# SPDX-License-Identifier: Apache-2.0
"""matrix: a cell per variant, tinted by its speedup, white at 1x."""

import pytest
from drawn import texts_of
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from pictured import H100, XEON, drawn, made, run, words_of

from workspan.analysis.ratios.judge import judge
from workspan.analysis.ratios.places import run_codes
from workspan.plot.matrix import matrix_cells, tint


def cells_of(figure: Figure) -> dict[str, Rectangle]:
    return {str(r.get_gid()): r for r in figure.findobj(Rectangle) if r.get_gid()}


def test_a_tint_is_white_at_one_and_legible_everywhere() -> None:
    assert tint(1.0) == "#ffffff"
    assert tint(100.0) == tint(1e9)
    assert tint(0.01) != tint(100.0)
    for speedup in (1e-9, 0.1, 0.9, 1.1, 10, 1e9):
        red, green, blue = to_rgb(tint(speedup))
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5


def test_every_cell_has_the_speedup_of_its_case() -> None:
    judged = judge(run(XEON))
    found = cells_of(drawn("matrix", 180, XEON))
    every = [c for row in matrix_cells(run_codes(run(XEON))).values() for c in row.values()]
    assert set(found) == {cell.case.name for cell in every}
    for name, box in found.items():
        speedup = judged[name].vs_seq
        assert speedup is not None
        assert box.get_facecolor()[:3] == pytest.approx(to_rgb(tint(speedup.value)))


def test_the_fastest_number_of_threads_stands_for_a_variant_at_the_largest_size() -> None:
    rows = matrix_cells(run_codes(run(XEON)))
    assert len(rows) == 21
    omp = rows["triad  2²⁴"]["omp"]
    assert (omp.case.n, omp.case.threads) == (2**24, 2)
    assert all("seq" not in row for row in rows.values())


def test_columns_without_room_are_named() -> None:
    words = words_of(drawn("matrix", 85, H100))
    assert "left out for want of room: cublas" in words or "left out for want of room" in words
    assert "left out" not in words_of(drawn("matrix", 180, H100))
    texts = [text for text, _ in texts_of(drawn("matrix", 85, H100))]
    assert {"omp", "cuda", "cuda_e2e"} <= set(texts), "the most frequent ones stay"


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
