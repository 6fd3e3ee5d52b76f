# SPDX-License-Identifier: Apache-2.0
"""What a function found of the values it was asked for last, by their identity."""

import functools
from collections.abc import Callable
from typing import Final, TypeVar

REMEMBERED: Final = 8  # values

Value = TypeVar("Value")
Found = TypeVar("Found")


def remembered(find: Callable[[Value], Found]) -> Callable[[Value], Found]:
    """The same function of an immutable value, such as a result file: a page asks a dozen times."""
    known: dict[int, tuple[Value, Found]] = {}  # by the id of the value, the last at the end

    @functools.wraps(find)
    def found_of(value: Value) -> Found:
        found = known.pop(id(value), None) or (value, find(value))
        known[id(value)] = found  # with the value, so that its id stays its own
        while len(known) > REMEMBERED:
            del known[next(iter(known))]
        return found[1]

    return found_of
