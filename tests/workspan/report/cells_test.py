# SPDX-License-Identifier: Apache-2.0
"""Cells that several tables share."""

import io

import msgspec
import pytest
from rich.console import Console
from sample_results import case

from workspan.report.cells import (
    EstimateFormat,
    bare_rate,
    estimate,
    power,
    rate_scale,
    rate_with_unit,
    ratio,
    short,
    without_edge,
)
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.units import format_bytes, format_number, format_time


def test_numbers_line_up() -> None:
    assert [format_number(x) for x in (0, 0.001, 0.5, 9.99, 9.996, 99.96, 123456, 2e6)] == [
        *("0.00", "1.0e-03", "0.50", "9.99", "10.0", "100", "123456", "2.0e+06")
    ]
    assert [format_time(x) for x in (5e-324, 9.99e-10, 9.996e-7, 1.5e-3, 12, 1e300)] == [
        *("4.9e-315 ns", "1.00 ns", "1.00 us", "1.50 ms", "12.0 s", "1.0e+300 s")
    ]
    assert [format_bytes(x) for x in (0, 999, 999.6, 1e3, 1.5e9, 1.6e13, 1.6e16, 1e18, 1e300)] == [
        *(
            "0 B",
            "999 B",
            "1.00 kB",
            "1.00 kB",
            "1.50 GB",
            "16.0 TB",
            "16.0 PB",
            "1.00 EB",
            "1.0e+282 EB",
        )
    ]
    assert [power(n) for n in (0, 1000, 1023, 1024, 2**40, 2**40 + 1)] == [
        "0",
        "1000",
        "1023",
        "2^10",
        "2^40",
        str(2**40 + 1),
    ]


def test_a_text_from_a_file_is_harmless_and_short() -> None:
    assert short("a\x1b[31m\nb") == "a<U+001B>[31m<U+000A>b"
    assert short("x" * 300) == "x" * 300
    assert short("x" * 301) == "x" * 297 + "..."


def test_what_was_not_measured_is_a_dash() -> None:
    assert (ratio(None), ratio(0.5), ratio(2)) == ("-", "0.50", "2.00")
    idle = {"flops": 0.0, "bytes": 0.0, "items": 0.0}
    copy = msgspec.convert(case("copy/seq/n:8/threads:1", [1.0], cost=idle), Case)
    assert (bare_rate(copy, rate_scale([copy])), rate_with_unit(copy)) == ("-", "-")


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "-"),
        (Estimate(1.5, (1.48, 1.52), 5), "1.50 +-1.3% "),
        (Estimate(1.5, (1.4, 1.6), 5), "1.50 +-6.7%~"),
        (Estimate(1.5, (1e-9, 1e9), 5), "1.50 +-9999%~"),
        (Estimate(1.5, None, 2), "1.50 none~"),
        (Estimate(1.0, None, 5, exact=True), "1.00 "),
        (Estimate(1.5, (1.4, 1.6), 1, within_one_process=True), "1.50 +-6.7%*"),
        (Estimate(1.5, (1.485, 1.515), 5, from_rows=True), "1.50 +-1.0%^"),
        (Estimate(1.5, (1.4, 1.6), 5, from_rows=True), "1.50 +-6.7%~^"),
        (Estimate(1.5, None, 1, within_one_process=True, from_rows=True), "1.50 none*^"),
    ],
)
def test_an_estimate_shows_its_interval_or_that_it_has_none(
    found: Estimate | None, shown: str
) -> None:
    assert estimate(found, EstimateFormat(0.02)) == shown


def test_without_room_or_need_an_estimate_is_shorter() -> None:
    wide = Estimate(1.5, (1.4, 1.6), 1, within_one_process=True)
    assert estimate(wide, EstimateFormat(0.02, interval=False)) == "1.50*"
    assert estimate(wide, EstimateFormat(0.02, interval=False, one_process=False)) == "1.50~"
    assert estimate(wide, EstimateFormat(0.07, interval=False, one_process=False)) == "1.50 "


def test_a_rate_has_the_unit_of_its_case() -> None:
    cost = {"flops": 4e12, "bytes": 6e9, "items": 8e9}
    units = {"flops": "2.00 TFLOP/s", "bytes": "3.00 GB/s", "items": "4.00 Gitem/s"}
    for unit, shown in units.items():
        fields = case("copy/seq/n:8/threads:1", [2.0], cost=cost, rate_unit=unit)
        assert rate_with_unit(msgspec.convert(fields, Case)) == shown


@pytest.mark.parametrize(
    ("rates", "unit", "shown"),
    [
        ((3e9, 3e12), "Gitem/s", ["3.00", "3000"]),
        ((998e6, 998e9), "Mitem/s", ["998", "998000"]),
        ((3e6, 3e9), "Mitem/s", ["3.00", "3000"]),
        ((3e3, 3e6), "kitem/s", ["3.00", "3000"]),
        ((350, 75e6), "kitem/s", ["0.35", "75000"]),  # 7.5e+07 item/s
        ((100, 1e5), "item/s", ["100", "100000"]),
        ((0.1, 100), "item/s", ["0.10", "100"]),
        ((0, 0), "Gitem/s", ["-", "-"]),
    ],
)
def test_rates_of_items_are_in_the_largest_unit_in_which_the_lowest_is_at_least_one(
    rates: tuple[float, float], unit: str, shown: list[str]
) -> None:
    both = [
        msgspec.convert(
            case(
                f"free/{variant}/n:8/threads:1",
                [0.5],
                cost={"flops": 1.0, "bytes": 1.0, "items": found / 2},
                rate_unit="items",
            ),
            Case,
        )
        for variant, found in zip(("seq", "omp"), rates, strict=True)
    ]
    scale = rate_scale(both)
    assert scale.unit == unit
    assert [bare_rate(c, scale) for c in both] == shown


def test_a_console_without_an_edge_cuts_nothing_off() -> None:
    out = io.StringIO()
    without_edge(Console(file=out, width=10)).print("x" * 500)
    assert out.getvalue() == "x" * 500 + "\n"
