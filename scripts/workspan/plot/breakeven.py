# SPDX-License-Identifier: Apache-2.0
"""breakeven: the fastest host code against the GPU, and the sizes at which it is overtaken."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from matplotlib.figure import Figure

from workspan.analysis.laws.break_even import BreakEven, Point, Transfers
from workspan.analysis.ratios.places import Place
from workspan.plot.axes.marks import Dot
from workspan.plot.axes.rows import Frame, Marker, Row, add_rows
from workspan.plot.key import Item, add_key
from workspan.plot.palette import LOOKS, Look
from workspan.plot.sheet import Table, begin, cells_of, key_of
from workspan.plot.style import SMALL
from workspan.plot.words import BY_VALUE, factor, factor_tick, number_tick, size
from workspan.resultfile.model import ResultFile
from workspan.resultfile.names import problem_name
from workspan.stats.ratios import Estimate
from workspan.support.text import of_cpus, quantity

SMALLER: Final = 0.62  # of a mark: all sizes but the largest
LANE: Final = 2.6  # points between the lines of a row
NARROW: Final = 120.0  # mm: below, there is one column
PLACES: Final[Mapping[Transfers, Place]] = {
    "pageable": Place.TRANSFERS,
    "resident": Place.GPU,
    "pinned": Place.TRANSFERS,
}
ANSWERS: Final[Mapping[Transfers, str]] = {
    "pageable": "GPU + transfers\nfaster",
    "pinned": "pinned memory\nfaster",
    "resident": "data resident\nfaster",
}
SHORT_ANSWERS: Final[Mapping[Transfers, str]] = {
    "pageable": "faster with\ntransfers",
    "pinned": "faster,\npinned",
    "resident": "faster,\nresident",
}
HEADERS: Final = (
    *("workload", "transfers", "n", "device case", "host case"),
    *("T of host / T of GPU", "low", "high", "answer"),
)


@dataclass(frozen=True)
class BreakEvenData:
    """The answers of a run."""

    file: ResultFile
    found: tuple[BreakEven, ...]


def draw_breakeven(data: BreakEvenData, width_mm: float) -> Figure:
    """A row per workload, a line per kind of transfers, a dot per size, and the answer in words."""
    page = begin(width_mm, title(data), [data.file])
    by_name = _by_name(data)
    columns: list[Transfers] = [
        kind for kind in ANSWERS if any(kind in found for found in by_name.values())
    ]
    columns = columns[:1] if width_mm < NARROW else columns
    wide = width_mm >= NARROW
    rows = [_row(name, found, columns, wide) for name, found in by_name.items()]
    dots = [dot for row in rows for dot in row.dots]
    places = [PLACES[kind] for found in by_name.values() for kind in found]
    key = key_of(places, data.file.workspan.run.all_threads, dots)
    key.append(Item("dot", "small: all but the largest size", look=_smaller(Place.GPU)))
    add_key(page, key)
    page.space(4)
    answers = ANSWERS if wide else SHORT_ANSWERS
    headers = [answers[kind] for kind in columns] + ["fastest host code\nof largest size"] * wide
    frame = Frame(
        factor,
        "T of the fastest host code / T of the GPU; right of 1x the GPU is faster",
        (Marker(1.0, "equal"),),
        tuple(headers),
        joined=False,
        lanes=True,
        shaded=(1.0, math.inf),
        tick=factor_tick,
    )
    add_rows(page, rows, frame)
    page.space(4)
    opponent = "" if wide else f"; {_opponents(by_name)}"
    page.text(f"host code: the fastest of each size, of the suite or a library{opponent}", SMALL)
    if any(BY_VALUE in cell for row in rows for cell in row.cells):
        page.text(f"{BY_VALUE} by value: a size that it rests on has no interval", SMALL)
    return page.figure()


def breakeven_rows(data: BreakEvenData) -> list[Row]:
    """The rows of the chart, without columns."""
    return [_row(name, found, [], False) for name, found in _by_name(data).items()]


def breakeven_table(data: BreakEvenData) -> Table:
    """A row per dot."""
    return HEADERS, [
        (
            *(_name(found), found.transfers, str(point.n), point.device.name, point.host.name),
            *cells_of(point.ratio),
            answer(found),
        )
        for found in data.found
        for point in found.points
    ]


def title(data: BreakEvenData) -> str:
    """In how many workloads the GPU is worth it at the largest size, and against whom, if the host
    never had all CPUs; of several inputs the first counts, as in the headline.
    """
    kinds: dict[Transfers, str] = {
        "pageable": "with the transfers",
        "resident": "with its data resident",
    }
    last = {kind: _last_points(data, kind) for kind in kinds}
    cpus = data.file.workspan.run.all_threads
    threads = min(cpus, max((p.host_threads for found in last.values() for p in found), default=0))
    said: list[str] = []
    for kind, how in kinds.items():
        counted = [p for p in last[kind] if p.host_threads >= threads]
        if counted:
            won = [point for point in counted if point.sign > 0]
            by_value = sum(point.ratio.by_value for point in won)
            of_all = len(counted) if said else quantity(len(counted), "workload")
            mark = f" ({by_value} by value)" if by_value else ""
            said.append(f"{how} in {len(won)} of {of_all}{mark}")
    than = f"than {of_cpus(threads, cpus)} " if threads < cpus else ""
    return f"The GPU is faster {than}{', '.join(said)}" if said else "Is the GPU worth it?"


def _last_points(data: BreakEvenData, transfers: Transfers) -> Collection[Point]:
    """The largest size of each workload."""
    last: dict[str, Point] = {}
    for found in (one for one in data.found if one.transfers == transfers):
        point = found.points[-1]
        if point.n > last.setdefault(found.workload, point).n:
            last[found.workload] = point
    return last.values()


def _opponents(by_name: dict[str, dict[Transfers, BreakEven]]) -> str:
    """At the largest omp on 16, but openblas on 16 in gemm: the most frequent first."""
    names: dict[str, list[str]] = {}
    for name, found in by_name.items():
        names.setdefault(_host(found), []).append(name)
    first, *others = sorted(names, key=lambda host: -len(names[host]))
    said = [f"{host} in {', '.join(names[host])}" for host in others]
    return f"at the largest {first}" + (f", but {'; '.join(said)}" if said else "")


def short_answer(found: BreakEven) -> str:
    """The same in a narrow column: from 2²⁰, not up to 2¹¹?, 2¹⁰ to 2¹⁸."""
    mark = BY_VALUE if found.by_value else ""
    if found.kind == "always":
        return f"from {size(found.said_of[0])}{mark}"
    if found.kind == "never":
        return f"not up to {size(found.said_of[1])}{mark}"
    if found.kind == "between":
        (a, b), *_ = found.brackets or ((0, 0),)
        return (f"from {_root(found.root)}" if found.root else f"{size(a)} to {size(b)}") + mark
    return "cannot tell" if found.kind == "unknown" else f"changes{mark}"


def _root(found: Estimate) -> str:
    return number_tick(float(f"{found.value:.2g}"))


def answer(found: BreakEven) -> str:
    """The answer for one workload: always from 2²⁰, never up to 2¹¹?, between 2¹⁰ and 2¹⁸; marked
    if said by value, with the largest size whose interval does not tell.
    """
    if found.kind == "unknown":
        return "cannot tell"
    mark = BY_VALUE if found.by_value else ""
    untold = f" ({size(found.untold[-1].n)} unclear)" if found.untold else ""
    return f"{_told(found)}{mark}{untold}"


def _told(found: BreakEven) -> str:
    if found.kind == "always":
        return f"always from {size(found.said_of[0])}"
    if found.kind == "never":
        return f"never up to {size(found.said_of[1])}"
    if found.kind == "between" and found.root:
        return f"from about {_root(found.root)}"
    between = ", ".join(f"{size(a)} and {size(b)}" for a, b in found.brackets)
    return f"between {between}" if found.kind == "between" else f"changes between {between}"


def _name(found: BreakEven) -> str:
    return problem_name(found.workload, found.keys.values())


def _by_name(data: BreakEvenData) -> dict[str, dict[Transfers, BreakEven]]:
    """By workload; the highest ratio with transfers first."""
    found: dict[str, dict[Transfers, BreakEven]] = {}
    for one in data.found:
        if one.points:
            found.setdefault(_name(one), {})[one.transfers] = one

    def order(name: str) -> float:
        first = next(found[name][kind] for kind in ANSWERS if kind in found[name])
        return -first.points[-1].ratio.value

    return {name: found[name] for name in sorted(found, key=order)}


def _row(name: str, found: dict[Transfers, BreakEven], columns: list[Transfers], wide: bool) -> Row:
    drawn = _drawn(found)
    dots = [dot for k, kind in enumerate(drawn) for dot in _dots(found[kind], LANE * (1 - 2 * k))]
    said = answer if wide else short_answer
    cells = [said(found[kind]) if kind in found else "" for kind in columns]
    won = [kind in found and found[kind].kind in ("always", "between") for kind in columns]
    return Row(
        name,
        tuple(dots),
        (*cells, *([_host(found)] if wide else [])),
        strong=frozenset(k for k, yes in enumerate(won) if yes),
    )


def _drawn(found: dict[Transfers, BreakEven]) -> list[Transfers]:
    """The kinds of transfers that have a line."""
    kinds: list[Transfers] = ["pageable", "resident"]
    return [kind for kind in kinds if kind in found] or [*found][:1]


def _host(found: dict[Transfers, BreakEven]) -> str:
    """omp on 16: the fastest code of the largest size."""
    host = found[_drawn(found)[0]].points[-1].host
    return f"{host.variant} on {host.threads}"


def _dots(found: BreakEven, lane: float) -> list[Dot]:
    """The largest first, so that it covers no smaller one."""
    place, last = PLACES[found.transfers], found.points[-1]
    return [
        Dot(
            LOOKS[place] if point is last else _smaller(place),
            point.ratio.value,
            point.ratio.interval if point is last else _without_length(point.ratio),
            point.device.name,
            lane=lane,
        )
        for point in reversed(found.points)
    ]


def _without_length(ratio: Estimate) -> tuple[float, float] | None:
    """The interval of a smaller size is in the table: here it is only told that there is one."""
    return (ratio.value, ratio.value) if ratio.interval else None


def _smaller(place: Place) -> Look:
    look = LOOKS[place]
    return replace(look, size=look.size * SMALLER)
