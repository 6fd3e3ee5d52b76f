# SPDX-License-Identifier: Apache-2.0
"""Roofline (Williams, Waterman and Patterson 2009): the measured ceilings of a device, and each
case against the roof of the level in which its working set lives.

The roof of a cache is the ceiling that was measured beside the cases, as in their share of it: in
many passes of one parallel region, where a row makes one, and times the start of its team.

A case has one intensity, by its compulsory work: only counters could tell the traffic of each
level. So it is not set against the roofs of other levels.

A machine may give a case more than the ceiling's row had, or less. So a roof that is the case's own
ceiling stands, for this case, where its share of the ceiling says: the one of the same blocks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from workspan.analysis.ratios.ceilings import (
    problem_of_group,
    rate,
    serves_as_ceiling,
    work_of,
)
from workspan.analysis.ratios.judge import Judgement, indexes_of, judge
from workspan.analysis.ratios.model_cases import is_about_concurrency
from workspan.resultfile.counting import process_time
from workspan.resultfile.model import Beside, Case, Level, ResultFile, Status
from workspan.resultfile.names import BASELINE, case_name
from workspan.stats.intervals import median_of_few
from workspan.support.remembered import remembered

OUTWARDS: Final[tuple[Level, ...]] = ("l1", "l2", "shared", "memory")
CACHES: Final[tuple[Level, ...]] = ("l1", "l2", "shared")
COLD: Final = "l2"  # the key of cases whose data are not in the cache where they would be

Scope = Literal["host", "kernel"]
Input = tuple[str, tuple[tuple[str, str], ...]]  # workload and keys


@dataclass(frozen=True)
class Roof:
    """A measured ceiling: the fastest case of a workload in a level, by its name.

    rate: bytes or flops per second, by kind. groups: how many it was measured beside; 0: a row.
    """

    workload: str
    level: Level  # "none" of flops
    kind: Literal["bytes", "flops"]
    rate: float
    name: str
    groups: int = 0


@dataclass(frozen=True)
class RooflinePoint:
    """A case by its compulsory work. roof: the one that bounds it at its intensity and level.

    bound: flops per second that this roof allows; if it is the ceiling that the case is judged by,
    as it was beside the case.
    """

    case: Case
    intensity: float  # flops per byte
    rate: float  # flops per second
    roof: Roof | None
    bound: float | None

    @property
    def share(self) -> float | None:
        """Of the bound: that of the ceiling, if this is the roof."""
        return self.rate / self.bound if self.bound else None


@dataclass(frozen=True)
class Allowed:
    """The share of its compute ceiling that a case can reach at its intensity, in flops per byte,
    by the roof of the level of its data, or of the next one outwards that was measured.
    """

    share: float
    intensity: float
    level: Level


@dataclass(frozen=True)
class Roofline:
    """One device: the host on that many threads, or the GPU."""

    scope: Scope
    threads: int
    roofs: tuple[Roof, ...]
    points: tuple[RooflinePoint, ...]

    def memory(self) -> Roof | None:
        """The fastest ceiling in memory."""
        roofs = (r for r in self.roofs if (r.kind, r.level) == ("bytes", "memory"))
        return max(roofs, key=lambda r: r.rate, default=None)

    def allows(self, case: Case) -> Allowed | None:
        """None: all of it, or nothing tells."""
        compute = next((r for r in self.roofs if r.workload == case.ceiling), None)
        roof = _of_level([r for r in self.roofs if r.kind == "bytes"], case)
        if not compute or compute.kind != "flops" or not roof or not case.cost.bytes:
            return None
        intensity = case.cost.flops / case.cost.bytes
        share = intensity * roof.rate / compute.rate
        return Allowed(share, intensity, roof.level) if share < 1 else None


@remembered
def rooflines(file: ResultFile) -> tuple[Roofline, ...]:
    """Of the host on one thread and on all, and of the GPU, as far as they were measured."""
    cpus = file.workspan.run.all_threads
    measured: dict[tuple[Scope, int], list[Case]] = {("host", 1): [], ("host", cpus): []}
    measured["kernel", 1] = []
    for case in filter(_is_usable, file.workspan.cases):
        if (device := (case.scope, case.threads)) in measured:
            measured[device].append(case)
    placed = {device: [*filter(_has_place, cases)] for device, cases in measured.items()}
    common = common_sizes(placed.values())
    judged = judge(file)
    starts = indexes_of(file).cases.starts
    found = []
    for (scope, threads), cases in measured.items():
        beside = (b for b in file.workspan.beside if (b.scope, b.threads) == (scope, threads))
        if roofs := _roofs([c for c in cases if c.name not in starts], beside):
            shown = _shown(placed[scope, threads], common)
            points = tuple(_point(case, roofs, judged[case.name]) for case in shown)
            found.append(Roofline(scope, threads, roofs, points))
    return tuple(found)


def _is_usable(case: Case) -> bool:
    measured = case.status is Status.OK and bool(case.time)
    return measured and COLD not in case.keys and not is_about_concurrency(case)


def _roofs(cases: Iterable[Case], beside: Iterable[Beside]) -> tuple[Roof, ...]:
    """Those in bytes from the core outwards, then those in flops."""
    known = _of_rows(cases) | _of_beside(beside)
    order = {level: k for k, level in enumerate(OUTWARDS)}
    roofs = (roof for roof in known.values() if not _is_cut(roof, known.values()))
    return tuple(sorted(roofs, key=lambda r: (r.kind, order.get(r.level, -1), -r.rate)))


def _of_rows(cases: Iterable[Case]) -> dict[tuple[str, Level], Roof]:
    """By workload and level."""
    rows: dict[tuple[str, Level], list[Case]] = defaultdict(list)
    for case in cases:
        if serves_as_ceiling(case) and case.rate_unit != "items":
            level: Level = case.level if case.rate_unit == "bytes" else "none"
            rows[case.workload, level].append(case)
    return {key: _roof(key[1], same) for key, same in rows.items()}


def _of_beside(beside: Iterable[Beside]) -> dict[tuple[str, Level], Roof]:
    """The same of caches, by the ceilings beside the cases: each rate is the median over groups
    and processes.
    """
    measured: dict[str, list[Beside]] = defaultdict(list)
    for b in beside:
        is_roof = b.level in CACHES and b.rate_unit == "bytes" and COLD not in b.keys
        if is_roof and b.samples.counted:
            measured[case_name(b.workload, b.variant, b.n, b.keys, b.threads)].append(b)
    found: dict[tuple[str, Level], Roof] = {}
    for name, same in measured.items():
        rates = [work_of(b.cost, "bytes") / process_time(b.samples) for b in same]
        groups = len({problem_of_group(b) for b in same})
        key = same[0].workload, same[0].level
        roof = Roof(*key, "bytes", median_of_few(rates), name, groups)
        found[key] = max(roof, found.get(key, roof), key=lambda r: r.rate)
    return found


def _roof(level: Level, same: Sequence[Case]) -> Roof:
    """The fastest row; one of whose data caches hold a part only for lack of others."""
    rows = [c for c in same if not _is_partly_cached(c)] or same
    fastest = max(rows, key=lambda c: rate(c, c.rate_unit))
    kind: Literal["bytes", "flops"] = "bytes" if fastest.rate_unit == "bytes" else "flops"
    return Roof(fastest.workload, level, kind, rate(fastest, kind), fastest.name)


def _is_partly_cached(case: Case) -> bool:
    return any(warning.code == "partly_cached" for warning in case.warnings)


def _is_cut(roof: Roof, others: Iterable[Roof]) -> bool:
    """Whether a level further out is faster: then this one shows what it costs to start threads."""
    if roof.level not in OUTWARDS:
        return False
    further = OUTWARDS[OUTWARDS.index(roof.level) + 1 :]
    same = (r for r in others if r.workload == roof.workload and r.level in further)
    return any(r.rate > roof.rate for r in same)


def _has_place(case: Case) -> bool:
    """Whether it is a point: main code of the suite with flops and bytes, on one CPU the baseline.
    A ceiling is a roof.
    """
    if case.is_ceiling or case.role != "main" or not case.ours:
        return False
    if (case.scope, case.threads) == ("host", 1) and case.variant != BASELINE:
        return False
    return min(case.cost.flops, case.cost.bytes) > 0


def common_sizes(devices: Iterable[Iterable[Case]]) -> dict[Input, int]:
    """The largest size of each workload and its keys that all devices with any have measured."""
    found: dict[Input, list[set[int]]] = defaultdict(list)
    for cases in devices:
        sizes: dict[Input, set[int]] = defaultdict(set)
        for case in cases:
            sizes[input_of(case)].add(case.n)
        for one, of_device in sizes.items():
            found[one].append(of_device)
    common = {one: set.intersection(*sizes) for one, sizes in found.items()}
    return {one: max(sizes) for one, sizes in common.items() if sizes}


def input_of(case: Case) -> Input:
    """Workload and keys."""
    return case.workload, tuple(sorted(case.keys.items()))


def _shown(cases: Iterable[Case], common: Mapping[Input, int]) -> list[Case]:
    """The fastest code at the largest size of each level, and at the size that devices have in
    common.
    """
    best: dict[object, Case] = {}
    for case in cases:
        keys: list[object] = [(input_of(case), case.level)]
        if common.get(input_of(case)) == case.n:
            keys.append((input_of(case), "common"))
        for key in keys:
            known = best.setdefault(key, case)
            if (case.n, -(case.time or 0)) > (known.n, -(known.time or 0)):
                best[key] = case
    return list({case.name: case for case in best.values()}.values())


def _point(case: Case, roofs: Sequence[Roof], judged: Judgement) -> RooflinePoint:
    intensity = case.cost.flops / case.cost.bytes
    compute = _preferred([r for r in roofs if r.kind == "flops"], case)
    memory = _of_level([r for r in roofs if r.kind == "bytes"], case)
    bounds = [
        (_own_bound(roof, case, judged) or roof.rate * per_unit, k, roof)
        for k, (roof, per_unit) in enumerate(((compute, 1.0), (memory, intensity)))
        if roof
    ]
    bound, _, roof = min(bounds, default=(None, 0, None))
    return RooflinePoint(case, intensity, rate(case, "flops"), roof, bound)


def _own_bound(roof: Roof, case: Case, judged: Judgement) -> float | None:
    """Of the ceiling that the case is judged by, if the roof is of its workload."""
    share = judged.of_ceiling
    if share is None or judged.ceiling.split("/")[0] != roof.workload:
        return None
    return rate(case, "flops") / share.value


def _of_level(roofs: Sequence[Roof], case: Case) -> Roof | None:
    """The roof of the level, or of the next one outwards that was measured."""
    if case.level not in OUTWARDS:
        return None
    for level in OUTWARDS[OUTWARDS.index(case.level) :]:
        if same := [r for r in roofs if r.level == level]:
            return _preferred(same, case)
    return None


def _preferred(roofs: Sequence[Roof], case: Case) -> Roof | None:
    """The ceiling that the contract names, else the fastest."""
    return max(roofs, key=lambda r: (r.workload == case.ceiling, r.rate), default=None)
