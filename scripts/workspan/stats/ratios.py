# SPDX-License-Identifier: Apache-2.0
"""Ratios of times within one run: from pairs of the same process and block, averaged by logarithms.

Whatever moves the machine moves all cases of a block, so a pair cancels it. The processes are
independent, so the interval is Student's t over one logarithm a process. A single process says
nothing about the next: its interval is a bootstrap over its blocks, and marked.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from workspan.stats.block_bootstrap import Term, replicates, sum_of_medians
from workspan.stats.intervals import CONFIDENCE, Floats, bounded_exp, t_quantile

Blocks = Mapping[int, float]  # the samples of a case in one process: block -> seconds of a run
Samples = Blocks | Sequence[float]  # a sequence is of a file without blocks: it has no pairs
Processes = Mapping[Hashable, Samples]  # by process: number and attempt

FEWEST_PAIRS: Final = 6  # of one process; below, it has no interval
FEWEST_PROCESSES: Final = 3  # for an interval over processes: by t with one degree it is useless
CONSTANT: Final = 1e-12  # spread of logarithms that rounding makes


@dataclass(frozen=True)
class Estimate:
    """A number and its confidence interval; None: too few processes, or blocks of one, to say.

    within_one_process: the interval leaves out what differs between processes. from_rows: from
    rows of other processes of the run, for lack of samples in the same blocks. exact: not an
    estimate, as of a case against itself.
    """

    value: float
    interval: tuple[float, float] | None
    processes: int
    within_one_process: bool = False
    from_rows: bool = False
    exact: bool = False

    @property
    def by_value(self) -> bool:
        """Whether nothing tells how sure it is: it is on a side of a border by value only."""
        return self.interval is None and not self.exact

    @property
    def relative_half_width(self) -> float | None:
        """Half the interval over the value; None without an interval."""
        return (self.interval[1] - self.interval[0]) / 2 / self.value if self.interval else None

    def scaled(self, factor: float) -> "Estimate":
        """The same of another unit: value and interval times a positive factor."""
        ends = self.interval and (self.interval[0] * factor, self.interval[1] * factor)
        return replace(self, value=self.value * factor, interval=ends)

    def inverse(self) -> "Estimate":
        """1 / the same."""
        ends = self.interval and (1 / self.interval[1], 1 / self.interval[0])
        return replace(self, value=1 / self.value, interval=ends)


class Sides(NamedTuple):
    """Both sides of a ratio others / cases."""

    others: Processes
    cases: Processes


class Change(NamedTuple):
    """new / old of two sets; p is None if the data do not vary at all, or are too few."""

    effect: float
    interval: tuple[float, float] | None
    p: float | None


def process_log_ratio(other: Samples, case: Samples) -> float | None:
    """The median over common blocks of log(other / case); None without a common block.

    Without blocks: the difference of the medians of the logarithms.
    """
    if not other or not case:
        return None
    if isinstance(other, Mapping) and isinstance(case, Mapping):
        found = sorted([time / case[k] for k, time in other.items() if k in case])
        if not found:
            return None
        low, high = found[(len(found) - 1) // 2], found[len(found) // 2]
        if low > 0 and high < math.inf:  # else no clock told these times
            return (math.log(low) + math.log(high)) / 2  # two logarithms instead of all
        return _median([*_pairs(other, case).values()])
    return _median(_logs(other)) - _median(_logs(case))


def log_ratios(sides: Sides) -> dict[Hashable, float]:
    """process_log_ratio of each process that has one."""
    found: dict[Hashable, float] = {}
    for process, other in sides.others.items():
        case = sides.cases.get(process)
        log = None if case is None else process_log_ratio(other, case)
        if log is not None:
            found[process] = log
    return found


def estimate_of_logs(logs: Sequence[float], level: float = CONFIDENCE) -> Estimate | None:
    """exp(mean) of one logarithm a process, interval by t; None without a process.

    One or two processes have no interval.
    """
    if not logs:
        return None
    middle = math.fsum(logs) / len(logs)
    interval = None
    if len(logs) >= FEWEST_PROCESSES:
        squares = math.fsum((log - middle) ** 2 for log in logs)
        error = math.sqrt(squares / (len(logs) - 1) / len(logs))
        interval = _interval(middle, error, len(logs) - 1, level)
    return Estimate(bounded_exp(middle), interval, len(logs), len(logs) == 1)


def within_one_process(pairs: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """exp(median) of the log ratios of the blocks of one process; interval by bootstrap.

    Needs a pair; fewer than FEWEST_PAIRS have no interval.
    """
    return _of_one_process([Term(1, dict(enumerate(pairs)))], level)


def ratio(others: Processes, cases: Processes, level: float = CONFIDENCE) -> Estimate | None:
    """others / cases over the processes that have both; None without any pair."""
    sides = Sides(others, cases)
    logs = log_ratios(sides)
    if len(logs) != 1:
        return estimate_of_logs([*logs.values()], level)
    return _of_one_process(_terms(sides, next(iter(logs))), level)


def quotient(top: Sides, bottom: Sides, level: float = CONFIDENCE) -> Estimate | None:
    """(top ratio) / (bottom ratio): divided in every process, then averaged.

    So bottom x quotient = top holds exactly in every process that has both.
    """
    of_top, of_bottom = log_ratios(top), log_ratios(bottom)
    both = [process for process in of_top if process in of_bottom]
    if len(both) != 1:
        return estimate_of_logs([of_top[p] - of_bottom[p] for p in both], level)
    return _of_one_process([*_terms(top, both[0]), *_terms(bottom, both[0], -1)], level)


def draws_of_one_process(sides: Sides) -> Floats | None:
    """Bootstrapped log ratios of the only process that has both; None below FEWEST_PAIRS."""
    terms = _terms(sides, next(iter(log_ratios(sides))))
    if min(len(term.logs) for term in terms) < FEWEST_PAIRS:
        return None
    drawn = replicates(terms)
    return None if np.isnan(drawn).any() else drawn


def unpaired(old: Sequence[float], new: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """new / old of logarithms of independent processes, at least one a side: Welch's interval."""
    change, fewer = welch(old, new, level), min(len(old), len(new))
    known = change.interval if fewer >= FEWEST_PROCESSES else None
    return Estimate(change.effect, known, fewer, fewer == 1)


def welch(old: Sequence[float], new: Sequence[float], level: float = CONFIDENCE) -> Change:
    """new / old of two runs by Welch's t (1947) on logarithms, one of each process.

    Needs one a side; below two a side there is neither interval nor p.
    """
    effect = math.fsum(new) / len(new) - math.fsum(old) / len(old)
    if min(len(old), len(new)) < 2:
        return Change(bounded_exp(effect), None, None)
    variances = [float(np.var(side, ddof=1)) / len(side) for side in (old, new)]
    error = math.sqrt(sum(variances))
    if max(np.ptp(old), np.ptp(new)) <= CONSTANT:
        return Change(bounded_exp(effect), (bounded_exp(effect), bounded_exp(effect)), None)
    parts = (v / sum(variances) for v in variances)  # Welch and Satterthwaite
    freedom = 1 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, (old, new), strict=True)
    )
    return _change(effect, error, freedom, level)


def paired_t(log_ratios: Sequence[float], level: float = CONFIDENCE) -> Change:
    """new / old by Student's t (1908) on the logarithms of the ratios of pairs, at least one."""
    effect = math.fsum(log_ratios) / len(log_ratios)
    if len(log_ratios) < 2:
        return Change(bounded_exp(effect), None, None)
    if np.ptp(log_ratios) <= CONSTANT:
        return Change(bounded_exp(effect), (bounded_exp(effect), bounded_exp(effect)), None)
    error = float(np.std(log_ratios, ddof=1)) / math.sqrt(len(log_ratios))
    return _change(effect, error, len(log_ratios) - 1, level)


def _change(effect: float, error: float, freedom: float, level: float) -> Change:
    from scipy.special import stdtr

    p = 2 * float(stdtr(freedom, -abs(effect) / error))
    return Change(bounded_exp(effect), _interval(effect, error, freedom, level), p)


def _interval(middle: float, error: float, freedom: float, level: float) -> tuple[float, float]:
    half = t_quantile(freedom, (1 + level) / 2) * error
    return bounded_exp(middle - half), bounded_exp(middle + half)


def _median(values: Sequence[float]) -> float:
    """Of some ten values in Python, which is ten times as fast as an array of them."""
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _logs(samples: Samples) -> list[float]:
    return [*map(math.log, samples.values() if isinstance(samples, Mapping) else samples)]


def _pairs(other: Blocks, case: Blocks) -> dict[int, float]:
    """log(other / case) by block, in the order of the blocks."""
    return {k: math.log(other[k]) - math.log(case[k]) for k in sorted(other) if k in case}


def _terms(sides: Sides, process: Hashable, sign: int = 1) -> list[Term]:
    """The log ratio of one process: its pairs or, without blocks, one side less the other."""
    other, case = sides.others[process], sides.cases[process]
    if isinstance(other, Mapping) and isinstance(case, Mapping):
        return [Term(sign, _pairs(other, case))]
    return [Term(sign, _logs(other)), Term(-sign, _logs(case))]


def _of_one_process(terms: Sequence[Term], level: float) -> Estimate:
    middle = sum_of_medians(terms)
    if min(len(term.logs) for term in terms) < FEWEST_PAIRS:
        return Estimate(bounded_exp(middle), None, 1, True)
    tail = (1 - level) / 2
    drawn = replicates(terms)
    low, high = (float(q) for q in np.quantile(drawn[~np.isnan(drawn)], (tail, 1 - tail)))
    ends = bounded_exp(min(low, middle)), bounded_exp(max(high, middle))
    return Estimate(bounded_exp(middle), ends, 1, True)
