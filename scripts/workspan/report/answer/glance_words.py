# SPDX-License-Identifier: Apache-2.0
"""The words of a run at a glance: its numbers, and the sentences on trust."""

from typing import NamedTuple

from workspan.analysis.verdicts.glance import Number, Trust
from workspan.analysis.verdicts.headline import Headline, Opponent, Wins
from workspan.report.cells import short
from workspan.report.marked_numbers import range_of
from workspan.support.text import of_cpus, quantity
from workspan.support.units import format_number, two_digits


class KeyFigure(NamedTuple):
    """A number in large letters, what it is, and a remark on it."""

    number: str
    what: str
    remark: str = ""


def key_figure(found: Number, cpus: int | None = None) -> KeyFigure:
    """One number in words. cpus: of the run; None: of several runs, which have their own."""
    all_cpus = "all CPUs" if cpus is None else quantity(cpus, "CPU")
    of_host = all_cpus
    if found.opponent and found.opponent.is_part:
        of_host = of_cpus(found.opponent.threads, found.opponent.cpus)
    if found.code == "known":
        return KeyFigure(_count(found), "speedups with an interval", "workloads at largest size")
    if found.code == "transfers_win":
        over = "" if of_host == all_cpus else f" over {of_host}"
        return KeyFigure(_count(found), f"workloads won by the GPU{over}", "transfers counted")
    if found.gain:
        what = "arithmetic" if found.code == "arithmetic" else "memory traffic"
        return KeyFigure(
            factor(found.gain.value), f"{what}, {all_cpus} over one", range_of(found.gain)
        )
    if found.code == "gains":
        return KeyFigure(_range(found), "speedups over one thread", "range of the workloads")
    what = "arithmetic" if found.code == "gpu_arithmetic" else "memory traffic"
    return KeyFigure(_range(found), f"{what}, GPU over {of_host}", "data resident")


def gpu_clause(found: Headline) -> str:
    """What the headline says of the GPU, behind what the CPUs gave; empty without one."""
    wins = found.transfers
    if not wins.of:
        return ""
    of = quantity(wins.of, "workload")
    said = f"{wins.won} of {of}{wins_by_value(wins)}"
    return f"; the GPU, its transfers counted, beats {opponent_words(found.opponent)} in {said}"


def opponent_words(found: Opponent) -> str:
    """The best host code, and on how many threads that never had all CPUs."""
    on = f" on {of_cpus(found.threads, found.cpus)}" if found.is_part else ""
    return f"the best host code{on}"


def wins_by_value(wins: Wins) -> str:
    """How many of the wins have no interval, in parentheses; empty if all have one."""
    return f" ({wins.by_value} by value)" if wins.by_value else ""


def factor(value: float) -> str:
    """13.7x."""
    return f"{format_number(value)}x"


def _count(found: Number) -> str:
    return f"{found.count} of {found.all}"


def _range(found: Number) -> str:
    low, high = two_digits(found.low), two_digits(found.high)
    return f"{low}x" if low == high else f"{low}-{high}x"


def trust_sentences(found: Trust) -> list[str]:
    """How far to trust a run: what its intervals know, and what to look at."""
    if found.timed == 0:
        return ["Nothing was measured."]
    said = [_processes(found), _intervals(found)]
    if found.clean is not None or found.disturbed:
        said.append(_quiet(found))
    if doubts := _doubts(found):
        said.append(doubts)
    return said


def _processes(found: Trust) -> str:
    if found.processes == 1:
        return "One process per workload: intervals here leave out what differs between processes."
    few = " Intervals need three." if found.processes == 2 else ""
    return f"{quantity(found.processes, 'process')} per workload, and intervals over them.{few}"


def _intervals(found: Trust) -> str:
    has = "has" if found.without_interval == 1 else "have"
    without = f"{found.without_interval} of {found.timed} {has} no interval"
    if found.half_known_to is None:
        return f"Of the times, {without}."
    known = f"Half of the times are known to {100 * found.half_known_to:.1f} % or better"
    return f"{known}; {without}." if found.without_interval else f"{known}."


def _quiet(found: Trust) -> str:
    said = []
    if found.clean is not None:
        said.append(f"{100 * found.clean:.1f} % of the judged samples had their CPUs")
    if found.disturbed:
        said.append(f"{found.disturbed} of {quantity(found.records, 'process')} were disturbed")
    return "; ".join(said) + "."


def _doubts(found: Trust) -> str:
    counts = (
        (found.failed, "case failed", "cases failed"),
        (found.warned, "case carries a warning", "cases carry a warning"),
        (found.skipped, "case was skipped", "cases were skipped"),
    )
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    reason, with_it = found.skipped_for
    if reason:
        said[-1] += f" ({short(reason)}{f': {with_it}' if with_it < found.skipped else ''})"
    cut = ["the run was cut off before all was measured"] if not found.complete else []
    text = ", ".join([*cut, *said])
    return f"{text[0].upper()}{text[1:]}." if text else ""
