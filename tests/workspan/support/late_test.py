# SPDX-License-Identifier: Apache-2.0
"""What is found when it is asked for is not found earlier, and a property not twice."""

import pytest

from workspan.support.late import Late, found_once


def test_a_sequence_finds_only_what_is_asked_for() -> None:
    asked: list[int] = []

    def square(value: int) -> int:
        asked.append(value)
        return value * value

    late = Late(square, [1, 2, 3, 4])
    assert (len(late), asked) == (4, [])
    assert (late[-1], late[1:3], asked) == (16, (4, 9), [4, 2, 3])
    assert list(late) == [1, 4, 9, 16]
    with pytest.raises(IndexError):
        late[4]


def test_a_sequence_is_equal_to_its_findings() -> None:
    late = Late(abs, [-1, 2])
    assert late == (1, 2)
    assert late == [1, 2]
    assert late == Late(abs, [1, -2])
    assert late != (1, 3)
    assert late != 1


class Value:
    """A value whose property counts how often it was found."""

    count = 0

    @found_once
    def found(self) -> int:
        """Of this value."""
        self.count += 1
        return self.count


def test_a_property_is_found_once_of_each_value() -> None:
    one, other = Value(), Value()
    assert [one.found, one.found, one.count] == [1, 1, 1]
    assert [other.count, other.found] == [0, 1]
    assert Value.found.__doc__ == "Of this value."
