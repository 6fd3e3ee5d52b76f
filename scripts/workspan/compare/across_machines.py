# SPDX-License-Identifier: Apache-2.0
"""Two machines: how well each uses its own ceilings and cores.

It gives no verdict: a time on one machine says nothing about the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workspan.analysis.ceilings import problem_of
from workspan.analysis.judge import Judgement, judge
from workspan.compare.differences import file_label
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.resultfile.read import AnyFile
from workspan.support.errors import UsageError

QUANTITIES = (
    "of_ceiling",
    "vs_seq",
    "vs_1_thread",
    "efficiency",
    "machine",
    "code",
    "vs_best_host",
)


@dataclass(frozen=True)
class CrossRow:
    """A case on two machines: each quantity that both have."""

    name: str
    new_name: str  # differs if each machine ran the case on all its CPUs
    quantities: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class CrossReport:
    """A comparison of machines.

    left_out: number of cases of one machine only, or without comparisons within their own run.
    """

    rows: list[CrossRow]
    old: str = "old"
    new: str = "new"
    left_out: int = 0
    notes: list[str] = field(default_factory=list)


def compare_machines(
    old: AnyFile,
    new: AnyFile,
    names: tuple[str, str],
    chosen: Callable[[str], bool] = lambda name: True,
) -> CrossReport:
    """The chosen cases on both machines.

    Raises UsageError for files of other programs, which have no ceilings.
    """
    if isinstance(old, ForeignFile) or isinstance(new, ForeignFile):
        raise UsageError("--cross needs result files of workspan: other programs' have no ceilings")
    then, now = _cases_by_name(old), _cases_by_name(new)
    old_judgements, new_judgements = judge(old), judge(new)
    rows = [
        CrossRow(a, b, dict(_quantities(old_judgements[a], new_judgements[b])))
        for a, b in _pair_names(old, new)
    ]
    rows = [row for row in rows if row.quantities]
    compared = len({row.name for row in rows}) + len({row.new_name for row in rows})
    return CrossReport(
        [row for row in rows if chosen(row.name)],
        file_label(old, names[0]),
        file_label(new, names[1]),
        left_out=len(then) + len(now) - compared,
        notes=[
            "different machines: fractions of each one's own measured ceilings, "
            "and speedups within each; no verdict"
        ],
    )


def _pair_names(old: ResultFile, new: ResultFile) -> list[tuple[str, str]]:
    """Cases of the same name, and cases that each machine ran on all its CPUs."""
    then, now = _cases_by_name(old), _cases_by_name(new)
    pairs = {(name, name): None for name in then if name in now}
    everywhere = {
        (case.variant, *problem_of(case)): name
        for name, case in now.items()
        if case.threads == new.workspan.run.all_threads
    }
    for name, case in then.items():
        same = everywhere.get((case.variant, *problem_of(case)))
        if case.threads == old.workspan.run.all_threads and same is not None:
            pairs.setdefault((name, same))
    return list(pairs)


def _cases_by_name(file: ResultFile) -> dict[str, Case]:
    return {case.name: case for case in file.workspan.cases if case.status is Status.OK}


def _quantities(old: Judgement, new: Judgement) -> Iterator[tuple[str, tuple[float, float]]]:
    for name in QUANTITIES:
        a, b = getattr(old, name), getattr(new, name)
        if a is not None and b is not None:
            yield name, (a.value, b.value)
