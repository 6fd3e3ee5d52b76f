# SPDX-License-Identifier: Apache-2.0
"""Weak scaling in a table, a row for each curve, and why a curve tells no law."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from workspan.analysis.laws.weak_scaling import FEWEST_TEAMS, Refusal, WeakScaling
from workspan.report.cells import ABSENT, power
from workspan.resultfile.names import problem_name
from workspan.stats.ratios import FEWEST_PROCESSES, Estimate
from workspan.support.text import quantity
from workspan.support.units import format_number

LEGEND: Final = (
    "The size n of one thread grows with the threads, so that each has as much work; the column"
    " work is what the rounding of n left of that. Scaled speedup: the rate on these threads over"
    " that on one. Machine: the same of the ceiling that bounds the code, measured beside it: the"
    " effective cores that the machine gave. Serial part: by Gustafson's law over these. In"
    " brackets: 95 % intervals."
)
REFUSALS: Final[dict[Refusal, str]] = {
    "no_one_thread": "the time on one thread is missing",
    "no_ceiling": "nothing was measured that tells what the machine gave on these threads",
    "is_ceiling": "a ceiling is itself the measure of what the machine gives",
    "few_cpus": f"fewer than {FEWEST_TEAMS} CPUs were usable, too few for a law, which needs as"
    " many numbers of threads",
    "few_teams": f"fewer than {FEWEST_TEAMS} numbers of threads, up to that of CPUs, tell no law;"
    " measure more of them with workspan run --weak --threads 1,2,4,all",
    "few_processes": f"fewer than {FEWEST_PROCESSES} processes do not tell how well the law fits",
    "superlinear": "more was gained than the machine gives; the ceiling gained less than this code"
    " could use, or one thread alone is slow",
    "not_the_law": "the law does not hold, since the rate breaks at {kink}",
}
COLUMNS: Final = (
    "workload",
    "n",
    "n on threads",
    "work",
    "scaled speedup",
    "machine",
    "serial part",
)


def table(found: Iterable[WeakScaling]) -> Iterator[Sequence[str]]:
    """The head, and each curve at its largest number of threads."""
    yield COLUMNS
    for scaling in found:
        if not scaling.points:
            continue
        last = scaling.points[-1]
        yield (
            _name(scaling),
            power(scaling.n),
            f"{power(last.n)} on {last.threads}",
            f"{last.work:.2f}",
            _number(last.speedup),
            _number(last.machine) if last.machine else ABSENT,
            _percent(scaling.serial) if scaling.serial else ABSENT,
        )


def answer(found: Iterable[WeakScaling]) -> str:
    """What the threads gain most and least, each workload by its best code at the largest size; or
    empty.
    """
    best: dict[object, WeakScaling] = {}
    for one in found:
        key = one.workload, tuple(one.keys.values())
        if len(one.points) > 1 and (key not in best or _rank(one) > _rank(best[key])):
            best[key] = one
    gains = sorted(best.values(), key=lambda one: -one.points[-1].speedup.value)
    if not gains:
        return ""
    said = f"With as much work for each thread, {_gain(gains[0])}"
    return f"{said}{f' at most, {_gain(gains[-1])} at least' if len(gains) > 1 else ''}."


def _rank(one: WeakScaling) -> tuple[int, float]:
    return one.n, one.points[-1].speedup.value


def _gain(one: WeakScaling) -> str:
    last = one.points[-1]
    machine = f", the machine {format_number(last.machine.value)}" if last.machine else ""
    return (
        f"{quantity(last.threads, 'thread')} do {_number(last.speedup)} times the work of one"
        f" ({_name(one)}{machine})"
    )


def refusals(found: Iterable[WeakScaling]) -> list[str]:
    """A sentence for each reason, with the codes that it concerns."""
    names: dict[str, list[str]] = defaultdict(list)
    for scaling in found:
        if scaling.refusal:
            kink = quantity(scaling.kink or 1, "thread")
            names[REFUSALS[scaling.refusal].format(kink=kink)].append(_name(scaling))
    return [
        f"No law is fitted to {quantity(len(codes), 'curve')}: {why}"
        f" ({', '.join(dict.fromkeys(codes))})."
        for why, codes in names.items()
    ]


def _name(scaling: WeakScaling) -> str:
    return f"{problem_name(scaling.workload, scaling.keys.values())} {scaling.variant}"


def _number(found: Estimate) -> str:
    return format_number(found.value) + _ends([format_number(e) for e in found.interval or ()])


def _percent(found: Estimate) -> str:
    if found.interval and found.interval[0] <= 0:
        return f"below {100 * max(found.interval[1], 0):.2g} %"
    return f"{100 * found.value:.2g} %" + _ends([f"{100 * e:.2g}" for e in found.interval or ()])


def _ends(ends: Sequence[str]) -> str:
    return f" [{', '.join(ends)}]" if ends else ""
