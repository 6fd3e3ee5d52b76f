# SPDX-License-Identifier: Apache-2.0
"""Doubts about a case: what its time, its ceiling or its environment makes incredible."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from workspan.analysis.ratios.case_ratios import Ceiling
from workspan.analysis.ratios.ceilings import (
    CaseIndex,
    is_launch,
    is_memory_bound,
    is_on_one_cpu,
    is_starved,
    work,
)
from workspan.analysis.ratios.gains import Indexes
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.analysis.ratios.times import relative_half_width, time_ratio
from workspan.resultfile.model import Case, CaseWarning, RateUnit
from workspan.resultfile.names import BASELINE
from workspan.stats.needed import side
from workspan.stats.ratios import Estimate

LIKE_CEILINGS: Final = 4.0  # ceilings of one unit differ by less than this factor
ABOVE: Final = 1.1  # fraction of a ceiling above which the case or the ceiling is wrong
WEAK: Final = 1.05  # speedup on one thread from which on a baseline is weak
WEAK_BY_VALUE: Final = 1.1  # the same without an interval: a few samples tell no less


def doubts(
    case: Case,
    run: Indexes,
    ceiling: Ceiling | None,
    of_ceiling: Callable[[], Estimate | None],
) -> Iterator[CaseWarning]:
    """As warnings. of_ceiling: finds the share of this ceiling."""
    if is_launch(case, run.shortest):  # as is its ceiling, which says nothing then
        yield CaseWarning(code="launch", detail="")
    elif implausible := list(_implausible(case, run.cases)):
        yield from implausible
    elif ceiling and run.bounds.share_may_exceed(case, ceiling, ABOVE) and _is_above(of_ceiling()):
        yield CaseWarning(code="above_ceiling", detail=ceiling.name)
    if better := _better_baseline(case, run):
        yield CaseWarning(code="weak_baseline", detail=better.name)
    if is_starved(case):
        yield CaseWarning(code="starved", detail="")
    if is_on_one_cpu(case):
        yield CaseWarning(code="one_cpu", detail="")
    if is_memory_bound(case) and case.scope == "host" and case.level == "shared":
        yield CaseWarning(code="shared_cache", detail="")
    if settings := _settings(case, run.variables):
        yield CaseWarning(code="library_setting", detail=settings)


def _settings(case: Case, variables: Mapping[str, str]) -> str:
    """The variables that change how a library's variant runs: those with the library's name."""
    if case.ours:
        return ""
    prefix = f"{case.variant.upper()}_"
    return " ".join(f"{k}={v}" for k, v in sorted(variables.items()) if k.startswith(prefix))


def _better_baseline(case: Case, run: Indexes) -> Case | None:
    """Of a baseline: the code on one thread that is faster by WEAK, the fastest.

    Not of execution models, whose point is that tasks wait at the same time.
    """
    if case.variant != BASELINE or is_about_concurrency(case):
        return None
    alone = (c for c in run.cases.same_problem(case) if c.scope == "host" and c.threads == 1)
    others = (c for c in alone if c is not case and run.bounds.speedup_may_exceed(case, c, WEAK))
    known = ((run.vs_seq(c), c) for c in others)
    faster = [(found.value, c.name, c) for found, c in known if found and _is_faster(found)]
    return max(faster, key=lambda one: one[:2])[2] if faster else None


def _is_faster(found: Estimate) -> bool:
    """With its whole interval; by value if there is none, and by more then."""
    return side(found, WEAK_BY_VALUE if found.by_value else WEAK) > 0


def _implausible(case: Case, index: CaseIndex) -> Iterator[CaseWarning]:
    """No case moves its compulsory bytes, or computes, faster than the fastest ceiling.

    Ceilings of one unit do not differ by a factor of LIKE_CEILINGS.
    """
    for unit, best in index.rivals(case) if case.scope != "e2e" else ():
        fraction = _fraction(case, best, unit)
        if fraction is None or fraction <= ABOVE:
            continue
        like = case.is_ceiling and case.rate_unit == unit
        factor = LIKE_CEILINGS if like else ABOVE
        if _exceeds(fraction, factor, case, best):
            detail = f"{fraction:.2f} x the ceiling {best.name}"
            yield CaseWarning(code="implausible", detail=detail)


def _fraction(case: Case, ceiling: Case, unit: RateUnit) -> float | None:
    """The rate of `case` over the rate of the ceiling, of their times."""
    return time_ratio(ceiling, case, work(case, unit) / work(ceiling, unit))


def _exceeds(fraction: float, factor: float, case: Case, ceiling: Case) -> bool:
    """Whether a fraction of a ceiling is above this factor by more than noise alone explains."""
    noise = (relative_half_width(one) or 0 for one in (case, ceiling))
    return fraction > factor and fraction > factor + sum(noise)


def _is_above(of_ceiling: Estimate | None) -> bool:
    """With its whole interval; by value if there is none. Of a higher value only it is found."""
    return of_ceiling is not None and of_ceiling.value > ABOVE and side(of_ceiling, ABOVE) > 0
