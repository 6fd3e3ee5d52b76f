# SPDX-License-Identifier: Apache-2.0
"""What is found when it is asked for: of each of some values, or of one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")
Found = TypeVar("Found")


class Late(Sequence[Found], Generic[Value, Found]):
    """As long as the values; equal to a sequence of the same findings."""

    def __init__(self, find: Callable[[Value], Found], values: Iterable[Value]) -> None:
        self._find, self._values = find, tuple(values)

    def __len__(self) -> int:
        """Finds nothing."""
        return len(self._values)

    @overload
    def __getitem__(self, at: int) -> Found: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Found, ...]: ...
    def __getitem__(self, at: int | slice) -> Found | tuple[Found, ...]:
        """Finds only what is asked for."""
        if isinstance(at, slice):
            return tuple(map(self._find, self._values[at]))
        return self._find(self._values[at])

    def __eq__(self, other: object) -> bool:
        """Finds all."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment] # as of a list


class found_once(Generic[Value, Found]):  # noqa: N801 # a decorator
    """A property that is found once; as functools.cached_property, whose lock takes longer than
    most of these.
    """

    def __init__(self, find: Callable[[Value], Found]) -> None:
        self._find, self.__doc__ = find, find.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Notes where it is kept."""
        self._name = name

    @overload
    def __get__(self, value: None, owner: type) -> "found_once[Value, Found]": ...
    @overload
    def __get__(self, value: Value, owner: type) -> Found: ...
    def __get__(self, value: Any, owner: type) -> Any:
        """Asked for the first time; later Python finds what is kept."""
        if value is None:
            return self
        found = value.__dict__[self._name] = self._find(value)
        return found
