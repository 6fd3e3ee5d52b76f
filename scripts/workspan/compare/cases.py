# SPDX-License-Identifier: Apache-2.0
"""Two runs compared, case by case: the verdict on each, and a summary of all. Pure functions."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from workspan.compare.decide import Pair, decide_verdicts
from workspan.compare.differences import (
    Difference,
    file_label,
    find_differences,
    of_two_machines,
    two_machines,
)
from workspan.compare.evidence import depends_on_placement, disturbed_side, evidence_of
from workspan.compare.series import Series, series_of
from workspan.compare.verdict import CaseVerdict, Thresholds, Verdict, verdict_from_status
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Status
from workspan.resultfile.read import AnyFile
from workspan.stats.geometric_mean import CommonCase, geometric_mean
from workspan.support.errors import Exit, UsageError
from workspan.support.text import quantity

PartialPair = tuple[Series | None, Series | None]
UNMEASURED = (Status.SKIPPED, Status.PLANNED)
CONCLUSIVE = (
    Verdict.BROKEN,
    Verdict.FIXED,
    Verdict.SLOWER,
    Verdict.FASTER,
    Verdict.SAME,
    Verdict.NORMAL,
)


@dataclass(frozen=True)
class Report:
    """A comparison.

    mean: the geometric mean of the effects of `mean_cases` common cases, with its 95 % interval.
    by: the baseline, if both sides come from one file; speedups are shown instead of changes.
    reference: whether old is a reference of the same hardware; ratios are shown, without a test;
    references: the names of all of them, by which `against` tells one, in the order of their
    numbers.
    """

    rows: list[CaseVerdict]
    old: str = "old"
    new: str = "new"
    paired: bool = False
    by: str = ""
    reference: bool = False
    references: list[str] = field(default_factory=list)
    threshold: float = Thresholds.change
    mean: float | None = None
    mean_interval: tuple[float, float] | None = None
    mean_cases: int = 0
    counts: dict[str, int] = field(default_factory=dict)  # of verdicts
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[str, str]:
        """The names of both sides."""
        return ("reference", "yours") if self.reference else ("old", "new")


def compare_files(
    old: AnyFile,
    new: AnyFile,
    names: tuple[str, str],
    thresholds: Thresholds | None = None,
    chosen: Callable[[str], bool] = lambda name: True,
) -> Report:
    """The verdicts on the chosen cases of two runs. Raises UsageError if machines differ."""
    if differences := of_two_machines(old, new):
        raise UsageError(f"{two_machines(differences)}; their runs get no verdict")
    then, now = ([s for s in series_of(file) if chosen(s.name)] for file in (old, new))
    report = compare_cases(then, now, thresholds, separate=old != new)
    notes = [*report.notes, *_side_notes("old", old), *_side_notes("new", new)]
    if old == new:
        notes.insert(0, "old and new are the same measurements: a run is compared with itself")
    return replace(
        report,
        old=file_label(old, names[0]),
        new=file_label(new, names[1]),
        differences=find_differences(old, new),
        notes=notes,
    )


def _side_notes(side: str, file: AnyFile) -> list[str]:
    if isinstance(file, ForeignFile):
        return [f"{side}: {note}" for note in file.notes]
    complete = file.workspan.run.complete
    return [] if complete else [f"{side} was interrupted: some of its cases may be missing"]


def compare_cases(
    old: Sequence[Series],
    new: Sequence[Series],
    thresholds: Thresholds | None = None,
    *,
    paired: bool = False,
    separate: bool = True,
) -> Report:
    """The verdicts on all cases; the caller adds labels and differences.

    paired: invocations of the same number were run side by side (`workspan ab`). separate: as for
    compare_pairs.
    """
    if paired:  # of different processes: their blocks do not belong together
        old, new = ([replace(s, blocks={}) for s in side] for side in (old, new))
    then, now = ({(s.name, s.threads): s for s in side} for side in (old, new))
    both = [(then[key], now[key]) for key in then if key in now]
    only_old = [(s, None) for key, s in then.items() if key not in now]
    only_new = [(None, s) for key, s in now.items() if key not in then]
    pairs = [*both, *only_old, *only_new]
    return compare_pairs(pairs, thresholds, paired=paired, separate=separate)


def compare_pairs(
    pairs: Sequence[PartialPair],
    thresholds: Thresholds | None = None,
    *,
    paired: bool = False,
    separate: bool = True,
    sides: tuple[str, str] = ("old", "new"),
) -> Report:
    """The verdicts on given pairs of cases.

    separate: both sides were measured in separate runs, unless paired. sides: their names in notes.
    """
    thresholds = thresholds or Thresholds()
    timed = _timed_pairs(pairs, paired)
    rows = [row for row in (verdict_from_status(*pair) for pair in pairs) if row]
    decided = decide_verdicts(timed, thresholds, paired=paired)
    rows += decided
    order = list(Verdict)
    rows.sort(key=lambda row: order.index(row.verdict))  # stable: files' order within a verdict
    told = [k for k, pair in enumerate(timed) if paired or not disturbed_side(*pair)]
    kept = [timed[k] for k in told]
    mean, interval = _mean_effect(kept, [decided[k] for k in told], paired)
    return Report(
        rows,
        paired=paired,
        threshold=thresholds.change,
        mean=mean,
        mean_interval=interval,
        mean_cases=len(kept),
        counts=dict(Counter(row.verdict.value for row in rows)),
        notes=[
            *_notes(pairs, timed, paired, separate and not paired),
            *(_share_notes(rows, timed) if separate and not paired else []),
            *disturbance_notes(kept, sides),
        ],
    )


def _mean_effect(
    timed: Sequence[Pair], decided: Sequence[CaseVerdict], paired: bool
) -> tuple[float | None, tuple[float, float] | None]:
    """The geometric mean of the effects of these rows, each by time or by share as its row is.

    Cases of one workload were measured in one process.
    """
    common = []
    for (old, new), row in zip(timed, decided, strict=True):
        found = evidence_of(old, new, row.by, paired=paired)
        common.append(CommonCase(new.workload, np.exp(found.old), np.exp(found.new)))
    return geometric_mean(common, paired=paired) if common else (None, None)


def _timed_pairs(pairs: Sequence[PartialPair], paired: bool) -> list[Pair]:
    """The pairs with times on both sides; if paired, with common invocations only."""
    both_ok = [
        (a, b) for a, b in pairs if a and b and a.status is Status.OK and b.status is Status.OK
    ]
    timed = [_align(*pair) for pair in both_ok] if paired else both_ok
    return [
        (a, b)
        for a, b in timed
        if a.samples and b.samples and (not paired or evidence_of(a, b, "time", paired=True).pairs)
    ]


def _align(old: Series, new: Series) -> Pair:
    """Both sides with their common invocations, by number."""
    common = sorted(set(old.numbers) & set(new.numbers))

    def select(series: Series) -> Series:
        by_number = dict(zip(series.numbers, series.samples, strict=True))
        return replace(series, samples=tuple(by_number[n] for n in common), numbers=tuple(common))

    return select(old), select(new)


def _notes(
    pairs: Sequence[PartialPair], timed: Sequence[Pair], paired: bool, separate: bool
) -> list[str]:
    notes = []
    if separate:
        notes.append(
            "old and new are separate runs: no interval includes the drift between them; "
            "workspan ab interleaves two builds"
        )
    if any(not s.own for pair in timed for s in pair):
        notes.append(
            "repetitions of one process stand in for invocations: "
            "no interval includes the variation between processes"
        )
    if paired:
        notes.append("changes are geometric means of the ratios of pairs run side by side")
    if skipped := sum(all(s is None or s.status in UNMEASURED for s in pair) for pair in pairs):
        has = "have them" if skipped > 1 else "have it"
        notes.append(f"left out: {quantity(skipped, 'case')}, skipped in all files that {has}")
    return notes


def _share_notes(rows: Sequence[CaseVerdict], timed: Sequence[Pair]) -> list[str]:
    """How shares are judged, and for which cases judged by time the cores may have moved."""
    notes = []
    if any(row.by == "share" for row in rows):
        notes.append(
            "by share: the change of the time relative to that of the ceiling measured in the "
            "same blocks, in which the state of the machine cancels"
        )
    by_time = {row.name for row in rows if row.by == "time"}
    if unprobed := sum(_is_unprobed(*pair) for pair in timed if pair[1].name in by_time):
        have = "case on several threads has" if unprobed == 1 else "cases on several threads have"
        notes.append(
            f"{unprobed} memory-bound {have} no recorded round trip: "
            "it is unknown whether the cores moved"
        )
    return notes


def _is_unprobed(old: Series, new: Series) -> bool:
    """Whether its time depends on core placement, which is not known for both sides."""
    return depends_on_placement(new) and not (old.round_trips and new.round_trips)


def disturbance_notes(kept: Sequence[Pair], sides: tuple[str, str]) -> list[str]:
    """Of the cases that are compared in spite of it."""
    first, second = (sum(pair[side].disturbed for pair in kept) for side in (0, 1))
    if not first and not second:
        return []
    count = f"{quantity(first, 'invocation')} of {sides[0]}, {second} of {sides[1]}"
    return [f"disturbed, but counted: {count}, over all cases"]


def exit_code(report: Report, thresholds: Thresholds) -> Exit:
    """FAILED for a verdict to fail on, NOTHING if no comparison was conclusive, else GOOD."""
    verdicts = {row.verdict for row in report.rows}
    if verdicts & thresholds.fail_on:
        return Exit.FAILED
    return Exit.GOOD if verdicts & set(CONCLUSIVE) else Exit.NOTHING
