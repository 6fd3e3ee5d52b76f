# SPDX-License-Identifier: Apache-2.0
"""Two machines: how well each uses its own ceilings and cores. No verdict, because a time on one says nothing about the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workspan.analysis.judge import Judgement, judge
from workspan.report.comparison_sheet import Column, Section, Sheet
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.text import counted, plain

QUANTITIES = {  # and how dispensable each is where there is no room
    "of_ceiling": 0,
    "vs_seq": 1,
    "vs_1_thread": 3,
    "efficiency": 2,
    "vs_all_cores": 4,
}


@dataclass(frozen=True)
class CrossRow:
    """A case on two machines: for each quantity its value on both, if both have it."""

    name: str
    new_name: str  # differs where each machine ran it on all its CPUs
    quantities: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class CrossReport:
    """A comparison of machines. left_out: cases that only one of them has, or that are not comparable within their own run."""

    rows: list[CrossRow]
    old: str = "old"
    new: str = "new"
    left_out: int = 0
    notes: list[str] = field(default_factory=list)


def cross(old: ResultFile, new: ResultFile) -> CrossReport:
    """Cases of the same name; and those that each ran on all its CPUs, however many these are."""
    then, now = _by_name(old), _by_name(new)
    pairs = {(name, name): None for name in then if name in now}
    everywhere = {
        _on_all(case, new): name
        for name, case in now.items()
        if case.threads == new.workspan.run.all_threads
    }
    for name, case in then.items():
        if (
            case.threads == old.workspan.run.all_threads
            and (same := everywhere.get(_on_all(case, old))) is not None
        ):
            pairs.setdefault((name, same))
    of_old, of_new = judge(old), judge(new)
    rows = [CrossRow(a, b, dict(_quantities(of_old[a], of_new[b]))) for a, b in pairs]
    rows = [row for row in rows if row.quantities]
    used = len({row.name for row in rows}), len({row.new_name for row in rows})
    notes = [
        "different machines: shares of each one's own measured ceilings, and speedups within each; no verdict"
    ]
    return CrossReport(rows, left_out=len(then) - used[0] + len(now) - used[1], notes=notes)


def _by_name(file: ResultFile) -> dict[str, Case]:
    return {case.name: case for case in file.workspan.cases if case.status is Status.OK}


def _on_all(case: Case, file: ResultFile) -> str:
    return case.name.removesuffix(f"/threads:{file.workspan.run.all_threads}")


def _quantities(old: Judgement, new: Judgement) -> Iterator[tuple[str, tuple[float, float]]]:
    for name in QUANTITIES:
        a, b = getattr(old, name), getattr(new, name)
        if a is not None and b is not None:
            yield name, (a, b)


def cross_sheet(report: CrossReport) -> Sheet:
    """The words of a report on two machines: for each quantity, old and new side by side."""
    names = [name for name in QUANTITIES if any(name in row.quantities for row in report.rows)]
    columns = [Column("case", right=False)]
    columns += [Column(f"{name.replace('_', ' ')} (old new)", QUANTITIES[name]) for name in names]
    rows = []
    for row in report.rows:
        name = (
            row.name
            if row.name == row.new_name
            else f"{row.name} and threads:{row.new_name.rpartition(':')[2]}"
        )
        rows.append([plain(name), *(_cell(row.quantities.get(quantity)) for quantity in names)])
    count = f"{counted(len(rows), 'case')} of both machines; {report.left_out} of only one, or with nothing to compare"
    sections = (
        [Section("CROSS", f"{len(rows)}: no verdict between machines", rows, [""] * len(rows))]
        if rows
        else []
    )
    return Sheet(
        [("old", plain(report.old)), ("new", plain(report.new))],
        [],
        columns,
        sections,
        [count],
        report.notes,
    )


def _cell(pair: tuple[float, float] | None) -> str:
    return f"{pair[0]:7.3g}  {pair[1]:7.3g}" if pair else ""
