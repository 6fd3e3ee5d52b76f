# SPDX-License-Identifier: Apache-2.0
"""Numbers with units: three digits, and the next unit once a number would get a fourth."""

import pytest

from workspan.support.units import (
    axis_scale,
    format_bytes,
    format_duration,
    format_number,
    format_time,
    key_seconds,
    scale_of,
)


@pytest.mark.parametrize(
    ("rate", "kind", "unit"),
    [
        (60.5e12, "flops", "TFLOP/s"),
        (999.6e9, "flops", "TFLOP/s"),
        (999.4e9, "flops", "GFLOP/s"),
        (3e6, "flops", "GFLOP/s"),
        (3.35e12, "bytes", "GB/s"),
        (590e9, "items", "Gitem/s"),
        (590e6, "items", "Mitem/s"),
        (0.1, "items", "item/s"),
    ],
)
def test_a_rate_by_itself_has_the_largest_unit_that_it_fills(
    rate: float, kind: str, unit: str
) -> None:
    assert scale_of(rate, kind).unit == unit


@pytest.mark.parametrize(
    ("highest", "kind", "unit"),
    [
        (60.5e12, "flops", "TFLOP/s"),
        (1.38e12, "flops", "GFLOP/s"),
        (5e15, "flops", "TFLOP/s"),
        (5e12, "bytes", "GB/s"),
        (590e9, "items", "Gitem/s"),
        (4e6, "items", "kitem/s"),
        (40, "items", "item/s"),
    ],
)
def test_an_axis_has_the_unit_that_needs_no_power_of_ten(
    highest: float, kind: str, unit: str
) -> None:
    assert axis_scale(highest, kind).unit == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (0.01, "0.01"),
        (0.00999, "1.0e-02"),
        (9.994, "9.99"),
        (9.996, "10.0"),
        (99.96, "100"),
        (-3.14159, "-3.14"),
        (1e6, "1.0e+06"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5e-10, "0.50 ns"),
        (9.994e-7, "999 ns"),
        (9.996e-7, "1.00 us"),
        (0.0123, "12.3 ms"),
        (1.5, "1.50 s"),
        (3600.0, "3600 s"),
    ],
)
def test_times(value: float, text: str) -> None:
    assert format_time(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 B"), (999, "999 B"), (999.6, "1.00 kB"), (1e6, "1.00 MB"), (7e9, "7.00 GB")],
)
def test_bytes(value: float, text: str) -> None:
    assert format_bytes(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations(value: float, text: str) -> None:
    assert format_duration(value) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10ms", 0.01),
        ("0.5us", 5e-7),
        ("200ns", 2e-7),
        ("2s", 2.0),
        ("10", None),
        ("ms", None),
        ("10ms ", None),
        ("zipf", None),
        ("", None),
    ],
)
def test_times_in_names_of_cases(text: str, seconds: float | None) -> None:
    assert key_seconds(text) == (seconds and pytest.approx(seconds))
