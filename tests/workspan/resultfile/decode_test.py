# SPDX-License-Identifier: Apache-2.0
"""Decoding: errors name the innermost element that breaks its type."""

import msgspec
import pytest

from workspan.resultfile.decode import decode, schema_versions
from workspan.support.errors import InputError


class Part(msgspec.Struct):
    size: int


class Whole(msgspec.Struct):
    parts: list[Part]
    by_name: dict[str, Part] = {}
    either: Part | None = None


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b'{"parts": [{"size": 1}, {"size": "x"}]}', "$.parts[1].size"),
        (b'{"parts": [], "by_name": {"a": {"size": 1}, "b": {"size": null}}}', "$.by_name.b.size"),
        (b'{"parts": [], "either": {"size": 1.5}}', "$.either.size"),
        (b'{"parts": [{}]}', "$.parts[0]"),
        (b'{"parts": 1}', "$.parts"),
        (b"{}", "$"),
    ],
)
def test_an_error_names_the_innermost_element(data: bytes, place: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, Whole, "FILE")
    assert (caught.value.file, caught.value.place) == ("FILE", place)


def test_what_is_right_is_decoded() -> None:
    found = decode(b'{"parts": [{"size": 1}], "either": null, "more": 2}', Whole, "FILE")
    assert found == Whole(parts=[Part(size=1)])


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"parts": [}'])
def test_broken_json_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="not valid JSON"):
        decode(data, Whole, "FILE")


@pytest.mark.parametrize(
    ("data", "versions"),
    [
        (b'{"schema_version": 1}', (1, 0)),
        (b'{"workspan": {"schema_version": 2}}', (0, 2)),
        (b"{}", (0, 0)),
        (b'{"schema_version": "x"}', (0, 0)),
        (b"{", (0, 0)),
    ],
)
def test_the_schema_of_a_file(data: bytes, versions: tuple[int, int]) -> None:
    assert schema_versions(data) == versions


def test_a_newer_schema_is_named_instead_of_a_detail() -> None:
    with pytest.raises(InputError, match="newer schema"):
        decode(b'{"schema_version": 99, "parts": 1}', Whole, "FILE")
