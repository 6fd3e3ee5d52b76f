# SPDX-License-Identifier: Apache-2.0
"""Cells that several tables share."""

from workspan.report.cells import power
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
