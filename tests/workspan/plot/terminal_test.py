# SPDX-License-Identifier: Apache-2.0
"""Charts as text: a line per row, letters where the dots are."""

from dataclasses import replace

import pytest
from pictured import H100, XEON, made

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import Row
from workspan.plot.palette import LOOKS
from workspan.plot.terminal import LETTERS, rows_as_text
from workspan.plot.words import factor_tick


def row(name: str, tick: float | None = None, **values: float) -> Row:
    dots = [
        Dot(LOOKS[Place(place)], value, (0.9 * value, 1.1 * value), "case")
        for place, value in values.items()
    ]
    return Row(name, tuple(dots), tick=tick)


def lines_of(text: str) -> dict[str, str]:
    """What stands within the frame, by the name before it."""
    framed = [line for line in text.splitlines() if line.endswith("│") and "┤" in line]
    return {name.strip(): rest for name, _, rest in (line.partition("┤") for line in framed)}


def test_a_letter_stands_by_its_value() -> None:
    text = rows_as_text([row("a", team=1, gpu=100), row("b", team=10)], factor_tick, 80)
    lines = lines_of(text)
    assert list(lines) == ["a", "b"]
    first, last = lines["a"].index("A"), lines["a"].index("G")
    assert lines["b"].index("A") == pytest.approx((first + last) / 2, abs=1)
    for label in ("1x", "10x", "100x"):
        assert label in text


def test_the_key_names_the_letters_that_are_there() -> None:
    key = rows_as_text([row("a", team=1, gpu=3)], factor_tick, 80).splitlines()[-1]
    assert key == "A all CPUs, fastest code   G GPU, data resident   ┊ 1x"
    assert set(LETTERS) == set(Place)
    assert len(set(LETTERS.values())) == len(Place)


def test_a_dot_without_an_interval_has_a_small_letter() -> None:
    known = row("known", team=8)
    bare = Row("bare", (replace(known.dots[0], interval=None),))
    text = rows_as_text([known, bare], factor_tick, 100)
    lines = lines_of(text)
    assert "A" in lines["known"] and "a" not in lines["known"]
    assert "a" in lines["bare"] and "A" not in lines["bare"]
    assert "small letter: no interval" in text
    assert "small letter" not in rows_as_text([known], factor_tick, 100)


def test_the_line_at_one_and_the_gain_of_the_machine_are_shown() -> None:
    text = rows_as_text([row("a", tick=4, team=8), row("b", team=2)], factor_tick, 100)
    lines = lines_of(text)
    assert lines["a"].index("┊") == lines["b"].index("┊") < lines["b"].index("A")
    assert lines["b"].index("A") < lines["a"].index("|") < lines["a"].index("A")
    assert "| what the machine gives   ┊ 1x" in text
    assert "machine" not in rows_as_text([row("b", team=2)], factor_tick, 100)


@pytest.mark.parametrize("kind", ["speedup", "why", "breakeven"])
@pytest.mark.parametrize("width", [60, 100, 200])
def test_every_row_has_its_line_however_many_there_are(kind: str, width: int) -> None:
    found = made(kind, H100)
    assert found.rows is not None
    rows = found.rows()
    text = rows_as_text(rows, found.tick, width)
    assert list(lines_of(text)) == [one.name.strip() for one in rows]
    chart = text.splitlines()[: len(rows) + 3]
    assert max(map(len, chart)) <= width
    assert "\x1b" not in text


def test_one_row_is_a_chart_too() -> None:
    assert list(lines_of(rows_as_text([row("alone", team=2)], factor_tick, 50))) == ["alone"]


def test_the_same_rows_give_the_same_text() -> None:
    found = made("speedup", XEON)
    assert found.rows is not None
    first, second = (rows_as_text(found.rows(), found.tick, 90) for _ in range(2))
    assert first == second
