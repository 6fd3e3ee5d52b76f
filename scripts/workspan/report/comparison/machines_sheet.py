# SPDX-License-Identifier: Apache-2.0
"""The sheet of two machines, A and B: T_A / T_B by the best codes, then of every common case."""

from collections.abc import Sequence
from typing import Final

from workspan.compare.across_machines import BOUNDS, Kind, MachinePair, MachineReport, Mean
from workspan.report.cells import ONE_PROCESS, ratio
from workspan.report.comparison.comparison_sheet import (
    Column,
    Section,
    Sheet,
    format_interval,
    format_ratio,
)
from workspan.report.marked_numbers import gain_words, within_one_process
from workspan.report.run_columns import short_name
from workspan.support.text import plain, quantity
from workspan.support.units import format_number, format_time

SECTIONS: Final[dict[Kind, tuple[str, str]]] = {  # word and heading; one_thread is a mean alone
    "host": ("HOST", "by the best host code of each machine"),
    "kernel": ("GPU", "by the fastest kernel of each GPU, data resident"),
    "transfers": ("TRANSFERS", "by the fastest GPU code of each with both transfers"),
}
CASES: Final = "CASES"
CODES: Final[dict[Kind, str]] = {
    "host": "best host code",
    "one_thread": "best code on one thread",
    "kernel": "GPU, data resident",
    "transfers": "GPU with transfers",
}
BOUND_WORDS: Final = {
    "arithmetic": "arithmetic-bound",
    "memory": "memory-bound",
    "caches": "in caches",
}
IN_WORDS: Final = {"arithmetic": "in arithmetic", "memory": "in memory", "caches": "in caches"}
BEST: Final = (
    "best: of all measured variants and numbers of threads, libraries included, by name; the "
    "smallest of several noisy times flatters it a little"
)
FACTORS: Final = (
    "machine, code: factors of the speedup over seq on that machine alone, as in workspan info"
)
WITHIN: Final = f"{ONE_PROCESS}: one process a side, so the interval says nothing of the next"
UNKNOWN: Final = "an interval needs three processes of both sides, or one of each"


def columns(sides: tuple[str, str]) -> list[Column]:
    """Of the times and factors of both machines; sides: what they are called."""
    first, second = sides
    return [
        Column("case", right=False),
        Column(first, 2),
        Column(second, 2),
        Column(_quotient(sides)),
        Column("95 % interval", 1),
        Column(f"machine: {first}", 3),
        Column(second, 3),
        Column(f"code: {first}", 3),
        Column(second, 3),
    ]


def direction(sides: tuple[str, str]) -> str:
    """The note on what the ratio means."""
    return (
        f"{_quotient(sides)}: above 1 {sides[1]} is faster; of several problems the geometric mean;"
        " no verdict between machines"
    )


def _quotient(sides: tuple[str, str]) -> str:
    return f"T_{sides[0]} / T_{sides[1]}"


def machines_sheet(report: MachineReport) -> Sheet:
    """The sheet of a comparison of machines; it has no verdicts."""
    sections = [
        _section(word, heading, [(_problem_and_codes(p), p) for p in report.best[kind]])
        for kind, (word, heading) in SECTIONS.items()
        if kind in report.best
    ]
    if report.cases:
        sections.append(
            _section(CASES, "every common case", [(_case_names(p), p) for p in report.cases])
        )
    return Sheet(
        [*zip(report.sides, map(plain, (report.old, report.new)), strict=True)],
        [(plain(d.what), plain(d.old), plain(d.new)) for d in report.differences],
        columns(report.sides),
        sections,
        _summary(report),
        _notes(report),
        report.sides,
    )


def _section(word: str, heading: str, rows: Sequence[tuple[str, MachinePair]]) -> Section:
    cells = [[plain(name), *_cells(pair)] for name, pair in rows]
    return Section(word, f"{len(rows)}: {heading}", cells, [""] * len(cells))


def _cells(pair: MachinePair) -> list[str]:
    found = pair.ratio
    interval = format_interval(found.interval, format_ratio) if found.interval else ""
    factors = (pair.old.machine, pair.new.machine, pair.old.code, pair.new.code)
    return [
        format_time(pair.old.time),
        format_time(pair.new.time),
        format_ratio(found.value),
        interval + (ONE_PROCESS if interval and found.within_one_process else ""),
        *(ratio(one.value) if one else "" for one in factors),
    ]


def _case_names(pair: MachinePair) -> str:
    """With the number of threads on each machine: copy/omp/n:8/threads:2 and 64."""
    if pair.old.name == pair.new.name:
        return pair.old.name
    return f"{pair.old.name} and {pair.new.name.rpartition(':')[2]}"


def _problem_and_codes(pair: MachinePair) -> str:
    """The problem, and the code of each machine: gemm/n:256 by omp (16), openblas (2)."""
    workload, _, *keys, _ = pair.old.name.split("/")
    codes = dict.fromkeys((short_name(pair.old.name), short_name(pair.new.name)))
    return f"{workload}/{'/'.join(keys)} by {', '.join(codes)}"


def _summary(report: MachineReport) -> list[str]:
    lines = [_answer(report)] if report.means else []
    lines += [_means_line(kind, report) for kind in CODES if kind in report.best]
    for name, cpus, gains in zip(report.sides, report.cpus, report.gains, strict=True):
        gained = [
            gain_words(one, f"the {what} of one")
            for what, one in zip(("arithmetic", "memory bandwidth"), gains, strict=True)
            if one
        ]
        said = f"{name}: {quantity(cpus, 'CPU')} gave {' and '.join(gained)}"
        lines += [said + within_one_process(*gains)] if gained else []
    lines.append(
        f"{quantity(len(report.cases), 'common case')}; {report.left_out} of one machine only"
    )
    return lines


def _answer(report: MachineReport) -> str:
    """How many times as fast as the other the faster machine is, by the best codes of both."""
    kind: Kind = next(kind for kind in CODES if kind in report.best)
    means = {m.bound: m for m in report.means if m.kind == kind}
    turned = means["all"].value < 1
    faster, other = report.sides if turned else report.sides[::-1]
    factors = {b: 1 / m.value if turned else m.value for b, m in means.items()}
    by_bound = [f"{format_number(factors[b])} {IN_WORDS[b]}" for b in BOUNDS if b in factors]
    return (
        f"{faster} is {format_number(factors['all'])} times as fast as {other}, by the "
        f"{CODES[kind]} of {quantity(means['all'].problems, 'common problem')}: "
        f"{', '.join(by_bound) or 'geometric mean'}"
    )


def _means_line(kind: Kind, report: MachineReport) -> str:
    parts = {m.bound: m for m in report.means if m.kind == kind}
    by_bound = [f"{BOUND_WORDS[b]} {_mean(parts[b])}" for b in BOUNDS if b in parts]
    means = "; ".join([_mean(parts["all"]), *by_bound])
    return f"{CODES[kind]}: {_quotient(report.sides)} {means}"


def _mean(mean: Mean) -> str:
    within = f" [{format_interval(mean.interval, format_ratio)}]" if mean.interval else ""
    return f"{format_ratio(mean.value)}{within} of {mean.problems}"


def _notes(report: MachineReport) -> list[str]:
    estimates = [pair.ratio for pair in report.rows]
    judged = any(s.machine or s.code for pair in report.rows for s in (pair.old, pair.new))
    notes = [direction(report.sides)]
    notes += [BEST] if report.best else []
    notes += [FACTORS] if judged else []
    notes += [WITHIN] if any(e.interval and e.within_one_process for e in estimates) else []
    notes += [UNKNOWN] if any(e.interval is None for e in estimates) else []
    return notes
