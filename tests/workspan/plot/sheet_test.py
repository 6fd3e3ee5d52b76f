# SPDX-License-Identifier: Apache-2.0
"""The head of a figure, its key, and its data as CSV."""

from drawn import texts_of
from pictured import H100, XEON, run

from workspan.analysis.ratios.places import Place, run_codes
from workspan.plot.axes.marks import Dot
from workspan.plot.palette import LOOKS
from workspan.plot.sheet import begin, cells_of, dot_of, key_of, table_as_csv
from workspan.stats.ratios import Estimate

LOOK = LOOKS[Place.TEAM]


def test_a_machine_is_described_once() -> None:
    def lines(*names: str) -> list[str]:
        figure = begin(180, "The finding", [run(name) for name in names]).figure()
        return [text for text, _ in texts_of(figure)]

    assert len(lines(XEON, XEON)) == 2
    assert lines(XEON)[0] == "The finding"
    assert len(lines(XEON, H100)) == 3


def test_the_key_explains_only_what_is_there_in_the_order_of_the_palette() -> None:
    known, unknown = Dot(LOOK, 2.0, (1.0, 3.0), "a"), Dot(LOOK, 2.0, None, "b")
    places = [Place.GPU, Place.ONE, Place.GPU]
    meanings = [item.meaning for item in key_of(places, 2, [known])]
    assert meanings == ["1 CPU (seq)", "GPU, data resident", "95 % interval"]
    meanings = [item.meaning for item in key_of([Place.TEAM], 2, [unknown], {Place.TEAM: "all"})]
    assert meanings == ["all", "hollow: no interval"]


def test_an_exact_value_is_not_hollow() -> None:
    code = next(iter(run_codes(run(XEON)).problems[0].codes.values()))
    exact, bare = Estimate(1.0, None, 3, exact=True), Estimate(1.0, None, 1)
    assert not dot_of(Place.ONE, code, exact).hollow
    assert dot_of(Place.ONE, code, bare).hollow
    assert dot_of(Place.ONE, code, bare).name == code.case.name


def test_cells_are_empty_where_nothing_is_known() -> None:
    assert cells_of(None) == ("", "", "")
    assert cells_of(Estimate(2.0, None, 1)) == ("2", "", "")
    assert cells_of(Estimate(2.0, (1.25, 3.0), 5)) == ("2", "1.25", "3")


def test_a_table_is_csv_with_one_line_a_row() -> None:
    assert table_as_csv((("a", "b"), [("1", "x, y")])) == b'a,b\n1,"x, y"\n'
