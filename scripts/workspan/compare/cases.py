# SPDX-License-Identifier: Apache-2.0
"""Two sets of cases, old and new: what each case's times say, and what the whole of them means. Pure functions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from workspan.compare.series import Series, series_of
from workspan.compare.verdict import (
    CaseVerdict,
    Rules,
    Setting,
    Verdict,
    judged,
    measured,
    moves_with_cores,
    obstacle,
    tested,
    with_needed,
    without_times,
)
from workspan.resultfile.model import Status
from workspan.stats.geometric_mean import Common, geometric_mean
from workspan.stats.intervals import medians
from workspan.stats.significance import benjamini_hochberg
from workspan.support.errors import Exit
from workspan.support.text import counted

__all__ = [
    "CaseVerdict",
    "Difference",
    "Report",
    "Rules",
    "Series",
    "Verdict",
    "compare",
    "compare_pairs",
    "exit_code",
    "series_of",
]

Pair = tuple[Series, Series]
TOLD = (Verdict.BROKEN, Verdict.FIXED, Verdict.SLOWER, Verdict.FASTER, Verdict.SAME, Verdict.NORMAL)


@dataclass(frozen=True)
class Difference:
    """Something of machine, build, environment or run that is not the same in both."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Report:
    """A comparison. mean: the geometric mean of the effects of `mean_cases` common cases, with its 95 % interval."""

    rows: list[CaseVerdict]
    old: str = "old"
    new: str = "new"
    paired: bool = False
    by: str = ""  # what old is where both come from one file: the baseline; then speedups are shown instead of changes
    reference: bool = False  # old is a reference of the same hardware: ratios are shown instead of changes, and no test was made
    threshold: float = 0.03
    mean: float | None = None
    mean_interval: tuple[float, float] | None = None
    mean_cases: int = 0
    counts: dict[str, int] = field(default_factory=dict)  # of verdicts
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sides(self) -> tuple[str, str]:
        """What the two are called."""
        return ("reference", "yours") if self.reference else ("old", "new")


def compare(
    old: Sequence[Series],
    new: Sequence[Series],
    rules: Rules | None = None,
    *,
    paired: bool = False,
) -> Report:
    """The verdicts. paired: invocations of the same number were run side by side (`ab`). Labels and differences are the caller's to add."""
    then, now = ({(s.name, s.threads): s for s in side} for side in (old, new))
    both = [(then[key], now[key]) for key in then if key in now]
    alone = [(s, None) for key, s in then.items() if key not in now]
    return compare_pairs(
        [*both, *alone, *((None, s) for key, s in now.items() if key not in then)],
        rules,
        paired=paired,
    )


def compare_pairs(
    pairs: Sequence[tuple[Series | None, Series | None]],
    rules: Rules | None = None,
    *,
    paired: bool = False,
    separate: bool = True,
    sides: tuple[str, str] = ("old", "new"),
) -> Report:
    """The verdicts on given pairs of cases. separate: measured in separate runs, where not paired. sides: what a note calls them."""
    rules = rules or Rules()
    timed = [
        (a, b) for a, b in pairs if a and b and a.status is Status.OK and b.status is Status.OK
    ]
    timed = [
        (a, b)
        for a, b in (_aligned(*pair) if paired else pair for pair in timed)
        if a.samples and b.samples
    ]
    rows = [row for row in (without_times(*pair) for pair in pairs) if row]
    rows += _judge(timed, rules, paired)
    order = list(Verdict)
    rows.sort(
        key=lambda row: order.index(row.verdict)
    )  # stable: within a verdict, the order of the files
    common = [
        Common(b.name.split("/")[0] if b.own else "", medians(a.samples), medians(b.samples))
        for a, b in timed
    ]
    mean, interval = geometric_mean(common, paired=paired) if common else (None, None)
    return Report(
        rows,
        paired=paired,
        threshold=rules.threshold,
        mean=mean,
        mean_interval=interval,
        mean_cases=len(common),
        counts=dict(Counter(row.verdict.value for row in rows)),
        notes=[*_notes(pairs, timed, paired, separate and not paired), *_disturbed(timed, sides)],
    )


def _aligned(old: Series, new: Series) -> Pair:
    """Both with only the invocations that the other has too, by number."""
    common = sorted(set(old.numbers) & set(new.numbers))

    def only(series: Series) -> Series:
        by_number = dict(zip(series.numbers, series.samples, strict=True))
        return replace(series, samples=tuple(by_number[n] for n in common), numbers=tuple(common))

    return only(old), only(new)


def _judge(timed: Sequence[Pair], rules: Rules, paired: bool) -> list[CaseVerdict]:
    rows = [measured(*pair, paired=paired) for pair in timed]
    obstacles = [obstacle(*pair, paired=paired) for pair in timed]
    setting = Setting(rules, obstacles.count(None), paired)
    for i, (pair, why) in enumerate(zip(timed, obstacles, strict=True)):
        rows[i] = (
            replace(rows[i], reason=why[0], detail=why[1])
            if why
            else tested(rows[i], *pair, setting)
        )
    with_p = [i for i, row in enumerate(rows) if row.p is not None]
    for i, q in zip(with_p, benjamini_hochberg([rows[i].p or 0.0 for i in with_p]), strict=True):
        rows[i] = judged(rows[i], q, rules)
        if rows[i].verdict is Verdict.INCONCLUSIVE:
            rows[i] = with_needed(rows[i], *timed[i], setting)
    return rows


def _notes(
    pairs: Sequence[tuple[Series | None, Series | None]],
    timed: Sequence[Pair],
    paired: bool,
    separate: bool,
) -> list[str]:
    notes = []
    if separate:
        notes.append(
            "old and new are separate runs: drift between them is in no interval; workspan ab interleaves two builds"
        )
    if any(not s.own for pair in timed for s in pair):
        notes.append(
            "repetitions of one process stand in for invocations: differences between processes are in no interval"
        )
    if paired:
        notes.append("changes are medians of the ratios of pairs run side by side")
    if separate and (
        unprobed := sum(
            moves_with_cores(b) and not (a.round_trips and b.round_trips) for a, b in timed
        )
    ):
        have = "case on several threads has" if unprobed == 1 else "cases on several threads have"
        notes.append(
            f"{unprobed} memory-bound {have} no recorded round trip: whether the cores moved is not known"
        )
    skipped = sum(
        all(s is None or s.status in (Status.SKIPPED, Status.PLANNED) for s in pair)
        for pair in pairs
    )
    if skipped:
        notes.append(
            f"left out: {counted(skipped, 'case')}, skipped wherever {'they are' if skipped > 1 else 'it is'}"
        )
    return notes


def _disturbed(timed: Sequence[Pair], sides: tuple[str, str]) -> list[str]:
    first, second = (sum(pair[side].disturbed for pair in timed) for side in (0, 1))
    count = f"{counted(first, 'invocation')} of {sides[0]}, {second} of {sides[1]}"
    return (
        [f"disturbed and counted all the same: {count}, over all cases"] if first or second else []
    )


def exit_code(report: Report, rules: Rules) -> Exit:
    """FAILED where a verdict is one to fail on, NOTHING where no case could be told, else GOOD."""
    verdicts = {row.verdict for row in report.rows}
    if verdicts & rules.fail_on:
        return Exit.FAILED
    return Exit.GOOD if verdicts & set(TOLD) else Exit.NOTHING
