# SPDX-License-Identifier: Apache-2.0
"""Numbers in prose, with marks that say how far each is to be trusted, and the legend of these."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.analysis.verdicts.finding import Number
from workspan.report.cells import BY_VALUE, FROM_ROWS, ONE_PROCESS
from workspan.report.run_columns import MARK_LEGENDS
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number

# A mark follows a number or its unit, perhaps another mark, and ends a word: 2^28 has none.
MARKED: Final = r"[\w%\]][*?]?{}(?!\w)"


def times(value: Number) -> str:
    """13.7x, with its interval and marks: 8.60x [8.37, 10.2]*, 13.7x?."""
    return _shown(value, "x")


def number(value: Number) -> str:
    """The same without a unit: 1.11 [1.02, 1.20]."""
    return _shown(value, "")


def bare(value: Number) -> str:
    """8.60x, for a number beside which another one matters; marked only if it has no interval."""
    return f"{format_number(plain_value(value))}x{by_value(value)}"


def percent(value: Number) -> str:
    """102 %; never a rounded 0 or, of a part that is not the whole, 100. Marked as bare()."""
    share, mark = plain_value(value), by_value(value)
    if 0 < share < 0.005 or 0.995 <= share < 1:
        return ("below 1 %" if share < 0.5 else "over 99 %") + mark
    return f"{100 * share:.0f} %{mark}"


def plain_value(value: Number) -> float:
    """The number alone."""
    return value.value if isinstance(value, Estimate) else float(value)


def by_value(value: Number) -> str:
    """The mark of an estimate without an interval, or empty."""
    return BY_VALUE if isinstance(value, Estimate) and value.by_value else ""


def gain_words(found: MachineGain, what: str) -> str:
    """1.99 (1.98 to 2.00) times the arithmetic of one; of two states both, with the processes that
    were in each.
    """
    if not found.states:
        spread = "" if found.is_of_one_process else range_of(found)
        return f"{format_number(found.value)}{f' ({spread})' if spread else ''} times {what}"
    more, fewer = found.states
    return (
        f"{format_number(more.value)} times {what} in {more.processes} of"
        f" {quantity(found.processes, 'process')}, {format_number(fewer.value)} times in"
        f" {fewer.processes}"
    )


def within_one_process(*gains: MachineGain | None) -> str:
    """Behind the gains of a sentence, if one of them is of one process."""
    return " (one process)" if any(gain and gain.is_of_one_process for gain in gains) else ""


def range_of(found: MachineGain) -> str:
    """How its processes differ, or "one process"; empty if the digits shown do not."""
    if found.is_of_one_process:
        return "one process"
    if found.states:
        more, fewer = found.states
        other = f"{format_number(fewer.value)}x in {fewer.processes}"
        return f"in {more.processes} of {quantity(found.processes, 'process')}, {other}"
    low, high = format_number(found.low), format_number(found.high)
    return "" if low == high else f"{low} to {high}"


def what_would_tell(numbers: Mapping[str, Number]) -> str:
    """How many processes would tell what these do not, by the numbers of would_tell()."""
    if "fewest" in numbers:
        return f"it takes {numbers['fewest']} processes or more"
    if "processes" in numbers:
        return f"about {quantity(int(plain_value(numbers['processes'])), 'process')} would tell"
    return "no reasonable number of processes would tell"


def mark_legend(texts: Iterable[str]) -> str:
    """What the marks in these texts mean; empty without any."""
    said = "\n".join(texts)
    found = (m for m in MARK_LEGENDS if re.search(MARKED.format(re.escape(m)), said))
    return " ".join(f"{mark}: {MARK_LEGENDS[mark]}" for mark in found)


def _shown(value: Number, unit: str) -> str:
    text = f"{format_number(plain_value(value))}{unit}"
    if not isinstance(value, Estimate):
        return text
    ends = ", ".join(format_number(end) for end in value.interval or ())
    return text + (f" [{ends}]" if ends else "") + _marks(value)


def _marks(value: Estimate) -> str:
    """Of the interval, then of the ceiling."""
    of_interval = ONE_PROCESS if value.interval and value.within_one_process else by_value(value)
    return of_interval + (FROM_ROWS if value.from_rows else "")
