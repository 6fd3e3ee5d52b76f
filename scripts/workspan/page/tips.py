# SPDX-License-Identifier: Apache-2.0
"""What the tip of a case in a chart says: its name, its time, and what that means."""

import math
from collections.abc import Callable
from typing import Final

from workspan.analysis.ratios.judge import Judgement
from workspan.analysis.ratios.times import relative_half_width
from workspan.page.cases import plus_minus
from workspan.page.sources import Source
from workspan.plot.words import factor, percent, size
from workspan.report.cells import ABSENT, rate_with_unit
from workspan.report.run_columns import short_name
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate
from workspan.support.text import quantity
from workspan.support.units import format_time

RATIOS: Final[tuple[tuple[Callable[[Judgement], Estimate | None], str], ...]] = (
    (lambda j: j.vs_seq, "vs seq"),
    (lambda j: j.vs_best_host, "vs {best}"),
    (lambda j: j.machine, "by the machine"),
    (lambda j: j.code, "by the code"),
)


def tips(source: Source) -> Callable[[str], str]:
    """From the name of a mark, which is that of its case, to its tip; else the name itself."""

    def tip(name: str) -> str:
        case = source.cases.get(name)
        return _tip(case, source.judgements[name]) if case and case.time else name

    return tip


def _tip(case: Case, judgement: Judgement) -> str:
    keys = "".join(f", {name} {value}" for name, value in case.keys.items())
    threads = f", {quantity(case.threads, 'thread')}" if case.scope == "host" else ""
    lines = [f"{case.workload} / {case.variant}", f"n = {size(case.n)}{keys}{threads}"]
    width = relative_half_width(case)
    rate = rate_with_unit(case)
    time = format_time(case.time or math.nan)
    known = plus_minus(width) or "(no interval)"
    lines.append(f"{time} {known}" + ("" if rate == ABSENT else f", {rate}"))
    best = short_name(judgement.best_host) if judgement.best_host else ""
    lines += [
        f"{factor(found.value)}{_interval(found)} {words.format(best=best)}"
        for of, words in RATIOS
        if (found := of(judgement)) and not found.exact
    ]
    if share := judgement.of_ceiling:
        lines.append(f"{percent(share.value)} of its ceiling, {case.ceiling}")
    return "\n".join(lines)


def _interval(found: Estimate) -> str:
    if found.interval is None:
        return ""
    low, high = (f"{end:.3g}" for end in found.interval)
    return f" [{low}, {high}]"
