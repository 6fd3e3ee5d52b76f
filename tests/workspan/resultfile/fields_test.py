# SPDX-License-Identifier: Apache-2.0
"""The kinds of fields: what each takes and what it refuses."""

from typing import Any

import msgspec
import pytest

from workspan.resultfile import fields


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (fields.Positive, [5e-324, 1, 1e300], [0, -1.0, 2e300, "1"]),
        (fields.NonNegative, [0, 1e300], [-5e-324, 2e300, None]),
        (fields.Finite, [-1e300, 0], [-2e300]),
        (fields.Count, [0, 2**63 - 1], [-1, 2**63, 1.5, True]),
        (fields.Ordinal, [1, 1_000_000], [0, 1_000_001]),
        (fields.AttemptNumber, [1, 1000], [0, 1001]),
        (fields.ThreadCount, [1, 999_999], [0, 1_000_000]),
        (fields.Text, ["", "x" * 65536], ["x" * 65537, 1]),
        (fields.Word, ["a", "omp_2"], ["", "A", "a b", "a\n", "x" * 65]),
        (fields.Axis, ["input", "l2"], ["colour", "inputs", ""]),
        (fields.AxisValue, ["zipf", "0.5"], ["Zipf", "", "a/b"]),
        (fields.CpuNumber, ["0", "123456"], ["", "-1", "1234567"]),
        (
            fields.Time,
            ["2026-01-02T03:04:05Z"],
            ["2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z\n"],
        ),
        (fields.Limit, [0, 1.5, "unlimited", "unknown"], ["none", -1]),
        (fields.Interval, [[1.0, 2.0], "none"], [[1.0], [1.0, 2.0, 3.0], "unknown"]),
    ],
)
def test_a_field_takes_its_values_only(kind: Any, right: list[Any], wrong: list[Any]) -> None:
    for value in right:
        msgspec.convert(value, kind)
    for value in wrong:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, kind)


def test_a_struct_is_immutable_and_refuses_unknown_fields() -> None:
    class One(fields.Struct, frozen=True):
        value: int

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"value": 1, "more": 2}, One)
    with pytest.raises(AttributeError):
        One(1).value = 2  # type: ignore[misc]
