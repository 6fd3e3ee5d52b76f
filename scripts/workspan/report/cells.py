# SPDX-License-Identifier: Apache-2.0
"""Cells and lines that several tables share: harmless texts, sizes, ratios and rates."""

import os
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from workspan.analysis.ratios.ceilings import rate
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.text import plain
from workspan.support.units import RATES, Scale, format_number, scale_of

if TYPE_CHECKING:
    from rich.console import Console

FEW: Final = 6  # names that are shown in full; more are shortened
LONGEST_TEXT: Final = 300  # characters of a text from a file
PROSE_COLUMNS: Final = 100  # of all that is shown without a terminal
ABSENT: Final = "-"  # not measured in this run, or not meaningful for the row
NOISY: Final = "~"  # the interval is wider than the target, or there is none
ONE_PROCESS: Final = "*"  # the interval is within one process
BY_VALUE: Final = "?"  # in prose: no interval, so a statement about it is by value only
FROM_ROWS: Final = "^"  # from rows of other processes, for lack of a ceiling in the same blocks


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


@dataclass(frozen=True)
class EstimateFormat:
    """How estimates are shown. target: a relative half width above which an interval is wide."""

    target: float
    interval: bool = True  # with the half width, if there is room
    one_process: bool = True  # with a mark of those within one process


def estimate(found: Estimate | None, form: EstimateFormat) -> str:
    """Value, half width of the interval relative to it, and marks or a space; or a dash."""
    if found is None:
        return ABSENT
    half = found.relative_half_width
    width = "" if found.exact or not form.interval else f" {half_width(half)}"
    return format_number(found.value) + width + _mark(found, form)


def half_width(half: float | None) -> str:
    """A relative half width: +-1.2%, or none."""
    if half is None:
        return "none"
    return f"+-{100 * half:.1f}%" if half < 1 else f"+-{min(100 * half, 9999):.0f}%"


def _mark(found: Estimate, form: EstimateFormat) -> str:
    """Of the interval, then of the ceiling."""
    if found.exact:
        return " "
    half, of_interval = found.relative_half_width, ""
    if found.within_one_process and form.one_process:
        of_interval = ONE_PROCESS
    elif half is None or half > form.target:
        of_interval = NOISY
    return of_interval + (FROM_ROWS if found.from_rows else "") or " "


def rate_scale(cases: Sequence[Case]) -> Scale:
    """The scale of the rates of these cases, all of one workload, which share a column.

    That of flops and bytes is GFLOP/s and GB/s. Rates of items differ by many orders of magnitude:
    theirs is the largest unit in which the lowest is at least 1, unless the highest is 10^6 or more
    in it. The table of bench has the same rule.
    """
    unit = cases[0].rate_unit
    rates = [r for c in cases if (r := rate(c, unit)) > 0]
    if unit != "items" or not rates:
        return next(scale for scale in RATES[unit] if scale.per <= 1e9)
    for scale, smaller in pairwise(RATES[unit]):
        if min(rates) >= scale.per or max(rates) >= 1e6 * smaller.per:
            return scale
    return RATES[unit][-1]


def bare_rate(case: Case, scale: Scale) -> str:
    """Work or traffic per second, or a dash."""
    found = rate(case, case.rate_unit)
    return format_number(found / scale.per) if found > 0 else ABSENT


def rate_with_unit(case: Case) -> str:
    """The same with a unit of its own."""
    found = rate(case, case.rate_unit)
    return rate_words(found, case.rate_unit) if found > 0 else ABSENT


def rate_words(found: float, kind: str) -> str:
    """60.5 TFLOP/s, 502 GFLOP/s, 3050 GB/s."""
    scale = scale_of(found, kind)
    return f"{format_number(found / scale.per)} {scale.unit}"


def room_of(console: "Console") -> int:
    """Columns for tables: of the terminal, or of COLUMNS if that is set, else PROSE_COLUMNS."""
    known = console.is_terminal or os.environ.get("COLUMNS", "").isdigit()
    return console.width if known else PROSE_COLUMNS


def wrapped(text: str, width: int, indent: str = "") -> str:
    """Prose of this width; words are never broken."""
    return textwrap.fill(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


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
