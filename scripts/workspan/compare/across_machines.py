# SPDX-License-Identifier: Apache-2.0
"""Two machines, A and B: how much faster B is, for each common case and by the best codes of both.

It gives no verdict: another machine is not a regression. Neither is old or new: in the fields below
`old` is the first file, A, and `new` the second one, B. Pure functions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, Literal, NamedTuple

import numpy as np

from workspan.analysis.ratios.ceilings import is_memory_bound, problem_of
from workspan.analysis.ratios.judge import Judgement, judge
from workspan.analysis.ratios.machine_gains import MachineGain
from workspan.analysis.verdicts.headline import headline
from workspan.compare.differences import Difference, file_label, find_differences, of_two_machines
from workspan.compare.series import Series, series_of
from workspan.resultfile.model import Case, ResultFile, Scope, Status
from workspan.stats.geometric_mean import CommonCase, geometric_mean
from workspan.stats.ratios import Estimate, Sides, ratio, unpaired

SIDES: Final = ("A", "B")
Kind = Literal["host", "one_thread", "kernel", "transfers"]  # of codes: the best of each problem
Bound = Literal["arithmetic", "memory", "caches", "none"]  # what limits a problem
BOUNDS: Final[tuple[Bound, ...]] = ("arithmetic", "memory", "caches")
SCOPES: Final[dict[Kind, Scope]] = {
    "host": "host",
    "one_thread": "host",
    "kernel": "kernel",
    "transfers": "e2e",
}
OF_BUILD: Final = ("version", "git_commit", "compiler", "flags", "cuda_compiler")  # of differences
SHOWN: Final = (*(f"build.{name}" for name in OF_BUILD), "environment.openmp_runtime", "run.preset")


@dataclass(frozen=True)
class Side:
    """A case on its machine, and what its speedup there is made of."""

    name: str
    time: float  # s
    machine: Estimate | None
    code: Estimate | None


@dataclass(frozen=True)
class MachinePair:
    """The same case, or the best codes of the same problem, on both machines.

    ratio: T_A / T_B, above 1 if the second machine is faster.
    """

    old: Side
    new: Side
    ratio: Estimate
    bound: Bound


@dataclass(frozen=True)
class Mean:
    """The geometric mean of T_A / T_B by the best codes of `problems` common problems."""

    kind: Kind
    bound: Bound | Literal["all"]
    value: float
    interval: tuple[float, float] | None
    problems: int


class Gains(NamedTuple):
    """What all CPUs of a machine gave over one; None if not measured."""

    arithmetic: MachineGain | None = None
    memory: MachineGain | None = None


@dataclass(frozen=True)
class MachineReport:
    """A comparison of machines. cases: the common ones; best: by kind, one of each problem.

    left_out: number of cases of one machine only. sides: what the first and the second one are
    called; old, new: which files they are.
    """

    cases: list[MachinePair]
    best: dict[Kind, list[MachinePair]] = field(default_factory=dict)
    means: list[Mean] = field(default_factory=list)
    old: str = "old"
    new: str = "new"
    cpus: tuple[int, int] = (1, 1)
    gains: tuple[Gains, Gains] = (Gains(), Gains())
    differences: list[Difference] = field(default_factory=list)
    left_out: int = 0
    sides: tuple[str, str] = SIDES

    @property
    def rows(self) -> list[MachinePair]:
        """All pairs; empty if nothing is common."""
        return [*chain.from_iterable(self.best.values()), *self.cases]


@dataclass(frozen=True)
class _Measured:
    """A timed case with its samples and its judgement."""

    case: Case
    series: Series
    judgement: Judgement

    @property
    def side(self) -> Side:
        judged = self.judgement
        return Side(self.case.name, self.series.time, judged.machine, judged.code)


_Pair = tuple[_Measured, _Measured]


def compare_machines(
    old: ResultFile,
    new: ResultFile,
    names: tuple[str, str],
    chosen: Callable[[str], bool] = lambda name: True,
    sides: tuple[str, str] = SIDES,
) -> MachineReport:
    """The chosen cases on both machines. A pair on all CPUs is chosen by the name in old.

    names: of the files; sides: what the report calls their machines.
    """
    then, now = _measured(old), _measured(new)
    common = [(a, b) for a, b in _common(old, new, then, now) if chosen(a.case.name)]
    measured = [[m for m in side if chosen(m.case.name)] for side in (then, now)]
    best = {kind: _best_pairs(kind, *measured) for kind in SCOPES}
    paired = len({a.case.name for a, _ in common}) + len({b.case.name for _, b in common})
    return MachineReport(
        [_machine_pair(*pair) for pair in common],
        {k: [_machine_pair(*p) for p in pairs] for k, pairs in best.items() if pairs},
        [mean for kind, pairs in best.items() for mean in _means(kind, pairs)],
        file_label(old, names[0]),
        file_label(new, names[1]),
        (old.workspan.run.all_threads, new.workspan.run.all_threads),
        (_gains(old), _gains(new)),
        [
            *of_two_machines(old, new),
            *(d for d in find_differences(old, new) if d.what in SHOWN),
        ],
        left_out=sum(map(len, measured)) - paired,
        sides=sides,
    )


def _gains(file: ResultFile) -> Gains:
    found = headline(file)
    return Gains(found.arithmetic, found.memory)


def _measured(file: ResultFile) -> list[_Measured]:
    judgements = judge(file)
    both = zip(file.workspan.cases, series_of(file), strict=True)
    return [
        _Measured(case, series, judgements[case.name])
        for case, series in both
        if case.status is Status.OK and series.samples
    ]


def _common(
    old: ResultFile, new: ResultFile, then: Sequence[_Measured], now: Sequence[_Measured]
) -> Iterator[_Pair]:
    """Cases of the same name, and those that each machine ran on all its CPUs."""
    by_name = {m.case.name: m for m in now}
    on_all = {
        (m.case.variant, *problem_of(m.case)): m
        for m in now
        if m.case.threads == new.workspan.run.all_threads
    }
    for one in then:
        same = by_name.get(one.case.name)
        if same:
            yield one, same
        all_cpus = on_all.get((one.case.variant, *problem_of(one.case)))
        if one.case.threads == old.workspan.run.all_threads and all_cpus not in (None, same):
            yield one, all_cpus


def _best_pairs(kind: Kind, then: Sequence[_Measured], now: Sequence[_Measured]) -> list[_Pair]:
    """The fastest code of this kind of each common problem, on either machine."""
    old, new = _best(kind, then), _best(kind, now)
    return [(one, new[problem]) for problem, one in old.items() if problem in new]


def _best(kind: Kind, measured: Sequence[_Measured]) -> dict[object, _Measured]:
    found: dict[object, _Measured] = {}
    for one in measured:
        case = one.case
        if case.scope != SCOPES[kind] or not case.computes:
            continue
        if kind == "one_thread" and case.threads > 1:
            continue
        known = found.setdefault(problem_of(case), one)
        if one.series.time < known.series.time:
            found[problem_of(case)] = one
    return found


def _means(kind: Kind, pairs: Sequence[_Pair]) -> Iterator[Mean]:
    """Over all problems, and over those of each bound."""
    groups: dict[Bound | Literal["all"], list[_Pair]] = {"all": [*pairs]}
    groups |= {bound: [pair for pair in pairs if _bound(*pair) == bound] for bound in BOUNDS}
    for bound, chosen in groups.items():
        if chosen:
            value, interval = geometric_mean([_turned(*pair) for pair in chosen])
            yield Mean(kind, bound, value, interval, len(chosen))


def _turned(old: _Measured, new: _Measured) -> CommonCase:
    """For T_A / T_B: the mean is of the second side over the first."""
    return CommonCase(old.case.workload, np.exp(new.series.logs), np.exp(old.series.logs))


def _bound(old: _Measured, new: _Measured) -> Bound:
    """Memory only if the data is in memory on both machines; else a cache of one of them helps."""
    if not is_memory_bound(old.case):
        return "arithmetic" if old.case.ceiling and old.case.rate_unit == "flops" else "none"
    return "memory" if old.case.level == new.case.level == "memory" else "caches"


def _machine_pair(old: _Measured, new: _Measured) -> MachinePair:
    return MachinePair(old.side, new.side, _ratio(old.series, new.series), _bound(old, new))


def _ratio(old: Series, new: Series) -> Estimate:
    """T_A / T_B of independent processes; of one each, by their samples."""
    if len(old.samples) == len(new.samples) == 1:
        found = ratio(Sides({0: old.samples[0].tolist()}, {0: new.samples[0].tolist()}))
        assert found, "both have samples"
        return found
    return unpaired(new.logs, old.logs)
