# SPDX-License-Identifier: Apache-2.0
"""Cells and lines that several tables share: harmless texts, sizes, ratios and rates."""

from typing import TYPE_CHECKING, Any, Final

from workspan.analysis.ceilings import rate
from workspan.resultfile.model import Case, RateUnit
from workspan.support.text import plain
from workspan.support.units import format_number

if TYPE_CHECKING:
    from rich.console import Console

FEW: Final = 6  # names that are shown in full; more are shortened
LONGEST_TEXT: Final = 300  # characters of a text from a file
PROSE_COLUMNS: Final = 100  # of legends and notes, without a terminal
ABSENT: Final = "-"  # not measured in this run, or not meaningful for the row
NOISY: Final = "~"  # the interval is wider than the target, or there is none
RATE_UNITS: Final[dict[RateUnit, str]] = {"flops": "GFLOP/s", "bytes": "GB/s", "items": "Gitem/s"}


def short(text: str) -> str:
    """A text from a file, made harmless and cut to a readable length."""
    line = plain(text[: LONGEST_TEXT + 1])
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 3] + "..."


def power(n: int) -> str:
    """2^24 for a power of two from 1024 on."""
    return f"2^{n.bit_length() - 1}" if n >= 1024 and n & (n - 1) == 0 else str(n)


def ratio(value: float | None) -> str:
    """A ratio, or a dash."""
    return ABSENT if value is None else format_number(value)


def bare_rate(case: Case) -> str:
    """Work or traffic per second in 10^9, or a dash."""
    found = rate(case, case.rate_unit)
    return format_number(found / 1e9) if found > 0 else ABSENT


def rate_with_unit(case: Case) -> str:
    """The same with its unit."""
    found = bare_rate(case)
    return found if found == ABSENT else f"{found} {RATE_UNITS[case.rate_unit]}"


def without_edge(console: "Console") -> "Console":
    """The same console without a right edge: a truncated number is a wrong number."""
    colour: Any = console.color_system if console.is_terminal else None
    return type(console)(
        file=console.file,
        width=10_000,
        force_terminal=console.is_terminal,
        color_system=colour,
        no_color=console.no_color,
        highlight=False,
    )
