# SPDX-License-Identifier: Apache-2.0
"""JSON as in RFC 8259 and nothing else: UTF-8, no duplicate keys, no NaN, and neither numbers nor
nesting that exhaust the reader.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from workspan.support.errors import InputError
from workspan.support.text import plain

LONGEST_INTEGER = 20  # characters: 64 bits and a sign; Python's own conversion takes quadratic time
LONGEST_RULE = 300  # characters of a message, which may quote the file
PIECE = 1 << 20  # bytes that are looked at together: they stay in the cache
LARGEST_TO_LOCATE = 64 << 20  # bytes; above, places lack indices, which need the whole tree


def refuse(name: str, place: str, rule: str) -> NoReturn:
    """Raises InputError with one short line of harmless text."""
    line = plain(rule)
    raise InputError(
        plain(name),
        plain(place),
        line if len(line) <= LONGEST_RULE else line[: LONGEST_RULE - 3] + "...",
    )


class _TwiceError(Exception):
    """A key occurs twice in an object."""


class _WithDuplicate(dict[str, Any]):
    """An object in which a key occurs twice."""

    key = ""


class _Hooks:
    """Hooks of json.loads. Objects become None to save memory; the last one is the outermost."""

    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def pairs(self, pairs: list[tuple[str, Any]]) -> None:
        self.last = dict(pairs)
        if len(self.last) != len(pairs):
            raise _TwiceError


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise ValueError(f"an integer of {len(text)} digits; {LONGEST_INTEGER} are allowed")
    return len(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _mark_duplicate(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    twice = ""
    for key, value in pairs:
        twice = key if key in seen else twice
        seen[key] = value
    if len(seen) == len(pairs):
        return seen
    marked = _WithDuplicate(seen)
    marked.key = twice
    return marked


def _duplicates(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _WithDuplicate):
        yield place, value.key
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in children:
        yield from _duplicates(
            child, f"{place}[{key}]" if isinstance(value, list) else f"{place}.{key}"
        )


def _refuse_duplicate(text: str, name: str) -> NoReturn:
    if len(text) <= LARGEST_TO_LOCATE:
        with contextlib.suppress(ValueError, RecursionError):  # for errors further on
            place, key = next(_duplicates(json.loads(text, object_pairs_hook=_mark_duplicate), "$"))
            refuse(name, place, f"the key '{key}' occurs twice")
    refuse(name, "$", "an object has the same key twice")


def _most_values(data: bytes) -> int:
    """A bound: as many as there are commas and opening brackets, also within strings."""
    pieces = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    return sum(len(piece) - len(piece.translate(None, b",[{")) for piece in pieces)


def _text(data: bytes, name: str, values: int) -> str:
    if not data:
        refuse(name, "", "the file is empty")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        refuse(name, "byte 0", "starts with a byte order mark; JSON is UTF-8 without one")
    if len(data) > values and _most_values(data) > values:
        refuse(name, "", f"holds more than {values} values")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        refuse(name, f"byte {e.start}", "not UTF-8")


def top_keys(data: bytes, name: str, values: int) -> frozenset[str]:
    """The keys of the outermost object, if all of `data` is strict JSON of at most `values` values.

    Raises InputError. `name`: of the file, for messages. No number is converted: its type is
    checked when the file is decoded, which also refuses a long integer of a large file.
    """
    text, hooks = _text(data, name, values), _Hooks()
    try:
        json.loads(
            text,
            object_pairs_hook=hooks.pairs,
            parse_int=_integer if len(data) <= LARGEST_TO_LOCATE else len,
            parse_float=len,
            parse_constant=_constant,
        )
    except _TwiceError:
        _refuse_duplicate(text, name)
    except RecursionError:
        refuse(name, "", "nested too deeply")
    except json.JSONDecodeError as e:
        refuse(name, f"line {e.lineno}, column {e.colno}", f"not valid JSON: {e.msg}")
    except ValueError as e:
        refuse(name, "", f"not valid JSON: {e}")
    if not re.match(r"[ \t\r\n]*\{", text):
        refuse(name, "$", "the outermost value is not an object")
    return frozenset(hooks.last)
