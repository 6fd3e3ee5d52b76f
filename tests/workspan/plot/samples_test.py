# SPDX-License-Identifier: Apache-2.0
"""samples: every sample of the cases that vary most, in its place and kind."""

import pytest
from block_files import in_blocks, merged, process
from matplotlib.lines import Line2D
from pictured import H100, XEON, arrows_of, drawn, made, run, words_of

from workspan.plot.samples import MOST, draw_samples, samples_of, samples_table, spread_of, title
from workspan.resultfile.model import ResultFile

NAME = "reduce/omp/n:8/threads:2"


def dots_of(figure) -> dict[bool, int]:
    """How many samples are drawn: hollow or not."""
    found = {True: 0, False: 0}
    for line in (line for axes in figure.axes for line in axes.lines):
        if isinstance(line, Line2D) and line.get_markersize() == 2.2:
            found[line.get_markerfacecolor() == "white"] += len(line.get_xdata())
    return found


def made_up(*processes: dict[int, float], disturbed: tuple[int, ...] = ()) -> ResultFile:
    journals = [
        process(number, [in_blocks(NAME, walls, disturbed=disturbed)], [])
        for number, walls in enumerate(processes, 1)
    ]
    return merged(journals)


def data_of(file: ResultFile):
    return samples_of(file, tuple(file.workspan.cases))


def walls(*seconds: float) -> dict[int, float]:
    return dict(enumerate(seconds, 1))


def test_every_sample_is_a_dot_and_disturbed_ones_are_hollow() -> None:
    steady = walls(*[1e-3 + 1e-6 * k for k in range(10)])
    figure = draw_samples(data_of(made_up(steady, steady, disturbed=(3, 4))), 85)
    assert dots_of(figure) == {True: 4, False: 16}
    assert "hollow: disturbed" in words_of(figure)
    assert "hollow" not in words_of(draw_samples(data_of(made_up(steady)), 85))


def test_a_sample_beyond_the_axis_is_an_arrow_and_its_ratio_is_said() -> None:
    far = walls(*[1e-3] * 9, 50e-3)
    figure = draw_samples(data_of(made_up(far, walls(*[1e-3] * 10))), 180)
    assert dots_of(figure)[False] == 19
    assert arrows_of(figure) == 2, "one of them in the key"
    assert "beyond the axis up to 50x" in words_of(figure)


def test_a_strip_names_the_keys_of_its_case() -> None:
    name = "busy/pool/n:33554432/grain:256/threads:2"
    file = merged([process(1, [in_blocks(name, walls(*[1e-3] * 8))], [])])
    assert "busy grain 256 2²⁵, pool on 2 CPUs" in words_of(draw_samples(data_of(file), 180))
    assert "histogram uniform 2²⁸, omp on 16 CPUs" in words_of(drawn("samples", 180, H100))


def test_a_wide_figure_has_two_strips_beside_each_other() -> None:
    heights = {width: drawn("samples", width, H100).get_figheight() for width in (85, 180)}
    assert heights[180] < 0.8 * heights[85]
    assert 25.4 * heights[85] < 240, "mm of a page of A4"
    assert "T over the median of the case" in words_of(drawn("samples", 180, H100))


def test_samples_are_in_the_order_of_time() -> None:
    early = walls(*[1e-3 + 1e-5 * k for k in range(8)])
    figure = draw_samples(data_of(made_up(early)), 180)
    (line,) = [line for axes in figure.axes for line in axes.lines if line.get_markersize() == 2.2]
    assert list(line.get_xdata()) == sorted(line.get_xdata())
    assert list(line.get_ydata()) == sorted(line.get_ydata(), reverse=True)


def test_cases_that_vary_most_come_first() -> None:
    data = data_of(run(XEON))
    spreads = [spread_of(case) for case in data.cases]
    assert spreads == sorted(spreads, reverse=True)
    assert spread_of(made_up(walls(*[1e-3] * 8)).workspan.cases[0]) == 0
    assert spread_of(made_up(walls(*[1e-3, 2e-3] * 4)).workspan.cases[0]) == pytest.approx(
        0.28768, abs=0.15
    )


def test_the_rest_is_counted() -> None:
    count = len(data_of(run(H100)).cases)
    assert f"drawn: the {MOST} of {count} cases that vary most" in words_of(
        drawn("samples", 180, H100)
    )


def test_the_title_is_computed() -> None:
    data = data_of(run(XEON))
    assert title(data) == made("samples", XEON).title
    assert title(data).startswith("Half of the samples lie within 4.7 % of their case's median")


def test_the_table_has_a_row_per_sample() -> None:
    steady = walls(*[1e-3 + 1e-6 * k for k in range(10)])
    headers, rows = samples_table(data_of(made_up(steady, disturbed=(3,))))
    assert headers[-1] == "counts"
    assert [row[-1] for row in rows].count("no") == 1
    assert len(rows) == 10
    assert rows[0][:4] == (NAME, "1", "1", "1")
    assert float(rows[0][4]) == pytest.approx(0.1)
    assert float(rows[0][5]) == pytest.approx(1e-3)
