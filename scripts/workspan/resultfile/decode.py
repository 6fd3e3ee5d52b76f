# SPDX-License-Identifier: Apache-2.0
"""Decoding into types, with errors that name the element: `$.cases[3].time`, not `$.cases[...]`."""

import contextlib
import json
import re
import types
import typing
from typing import Any, TypeVar

import msgspec

from workspan.resultfile.model import SCHEMA_VERSION
from workspan.resultfile.strict_json import LARGEST_TO_LOCATE, refuse

T = TypeVar("T")


def decode(data: bytes, kind: type[T], name: str) -> T:
    """The value of type `kind` in the JSON text `data`. Raises InputError: name, place and rule."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as e:
        _refuse_newer(data, name)
        rule, place = _split(e)
        if "[...]" in place and len(data) <= LARGEST_TO_LOCATE:
            place, rule = _locate(json.loads(data), kind, "$") or (place, rule)
        refuse(name, place, rule)
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        refuse(name, "", f"not valid JSON: {str(e).removeprefix('JSON is malformed: ')}")
    except RecursionError:
        refuse(name, "", "nested too deeply")


class _Version(msgspec.Struct):
    schema_version: int = 0


class _Versions(_Version):
    workspan: _Version = msgspec.field(default_factory=_Version)


def schema_versions(data: bytes) -> tuple[int, int]:
    """The schema of a journal or a manifest, and that of a result file; 0: it names none."""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = msgspec.json.decode(data, type=_Versions)
        return found.schema_version, found.workspan.schema_version
    return 0, 0


def _refuse_newer(data: bytes, name: str) -> None:
    """A file of a later workspan is not wrong in a detail: the reader is too old."""
    for place, version in zip(("$", "$.workspan"), schema_versions(data), strict=True):
        if version > SCHEMA_VERSION:
            refuse(
                name,
                f"{place}.schema_version",
                f"the file is of a newer schema ({version}) than this workspan reads"
                f" ({SCHEMA_VERSION}); update workspan",
            )


def _split(error: msgspec.ValidationError) -> tuple[str, str]:
    found = re.fullmatch(r"(?s)(.*) - at `((?:key in )?\$[^`]*)`", str(error))
    return (found[1], found[2]) if found else (str(error), "$")


def _bare_types(kind: Any) -> list[Any]:
    """The members of a union, without annotations."""
    if typing.get_origin(kind) is typing.Annotated:
        return _bare_types(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [bare for member in typing.get_args(kind) for bare in _bare_types(member)]
    return [kind]


def _parts(value: Any, kind: Any) -> list[tuple[str, Any, Any]]:
    """The parts of `value` that `kind` describes: place, value and type of each."""
    for bare in _bare_types(kind):
        origin, of = typing.get_origin(bare), typing.get_args(bare)
        if isinstance(value, list) and (origin is list or of[-1:] == (...,)):
            return [(f"[{i}]", v, of[0]) for i, v in enumerate(value)]
        if isinstance(value, dict) and origin is dict:
            return [(f".{k}", v, of[1]) for k, v in value.items()]
        if isinstance(value, dict) and isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            hints = typing.get_type_hints(bare, include_extras=True)
            return [(f".{k}", value[k], hints[k]) for k in hints if k in value]
    return []


def _locate(value: Any, kind: Any, place: str) -> tuple[str, str] | None:
    """The innermost part that breaks its type, and the rule; None if `value` is right."""
    try:
        msgspec.convert(value, type=kind)
    except msgspec.ValidationError as e:
        rule, inside = _split(e)
        for where, part, of in _parts(value, kind):
            if found := _locate(part, of, place + where):
                return found
        return place + inside.removeprefix("$"), rule
    return None
