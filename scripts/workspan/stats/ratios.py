# SPDX-License-Identifier: Apache-2.0
"""Ratios of times within one run: from pairs of the same process and block, averaged by logarithms.

Whatever moves the machine moves all cases of a block, so a pair cancels it. The processes are
independent, so the interval is Student's t over one logarithm a process. A single process says
nothing about the next: its interval is a bootstrap over its blocks, and marked.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec
import numpy as np

from workspan.stats.block_bootstrap import Term, replicates, sum_of_medians
from workspan.stats.intervals import CONFIDENCE, Floats, bounded_exp, t_quantile
from workspan.stats.pairs import Blocks, Samples, logs_of, pairs_of, process_log_ratio, times_of

Processes = Mapping[Hashable, Samples]  # by process: number and attempt
Ends = tuple[float, float]  # of an interval

FEWEST_PAIRS: Final = 6  # of one process; below, it has no interval
FEWEST_PROCESSES: Final = 3  # for an interval over processes: by t with one degree it is useless
CONSTANT: Final = 1e-12  # spread of logarithms that rounding makes


class Estimate(msgspec.Struct, frozen=True, gc=False):
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

    def scaled(self, factor: float, *, from_rows: bool | None = None) -> "Estimate":
        """The same of another unit: value and interval times a positive factor.

        from_rows: of the result; None: as of this one.
        """
        rows = self.from_rows if from_rows is None else from_rows
        ends = _scaled(self.interval, factor)
        return Estimate(
            self.value * factor, ends, self.processes, self.within_one_process, rows, self.exact
        )

    def inverse(self) -> "Estimate":
        """1 / the same."""
        ends = self.interval and (1 / self.interval[1], 1 / self.interval[0])
        one, rows = self.within_one_process, self.from_rows
        return Estimate(1 / self.value, ends, self.processes, one, rows, self.exact)


class _LateEstimate(Estimate, frozen=True, gc=False):
    """Of one process: its interval is found when it is asked for, which takes a while."""

    find: Callable[[], Ends | None] = lambda: None

    def __eq__(self, other: object) -> bool:
        names = Estimate.__struct_fields__
        same = isinstance(other, _LateEstimate)
        return same and all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = Estimate.__hash__

    @property  # type: ignore[misc] # as the field of the others is read
    def interval(self) -> Ends | None:
        return self.find()

    def scaled(self, factor: float, *, from_rows: bool | None = None) -> Estimate:
        rows = self.from_rows if from_rows is None else from_rows
        return _late(self.value * factor, lambda: _scaled(self.interval, factor), from_rows=rows)


def _late(value: float, find: Callable[[], Ends | None], *, from_rows: bool) -> Estimate:
    """find: called once."""
    once = lru_cache(maxsize=1)(find)
    return _LateEstimate(value, None, 1, within_one_process=True, from_rows=from_rows, find=once)


def _scaled(ends: Ends | None, factor: float) -> Ends | None:
    return ends and (ends[0] * factor, ends[1] * factor)


@dataclass(slots=True, eq=False)
class Sides:
    """Both sides of a ratio others / cases."""

    others: Processes
    cases: Processes
    _logs: dict[Hashable, float] | None = field(default=None, init=False, repr=False)

    @property
    def logs(self) -> dict[Hashable, float]:
        """process_log_ratio of each process that has one; found once."""
        if self._logs is None:
            self._logs = self._found()
        return self._logs

    def _found(self) -> dict[Hashable, float]:
        found: dict[Hashable, float] = {}
        for process, other in self.others.items():
            case = self.cases.get(process)
            log = None if case is None else process_log_ratio(other, case)
            if log is not None:
                found[process] = log
        return found


class Change(NamedTuple):
    """new / old of pairs; p is None if the data do not vary at all, or are too few."""

    effect: float
    interval: tuple[float, float] | None
    p: float | None


def estimate_of_logs(logs: Sequence[float], level: float = CONFIDENCE) -> Estimate | None:
    """exp(mean) of one logarithm a process, interval by t; None without a process.

    One or two processes have no interval.
    """
    if not logs:
        return None
    middle = math.fsum(logs) / len(logs)
    interval = None
    if len(logs) >= FEWEST_PROCESSES:
        squares = math.fsum([(log - middle) ** 2 for log in logs])
        error = math.sqrt(squares / (len(logs) - 1) / len(logs))
        interval = _interval(middle, error, len(logs) - 1, level)
    return Estimate(bounded_exp(middle), interval, len(logs), len(logs) == 1)


def within_one_process(pairs: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """exp(median) of the log ratios of the blocks of one process; interval by bootstrap.

    Needs a pair; fewer than FEWEST_PAIRS have no interval.
    """
    return _of_one_process(lambda: [Term(1, dict(enumerate(pairs)))], level)


def ratio(sides: Sides, level: float = CONFIDENCE) -> Estimate | None:
    """others / cases over the processes that have both; None without any pair."""
    logs = sides.logs
    if len(logs) != 1:
        return estimate_of_logs([*logs.values()], level)
    (process,) = logs
    return _of_one_process(lambda: _terms(sides, process), level)


def quotient(top: Sides, bottom: Sides, level: float = CONFIDENCE) -> Estimate | None:
    """(top ratio) / (bottom ratio): divided in every process, then averaged.

    So bottom x quotient = top holds exactly in every process that has both.
    """
    of_top, of_bottom = top.logs, bottom.logs
    both = [process for process in of_top if process in of_bottom]
    if len(both) != 1:
        return estimate_of_logs([of_top[p] - of_bottom[p] for p in both], level)
    (process,) = both
    return _of_one_process(lambda: [*_terms(top, process), *_terms(bottom, process, -1)], level)


def draws_of_one_process(sides: Sides) -> Floats | None:
    """Bootstrapped log ratios of the only process that has both; None below FEWEST_PAIRS."""
    terms = _terms(sides, next(iter(sides.logs)))
    if min(len(term.logs) for term in terms) < FEWEST_PAIRS:
        return None
    drawn = replicates(terms)
    return None if np.isnan(drawn).any() else drawn


def unpaired(old: Sequence[float], new: Sequence[float], level: float = CONFIDENCE) -> Estimate:
    """new / old of logarithms of independent processes, at least one a side: Welch's interval."""
    fewer = min(len(old), len(new))
    known = _welch_interval(old, new, level) if fewer >= FEWEST_PROCESSES else None
    return Estimate(bounded_exp(_mean(new) - _mean(old)), known, fewer, fewer == 1)


def welch_p(old: Sequence[float], new: Sequence[float]) -> float | None:
    """Two-sided p of Welch's t (1947) of logarithms, at least two a side; None of constant data."""
    error = _welch_error(old, new)
    return _p_of_t(_mean(new) - _mean(old), *error) if error else None


def _welch_interval(old: Sequence[float], new: Sequence[float], level: float) -> Ends:
    effect, error = _mean(new) - _mean(old), _welch_error(old, new)
    return _interval(effect, *(error or (0.0, 1.0)), level)


def _welch_error(old: Sequence[float], new: Sequence[float]) -> tuple[float, float] | None:
    """The standard error of the difference and its degrees of freedom, of at least two values a
    side (Welch and Satterthwaite); None of constant data.
    """
    if max(max(side) - min(side) for side in (old, new)) <= CONSTANT:
        return None
    parts = [(_variance(side) / len(side), len(side) - 1) for side in (old, new)]
    both = sum(variance for variance, _ in parts)
    freedom = 1 / sum((variance / both) ** 2 / free for variance, free in parts)
    return math.sqrt(both), freedom


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    middle = _mean(values)
    return math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)


def paired_t(log_ratios: Sequence[float], level: float = CONFIDENCE) -> Change:
    """new / old by Student's t (1908) on the logarithms of the ratios of pairs, at least one."""
    effect, freedom = _mean(log_ratios), len(log_ratios) - 1
    if freedom == 0:
        return Change(bounded_exp(effect), None, None)
    if max(log_ratios) - min(log_ratios) <= CONSTANT:
        return Change(bounded_exp(effect), (bounded_exp(effect), bounded_exp(effect)), None)
    error = math.sqrt(_variance(log_ratios) / len(log_ratios))
    interval = _interval(effect, error, freedom, level)
    return Change(bounded_exp(effect), interval, _p_of_t(effect, error, freedom))


def _p_of_t(effect: float, error: float, freedom: float) -> float:
    """Two-sided."""
    from scipy.special import stdtr

    return 2 * float(stdtr(freedom, -abs(effect) / error))


def _interval(middle: float, error: float, freedom: float, level: float) -> tuple[float, float]:
    half = t_quantile(freedom, (1 + level) / 2) * error
    return bounded_exp(middle - half), bounded_exp(middle + half)


def _terms(sides: Sides, process: Hashable, sign: int = 1) -> list[Term]:
    """The log ratio of one process: its pairs or, without blocks, one side less the other."""
    other, case = sides.others[process], sides.cases[process]
    if isinstance(other, Blocks) and isinstance(case, Blocks):
        return [Term(sign, pairs_of(other, case))]
    return [Term(sign, logs_of(times_of(other))), Term(-sign, logs_of(times_of(case)))]


def _of_one_process(terms: Callable[[], Sequence[Term]], level: float) -> Estimate:
    """terms: made again for the interval, so that no estimate keeps them."""
    made = terms()
    middle = sum_of_medians(made)
    if min(len(term.logs) for term in made) < FEWEST_PAIRS:
        return Estimate(bounded_exp(middle), None, 1, True)
    return _late(
        bounded_exp(middle), lambda: _drawn_interval(terms(), middle, level), from_rows=False
    )


def _drawn_interval(terms: Sequence[Term], middle: float, level: float) -> Ends:
    tail = (1 - level) / 2
    drawn = replicates(terms)
    low, high = (float(q) for q in np.quantile(drawn[~np.isnan(drawn)], (tail, 1 - tail)))
    return bounded_exp(min(low, middle)), bounded_exp(max(high, middle))
