# SPDX-License-Identifier: Apache-2.0
"""What was found of a value is found once, while it is among the last ones."""

from workspan.support.remembered import REMEMBERED, remembered


class Value:
    """Values that are equal are not the same."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


def test_a_value_is_asked_for_once_and_an_equal_one_again() -> None:
    asked: list[Value] = []

    @remembered
    def place(value: Value) -> int:
        """Its place among those asked for."""
        asked.append(value)
        return len(asked)

    one, other = Value(), Value()
    assert [place(one), place(other), place(one), place(other)] == [1, 2, 1, 2]
    assert place.__doc__ == "Its place among those asked for."


def test_the_values_asked_for_last_are_kept() -> None:
    asked: list[Value] = []
    place = remembered(asked.append)
    values = [Value() for _ in range(REMEMBERED + 1)]
    for value in values:
        place(value)
    place(values[1])  # now the last, so that values[2] is the next to go
    place(values[0])
    assert len(asked) == REMEMBERED + 2
    place(values[1])
    assert len(asked) == REMEMBERED + 2
    place(values[2])
    assert len(asked) == REMEMBERED + 3


def test_what_is_kept_counts_as_found() -> None:
    double = remembered(lambda value: 2 * value)
    part, whole = 10**20, 3 * 10**20
    assert double.keep(part, double(whole)) == double(part) == 6 * 10**20
