# SPDX-License-Identifier: Apache-2.0
"""Hostile JSON is refused in one line with its place."""

import pytest
from refusals import refused

from workspan.resultfile import strict_json
from workspan.resultfile.strict_json import refuse, top_keys
from workspan.support.errors import InputError


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b" \n", "line 2, column 1: not valid JSON"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ("{}".encode("utf-16"), "byte order mark"),
        (b'{"workspan": "\xff"}', "byte 14: not UTF-8"),
        (b'{"workspan": "\xed\xa0\x80"}', "not UTF-8"),
        (b'{"workspan": "\\ud800"}', "not valid JSON"),
        (b'{"benchmarks": [], "context": {"a": "\\udfff"}}', "not valid JSON"),
        (b'{"workspan": NaN}', "NaN"),
        (b'{"workspan": -Infinity}', "-Infinity"),
        (
            b'{"benchmarks": [{"name": "a", "real_time": 1e999}]}',
            "$.benchmarks[0].real_time: Number out of range",
        ),
        (b'{"workspan": ' + b"9" * 5000 + b"}", "an integer of 5000 digits"),
        (b'{"workspan": ' + b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"workspan": {}} x', "not valid JSON: Extra data"),
        (b'{"workspan": {},}', "not valid JSON"),
        (b"[]", "$: the outermost value is not an object"),
        (b'[{"workspan": 1}]', "$: the outermost value is not an object"),
        (b"{}", "neither `workspan` nor `benchmarks`"),
        (b'{"x": [0, {"y": {"a": 1, "a": 1}}]}', "$.x[1].y: the key 'a' occurs twice"),
        (b'{"workspan": 1, "workspan": 1}', "$: the key 'workspan' occurs twice"),
        (b'{"\xe2\x80\xae": 1, "\xe2\x80\xae": 1}', "the key '<U+202E>' occurs twice"),
        (b'{"workspan": "a\nb"}', "not valid JSON"),
    ],
)
def test_what_is_no_strict_json(data: bytes, said: str) -> None:
    assert said in refused(data)


def test_the_keys_are_those_of_the_outermost_object() -> None:
    assert top_keys(b' {"a": {"b": 1}, "c": [{"d": 2}]}', "FILE", 100) == {"a", "c"}


def test_more_values_than_allowed_are_refused() -> None:
    top_keys(b'{"a": [1, 2]}', "FILE", 3)  # as many as there are of `,`, `[` and `{`
    with pytest.raises(InputError, match="holds more than 2 values"):
        top_keys(b'{"a": [1, 2]}', "FILE", 2)


def test_a_file_shorter_than_the_limit_is_not_counted_and_a_longer_one_is() -> None:
    top_keys(b'{"a": [1, 2], "b": 3}', "FILE", 21)
    many = b'{"a": [' + b"1," * 99 + b"1]}"
    top_keys(many, "FILE", 101)
    with pytest.raises(InputError, match="holds more than 100 values"):
        top_keys(many, "FILE", 100)


def test_a_long_integer_in_a_large_file_is_refused_by_its_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strict_json, "LARGEST_TO_LOCATE", 100)
    row = b'{"name": "a", "run_name": "a", "run_type": "iteration", "real_time": %s}'
    said = refused(b'{"context": {}, "benchmarks": [' + row % (b"9" * 5000) + b"]}")
    assert "real_time: Number out of range" in said


def test_a_message_is_one_short_line() -> None:
    with pytest.raises(InputError) as caught:
        refuse("F\n", "$.\u202e", "x" * 400)
    assert str(caught.value) == f"F<U+000A>: $.<U+202E>: {'x' * 297}..."
