# SPDX-License-Identifier: Apache-2.0
"""What limits a code on several threads, so what its speedup is held against: the gain of its
ceiling, or its CPUs.

Speedup = machine x code judges a code by what its ceiling gained, which is right if that bounds it.
A code that leaves most of the memory bandwidth unused on one thread is bound by its core: by its
instructions, its waits or the core's own caches. More cores give more of all of these, however
little more memory gives. A ceiling in flops is of the core itself, and gains as the cores do.
"""

from dataclasses import dataclass
from typing import Final

from workspan.analysis.ratios.judge import Judgement
from workspan.resultfile.model import Case
from workspan.stats.needed import side
from workspan.stats.ratios import Estimate

SATURATED: Final = 0.85  # share of the ceiling from which on nothing is left
LOW: Final = 0.5  # share below which the ceiling does not bind: twice as much would fit under it
LIKE_MACHINE: Final = (0.85, 1.15)  # code within which the speedup is the machine's
NOT_SCALING: Final = 0.6  # code below which the code does not scale


@dataclass(frozen=True)
class CoreBound:
    """A code that is bound by its cores. one_thread: the share of its ceiling on one thread; given:
    what the CPUs of its threads give; of_cpus: its speedup over that.
    """

    one_thread: Estimate
    given: float
    of_cpus: Estimate

    @property
    def scales(self) -> int:
        """1: with its CPUs, -1: not, 0: its interval does not tell."""
        return side(self.of_cpus, LIKE_MACHINE[0])


@dataclass(frozen=True)
class Cpus:
    """All CPUs of a run, and how many times the arithmetic of one they give; None: not measured."""

    number: int
    arithmetic: float | None

    def given(self, threads: int) -> float:
        """The most that this many threads can gain: their number, but on all CPUs no more than the
        arithmetic of these gains, as two may be one core, or all run slower than one alone.
        """
        if threads < self.number or self.arithmetic is None:
            return float(threads)
        return min(float(threads), self.arithmetic)


def core_bound(case: Case, team: Judgement, seq: Judgement, cpus: Cpus) -> CoreBound | None:
    """If the ceiling, in bytes, plainly does not bind a case, and gains less than its CPUs: below
    LOW of it on one thread and below SATURATED on all. team, seq: the judgements on the case and on
    its baseline.
    """
    one, of_all, given = seq.of_ceiling, team.of_ceiling, cpus.given(case.threads)
    if case.rate_unit != "bytes" or not (one and of_all and team.vs_seq and team.machine):
        return None
    if side(one, LOW) >= 0 or side(of_all, SATURATED) >= 0:
        return None
    if team.machine.value * LIKE_MACHINE[1] >= given:
        return None  # both give alike, so it does not matter which of them is the measure
    return CoreBound(one, given, team.vs_seq.scaled(1 / given))


def is_below(code: Estimate) -> bool:
    """Whether a code gains less than its ceiling: without doubt, by value if there is no
    interval.
    """
    return side(code, LIKE_MACHINE[0]) < 0


def is_above(code: Estimate) -> bool:
    """The same of a code that gains more than its ceiling."""
    return side(code, LIKE_MACHINE[1]) > 0


def is_held_back(code: Estimate, bound: CoreBound | None) -> bool:
    """Whether a code gains less than the machine gives: than its ceiling and, if its cores bound
    it, than they as well.
    """
    return is_below(code) and not (bound and bound.scales > 0)


def code_of_share(of_ceiling: Estimate, codes: tuple[str, str, str]) -> str:
    """Of three codes the first from SATURATED on, the last below LOW."""
    if side(of_ceiling, SATURATED) > 0:
        return codes[0]
    return codes[2] if side(of_ceiling, LOW) < 0 else codes[1]
