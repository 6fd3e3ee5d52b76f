# SPDX-License-Identifier: Apache-2.0
"""What a function found of the values it was asked for last, by their identity."""

import functools
from collections.abc import Callable
from typing import Final, Generic, TypeVar

REMEMBERED: Final = 8  # values

Value = TypeVar("Value")
Found = TypeVar("Found")


class remembered(Generic[Value, Found]):  # noqa: N801 # a decorator
    """The same function of an immutable value, such as a result file: a page asks a dozen times."""

    def __init__(self, find: Callable[[Value], Found]) -> None:
        self._find = find
        self._known: dict[int, tuple[Value, Found]] = {}  # by the id, the last at the end
        functools.update_wrapper(self, find)

    def __call__(self, value: Value) -> Found:
        """What is known of this very value, else what is found now."""
        known = self._known.get(id(value))
        return self.keep(value, known[1] if known else self._find(value))

    def keep(self, value: Value, found: Found) -> Found:
        """Also what is not the function's own finding of this value, but is to count as it."""
        self._known.pop(id(value), None)
        self._known[id(value)] = value, found  # with the value, so that its id stays its own
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return found
