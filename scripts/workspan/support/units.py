# SPDX-License-Identifier: Apache-2.0
"""Numbers with units for people; same names as in harness/support/format.hpp."""

import math
import re
from typing import Final, NamedTuple


class Scale(NamedTuple):
    """The unit of rates, and the work per second that it stands for."""

    unit: str
    per: float


RATES: Final[dict[str, tuple[Scale, ...]]] = {  # of each kind, the largest unit first
    "flops": (Scale("TFLOP/s", 1e12), Scale("GFLOP/s", 1e9)),
    "bytes": (Scale("GB/s", 1e9),),
    "items": (
        *(Scale("Gitem/s", 1e9), Scale("Mitem/s", 1e6)),
        *(Scale("kitem/s", 1e3), Scale("item/s", 1)),
    ),
}
SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


def format_number(value: float) -> str:
    """Three digits; scientific notation below 0.01 and above a million."""
    if value != 0 and not 0.01 <= abs(value) < 1e6:
        return f"{value:.1e}"
    return f"{value:.{2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0}f}"


def two_digits(value: float) -> str:
    """0.05, 1.4, 14, 574: two digits, from 100 on whole numbers."""
    if value >= 9.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2g}"


def format_time(value: float) -> str:
    """A time with three digits and its unit; constant precision, so that columns line up."""
    unit, of = next(((u, s) for u, s in SECONDS.items() if value < 999.5 * s), ("s", 1.0))
    return f"{format_number(value / of)} {unit}"


def key_seconds(text: str) -> float | None:
    """The seconds of a time in the name of a case, such as 10ms; None if it is not a time."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ns|us|ms|s)", text)
    return float(match[1]) * SECONDS[match[2]] if match else None


def scale_of(rate: float, kind: str) -> Scale:
    """Of a rate by itself: the largest unit in which three digits show at least 1."""
    return next((scale for scale in RATES[kind] if rate >= 0.9995 * scale.per), RATES[kind][-1])


def axis_scale(highest: float, kind: str) -> Scale:
    """Of an axis: the smallest unit in which its labels have at most four digits."""
    found = (scale for scale in reversed(RATES[kind]) if highest < 5e3 * scale.per)
    return next(found, RATES[kind][0])


def format_bytes(value: float) -> str:
    """Bytes with three digits, in powers of ten."""
    units = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
    step = min(len(units) - 1, int(math.log10(value / 0.9995) // 3)) if value >= 999.5 else 0
    return f"{format_number(value / 1000**step) if step else round(value)} {units[step]}"


def format_duration(value: float) -> str:
    """A duration: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
