# SPDX-License-Identifier: Apache-2.0
"""Charts as text: a line per row, letters where the dots are."""

import pytest
from pictured import H100, XEON, made

from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import Row
from workspan.plot.palette import LOOKS
from workspan.plot.terminal import LETTERS, rows_as_text
from workspan.plot.words import factor_tick


def row(name: str, **values: float) -> Row:
    dots = [Dot(LOOKS[Place(place)], value, None, "case") for place, value in values.items()]
    return Row(name, tuple(dots))


def lines_of(text: str) -> dict[str, str]:
    """What stands within the frame, by the name before it."""
    framed = [line for line in text.splitlines() if line.endswith("│") and "┤" in line]
    return {name.strip(): rest for name, _, rest in (line.partition("┤") for line in framed)}


def test_a_letter_stands_by_its_value() -> None:
    text = rows_as_text([row("a", team=1, gpu=100), row("b", team=10)], factor_tick, 80)
    lines = lines_of(text)
    assert list(lines) == ["a", "b"]
    first, last = lines["a"].index("o"), lines["a"].index("*")
    assert lines["b"].index("o") == pytest.approx((first + last) / 2, abs=1)
    for label in ("1x", "10x", "100x"):
        assert label in text


def test_the_key_names_the_letters_that_are_there() -> None:
    key = rows_as_text([row("a", team=1, gpu=3)], factor_tick, 80).splitlines()[-1]
    assert key == "o all CPUs, fastest code   * GPU, data resident"
    assert set(LETTERS) == set(Place)
    assert len(set(LETTERS.values())) == len(Place)


@pytest.mark.parametrize("kind", ["speedup", "why", "breakeven"])
@pytest.mark.parametrize("width", [60, 100, 200])
def test_every_row_has_its_line_however_many_there_are(kind: str, width: int) -> None:
    found = made(kind, H100)
    assert found.rows is not None
    rows = found.rows()
    text = rows_as_text(rows, found.tick, width)
    assert list(lines_of(text)) == [one.name.strip() for one in rows]
    chart = text.splitlines()[:-1]
    assert max(map(len, chart)) <= width
    assert "\x1b" not in text


def test_one_row_is_a_chart_too() -> None:
    assert list(lines_of(rows_as_text([row("alone", team=2)], factor_tick, 50))) == ["alone"]


def test_the_same_rows_give_the_same_text() -> None:
    found = made("speedup", XEON)
    assert found.rows is not None
    first, second = (rows_as_text(found.rows(), found.tick, 90) for _ in range(2))
    assert first == second
